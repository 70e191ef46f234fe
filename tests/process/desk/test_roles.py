"""Every route of the desk, times every role: nobody gets further than their role goes, also on a route made later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from tests.support.access_rules import REPLY
from tests.support.office import Office

ROLES = ("nobody", "caseworker", "coordinator", "administrator")
ID = str(uuid4())
MADE = {
    "name": "phone",
    "passkey": {
        "id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA", "attestationObject": "AA"}
    },
}

# What each role is answered: a status, by (nobody, caseworker, coordinator, administrator). The case is the
# caseworker's. Bodies are right, so that 403 and 409 are about who asks. 422 never counts as an answer about a role.
EXPECTED: dict[tuple[str, str], tuple[object, tuple[int, int, int, int]]] = {
    ("GET", "/desk/api/session"): (None, (401, 200, 200, 200)),
    ("PUT", "/desk/api/session/language"): ({"language": "fr"}, (401, 204, 204, 204)),
    ("GET", "/desk/api/queue"): (None, (401, 200, 200, 403)),
    ("GET", "/desk/api/queue/{case_id}/alike"): (None, (401, 200, 200, 403)),
    ("POST", "/desk/api/claims"): (None, (401, 404, 404, 403)),
    ("GET", "/desk/api/facts"): (None, (401, 200, 200, 200)),
    ("GET", "/desk/api/cases/{case_id}/messages"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/claim"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/messages"): ({"id": ID, "text": "Ik ben er."}, (401, 202, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/seen"): ({"seq": 1}, (401, 204, 409, 403)),
    ("POST", "/desk/api/cases/{number}/heard"): (None, (401, 204, 409, 403)),
    ("POST", "/desk/api/session/here"): (None, (401, 204, 204, 204)),
    ("GET", "/desk/api/rota"): (None, (401, 200, 200, 200)),
    ("POST", "/desk/api/rota/overrides"): ({}, (401, 403, 201, 403)),
    ("DELETE", "/desk/api/rota/overrides/{override}"): (None, (401, 403, 204, 403)),
    ("POST", "/desk/api/invites"): ({"name": "Eva"}, (401, 403, 201, 201)),
    ("DELETE", "/desk/api/invites/{invite}"): (None, (401, 403, 404, 404)),
    ("GET", "/desk/api/people"): (None, (401, 403, 200, 200)),
    ("POST", "/desk/api/people/{caseworker}/confirm"): (None, (401, 403, 404, 403)),
    ("PUT", "/desk/api/people/{caseworker}/role"): ({"role": "coordinator"}, (401, 403, 204, 204)),
    ("PUT", "/desk/api/people/{caseworker}/access"): ({"active": True}, (401, 403, 204, 403)),
    ("GET", "/desk/api/audit"): (None, (401, 403, 200, 403)),
    ("GET", "/desk/api/audit/check"): (None, (401, 403, 200, 403)),
    ("POST", "/desk/api/looks"): ({"number": "", "reason": "supervision"}, (401, 403, 200, 403)),
    ("POST", "/desk/api/exports"): ({}, (401, 200, 200, 403)),
    ("GET", "/desk/api/figures"): (None, (401, 403, 200, 403)),
    ("GET", "/desk/api/figures/csv"): (None, (401, 403, 200, 403)),
    ("GET", "/desk/api/colleagues"): (None, (401, 200, 200, 403)),
    ("GET", "/desk/api/closed"): (None, (401, 200, 200, 403)),
    ("GET", "/desk/api/opening-hours"): (None, (401, 200, 200, 403)),
    ("PUT", "/desk/api/opening-hours"): ({"week": [""] * 7, "closed": []}, (401, 403, 204, 403)),
    ("GET", "/desk/api/partners"): (None, (401, 200, 200, 403)),
    ("POST", "/desk/api/partners"): ({"name": "House of women"}, (401, 403, 201, 403)),
    ("PUT", "/desk/api/partners/{partner}"): ({"name": "House of women"}, (401, 403, 404, 403)),
    ("DELETE", "/desk/api/partners/{partner}"): (None, (401, 403, 404, 403)),
    ("GET", "/desk/api/replies"): (None, (401, 200, 200, 403)),
    ("POST", "/desk/api/replies/own"): (REPLY, (401, 201, 201, 403)),
    ("PUT", "/desk/api/replies/own/{name}"): (REPLY, (401, 404, 404, 403)),
    ("DELETE", "/desk/api/replies/own/{name}"): (None, (401, 404, 404, 403)),
    ("POST", "/desk/api/replies/shared"): (REPLY, (401, 403, 201, 403)),
    ("PUT", "/desk/api/replies/shared/{reply_id}"): (REPLY, (401, 403, 404, 403)),
    ("DELETE", "/desk/api/replies/shared/{reply_id}"): (None, (401, 403, 404, 403)),
    ("GET", "/desk/api/handover"): (None, (401, 200, 200, 403)),
    ("GET", "/desk/api/follow-ups"): (None, (401, 200, 200, 403)),
    ("DELETE", "/desk/api/follow-ups/{case_id}"): (None, (401, 204, 409, 403)),
    ("GET", "/desk/api/skills"): (None, (401, 200, 200, 403)),
    ("PUT", "/desk/api/skills"): ({"languages": ["nl"], "capacity": 4}, (401, 204, 204, 403)),
    ("GET", "/desk/api/alias"): (None, (401, 200, 200, 403)),
    ("PUT", "/desk/api/alias"): ({"name": "Maria"}, (401, 204, 204, 403)),
    ("GET", "/desk/api/cases/{case_id}/canned/{own}"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/canned"): ({"id": ID, "reply": "call_now"}, (401, 202, 409, 403)),
    ("PUT", "/desk/api/cases/{case_id}/urgency"): (
        {"urgency": "urgent", "reason": "person_safe"}, (401, 204, 409, 403),
    ),
    ("GET", "/desk/api/cases/{case_id}/notes"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/notes"): ({"id": ID, "text": "Belt morgen."}, (401, 204, 409, 403)),
    ("GET", "/desk/api/cases/{case_id}/plan"): (None, (401, 200, 409, 403)),
    ("PUT", "/desk/api/cases/{case_id}/plan"): ({}, (401, 204, 409, 403)),
    ("GET", "/desk/api/cases/{case_id}/card"): (None, (401, 200, 409, 403)),
    ("PUT", "/desk/api/cases/{case_id}/summary"): ({"text": "Wacht."}, (401, 204, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/deadlines"): ({"kind": "court", "day": "2026-12-03"}, (401, 204, 409, 403)),
    ("DELETE", "/desk/api/cases/{case_id}/deadlines/{name}"): (None, (401, 204, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/links"): ({"number": "ZZ-ZZZ"}, (401, 404, 409, 403)),
    ("DELETE", "/desk/api/cases/{case_id}/links/{name}"): (None, (401, 204, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/return-code"): ({"id": ID}, (401, 204, 409, 403)),
    ("PUT", "/desk/api/cases/{case_id}/mute"): ({"hours": 1, "reason": "insults"}, (401, 204, 204, 403)),
    ("DELETE", "/desk/api/cases/{case_id}/mute"): (None, (401, 204, 204, 403)),
    ("GET", "/desk/api/cases/{case_id}/held"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/held/{name}"): (None, (401, 404, 409, 403)),
    ("DELETE", "/desk/api/cases/{case_id}/held/{name}"): (None, (401, 404, 409, 403)),
    ("GET", "/desk/api/cases/{case_id}/centres"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/centres/ask"): ({"to": 2, "id": ID}, (401, 404, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/hand-over"): ({"to": 2}, (401, 404, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/transfer"): ({"to": 1}, (401, 409, 409, 403)),
    ("DELETE", "/desk/api/cases/{case_id}/transfer"): (None, (401, 204, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/assign"): ({}, (401, 403, 200, 403)),
    ("POST", "/desk/api/cases/{case_id}/transfer/accept"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/reopen"): (None, (401, 200, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/release"): (None, (401, 204, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/close"): ({"outcome": "helped"}, (401, 409, 409, 403)),
    ("POST", "/desk/api/cases/{case_id}/to-bot"): (None, (401, 409, 409, 403)),
    # under a number in place of a name browsers have no passkeys: 409
    ("GET", "/desk/api/account"): (None, (401, 200, 200, 200)),
    ("DELETE", "/desk/api/account/sessions"): (None, (401, 204, 204, 204)),
    ("DELETE", "/desk/api/account/sessions/{one}"): (None, (401, 404, 404, 404)),
    ("POST", "/desk/api/account/challenge"): (None, (401, 409, 409, 409)),
    ("POST", "/desk/api/account/confirm"): ({"password": "x", "code": "1"}, (401, 401, 401, 401)),
    ("POST", "/desk/api/factors/challenge"): (None, (401, 409, 409, 409)),
    ("POST", "/desk/api/factors/passkeys"): (MADE, (401, 409, 409, 409)),
    ("DELETE", "/desk/api/factors/passkeys/{one}"): (None, (401, 404, 404, 404)),
    ("POST", "/desk/api/factors/recovery-codes"): (None, (401, 201, 201, 201)),
    ("DELETE", "/desk/api/session"): (None, (401, 204, 204, 204)),
}
APART = {("GET", "/desk/api/events")}  # a stream that does not end: below


@dataclass
class House:
    """A gateway with somebody of every role, and a case that is the caseworker's."""

    office: Office
    http: dict[str, httpx.AsyncClient]
    case: int
    number: str


@pytest.fixture
async def house(office: Office) -> AsyncIterator[House]:
    coordinator = await office.caseworker("Noor")
    http = {"nobody": office.browser(), "coordinator": coordinator}
    http["caseworker"] = await office.caseworker("Jan")
    http["administrator"] = await office.caseworker("Ada", "administrator")
    _, case = await office.emergency()
    claimed = await http["caseworker"].post(f"/desk/api/cases/{case}/claim")
    yield House(office, http, case, claimed.json()["number"])


def routes(office: Office) -> set[tuple[str, str]]:
    paths = office.app.openapi()["paths"]
    return {(m.upper(), path) for path, methods in paths.items() if path.startswith("/desk/api") for m in methods}


async def test_every_route_is_in_the_table(office: Office) -> None:
    assert routes(office) == set(EXPECTED) | APART


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_for_every_role(house: House, role: str) -> None:
    jan = house.office.colleagues[1].id
    span = {"start": "2026-11-04T18:00:00+00:00", "end": "2026-11-05T08:00:00+00:00"}
    made = await house.http["coordinator"].post("/desk/api/rota/overrides", json={"caseworker": jan, **span})
    places = {"case_id": house.case, "caseworker": jan, "override": made.json()["id"], "own": "nl", "name": "0" * 32}
    places |= {"one": "0" * 16, "invite": "0" * 16, "partner": 99, "reply_id": 99, "number": house.number}
    wrong = {}
    bodies = {"/desk/api/rota/overrides": {"caseworker": jan, **span}}
    bodies["/desk/api/cases/{case_id}/assign"] = {"to": jan}
    bodies["/desk/api/looks"] = {"number": house.number, "reason": "supervision"}
    bodies["/desk/api/exports"] = bodies["/desk/api/looks"] | {"form": "page"}
    for (method, path), (given, statuses) in EXPECTED.items():
        body = bodies.get(path, given)
        answer = await house.http[role].request(method, path.format(**places), json=body)
        if answer.status_code != statuses[ROLES.index(role)]:
            wrong[method, path] = (answer.status_code, answer.text)
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
async def test_the_stream_shows_an_administrator_no_case(house: House, role: str) -> None:
    async with house.http[role].stream("GET", "/desk/api/events") as answer:
        assert answer.status_code == (401 if role == "nobody" else 200)
        if role == "nobody":
            return
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                assert (house.number in line) is (role != "administrator")
                return


async def test_a_look_is_logged_with_its_reason_and_changes_nothing(house: House) -> None:
    noor = house.http["coordinator"]
    seen = await noor.post("/desk/api/looks", json={"number": house.number.lower(), "reason": "complaint"})
    assert "They locked me in" in {message["text"] for message in seen.json()["messages"]}
    assert seen.json()["case"]["owner_name"] == "Jan"
    (row,) = [row for row in (await noor.get("/desk/api/audit")).json()["rows"] if row["deed"] == "looked"]
    assert (row["actor"], row["case"], row["reason"]) == ("Noor", house.number, "complaint")
    (case,) = (await noor.get("/desk/api/queue")).json()["cases"]
    assert case["owner_name"] == "Jan" and case["unread"] == 1


@pytest.mark.parametrize("body", [{}, {"reason": "curious"}, {"reason": ""}, {"reason": "what Anna said"}])
async def test_without_a_reason_there_is_no_look_and_no_row(house: House, body: dict[str, str]) -> None:
    noor = house.http["coordinator"]
    assert (await noor.post("/desk/api/looks", json={"number": house.number, **body})).status_code == 422
    assert "looked" not in {row["deed"] for row in (await noor.get("/desk/api/audit")).json()["rows"]}


async def test_what_was_deleted_cannot_be_looked_at(house: House) -> None:
    person, _ = await house.office.emergency()
    case = (await house.http["coordinator"].get("/desk/api/queue")).json()["cases"][-1]
    await person.forget()
    body = {"number": case["number"], "reason": "supervision"}
    answer = await house.http["coordinator"].post("/desk/api/looks", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "gone")
    body["number"] = "ZZ-ZZZ"
    answer = await house.http["coordinator"].post("/desk/api/looks", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_reading_a_case_is_one_row_however_often_the_page_reads(house: House) -> None:
    for after in (0, 0, 1, 2):
        await house.http["caseworker"].get(f"/desk/api/cases/{house.case}/messages", params={"after": after})
    rows = (await house.http["coordinator"].get("/desk/api/audit", params={"case": house.number})).json()["rows"]
    assert [row["deed"] for row in rows] == ["opened", "claimed"]
    assert {row["actor"] for row in rows} == {"Jan"}


async def test_a_change_of_role_holds_from_the_next_request_on(house: House) -> None:
    jan, noor = house.office.colleagues[1].id, house.http["coordinator"]
    assert (await house.http["caseworker"].get("/desk/api/audit")).status_code == 403
    assert (await noor.put(f"/desk/api/people/{jan}/role", json={"role": "coordinator"})).status_code == 204
    assert (await house.http["caseworker"].get("/desk/api/audit")).status_code == 200
    own = house.office.colleagues[0].id
    assert (await noor.put(f"/desk/api/people/{own}/role", json={"role": "caseworker"})).status_code == 403
    assert (await noor.put(f"/desk/api/people/{jan}/role", json={"role": "director"})).status_code == 422
    assert (await noor.put(f"/desk/api/people/{jan}/access", json={"active": False})).status_code == 204
    assert (await house.http["caseworker"].get("/desk/api/queue")).status_code == 401
    (case,) = (await noor.get("/desk/api/queue")).json()["cases"]
    assert case["state"] == "waiting"


async def test_the_log_on_the_desk_says_where_it_is_broken(house: House) -> None:
    noor = house.http["coordinator"]
    whole = (await noor.get("/desk/api/audit/check")).json()
    assert whole["breaks"] == [] and whole["last"] > 5
    async with house.office.store._db.write() as connection:
        await connection.exec_driver_sql("UPDATE audit_log SET actor = 1 WHERE deed = 'claimed'")
    broken = (await noor.get("/desk/api/audit/check")).json()["breaks"]
    assert len(broken) == 1 and "changed" in broken[0]["what"]
