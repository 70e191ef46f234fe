"""A case to another organisation, and what stands on top of a case, over HTTP: within what the person allows, and
nothing of it stays with those who gave it away."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import icalendar
import pytest

from bot.domain.model import Urgency
from tests.process.desk.test_cases import code
from tests.process.desk.test_exports import allow
from tests.support.desk import join
from tests.support.office import LOCKED_IN, Office, Visitor


async def stranger(office: Office, name: str = "Omar", role: str = "coordinator") -> httpx.AsyncClient:
    """Somebody of another organisation."""
    there = [one.id for one in await office.store.organisations() if one.name == "PAG-ASA"]
    house = there[0] if there else await office.store.add_organisation("PAG-ASA")
    by = office.colleagues[0].session
    colleague = await join(office.store, office.clock, name, by, role, house)
    office.colleagues.append(colleague)
    client = office.browser()
    client.cookies.set("desk", colleague.cookie, path="/desk")
    client.headers["X-Desk-Token"] = colleague.session.csrf
    return client


async def quiet_case(office: Office) -> tuple[Visitor, int]:
    """An owned case that is no emergency any more."""
    person, case = await office.emergency()
    [safe] = [
        choice["token"]
        for message in await person.messages()
        for choice in message["choices"]  # type: ignore[attr-defined]
        if choice["label"] == office.words.label("choices.safe", "en")
    ][-1:]
    await press(person, safe)
    async with asyncio.timeout(120):
        while (found := await office.store.case(case)) is None or found.urgency is not Urgency.URGENT:
            await asyncio.sleep(0.05)
    return person, case


async def press(person: Visitor, token: str) -> None:
    body = {"id": str(uuid4()), "choice": token}
    assert (await person.http.post("/api/choices", json=body, headers=person.headers)).status_code == 202


async def buttons(person: Visitor) -> list[str]:
    [asked] = [m for m in await person.messages() if "PAG-ASA" in str(m["text"]) and m["choices"]]
    return [choice["token"] for choice in asked["choices"]]  # type: ignore[attr-defined]


async def said(person: Visitor) -> str:
    return str((await person.messages())[-1]["text"])


@pytest.mark.parametrize("answer", ["", "confidential", "anonymous"])
async def test_without_the_persons_leave_a_case_goes_nowhere(office: Office, answer: str) -> None:
    noor, _ = await office.caseworker("Noor"), await stranger(office)
    _, case = await quiet_case(office)
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    await allow(office, case, answer)
    [centre] = (await noor.get(f"{path}/centres")).json()["centres"]
    assert (centre["name"], centre["allowed"], centre["open"], centre["nobody"]) == ("PAG-ASA", False, False, False)
    assert code(await noor.post(f"{path}/hand-over", json={"to": centre["id"]})) == (409, "not_consented")
    assert (await noor.get(f"{path}/messages")).status_code == 200, "nothing has changed"


async def test_the_person_is_asked_and_decides(office: Office) -> None:
    noor, omar = await office.caseworker("Noor"), await stranger(office)
    person, case = await quiet_case(office)
    path, words = f"/desk/api/cases/{case}", office.words
    await noor.post(f"{path}/claim")
    [centre] = (await noor.get(f"{path}/centres")).json()["centres"]
    ask = {"to": centre["id"], "id": str(uuid4())}
    for _ in range(2):
        assert (await noor.post(f"{path}/centres/ask", json=ask)).status_code == 204
    assert await said(person) == words.say("centres.ask", "en", centre="PAG-ASA")
    yes, no = await buttons(person)
    for token, key, goes in ((no, "centres.no", False), (yes, "centres.yes", True)):
        await press(person, token)
        await until_said(person, words.say(key, "en", centre="PAG-ASA"))
        assert (await noor.get(f"{path}/centres")).json()["centres"][0]["open"] is goes
    assert (await omar.get("/desk/api/queue")).json()["cases"] == []
    assert (await noor.post(f"{path}/hand-over", json={"to": centre["id"]})).status_code == 204
    assert await said(person) == words.say("handoff.handed_over", "en", centre="PAG-ASA")
    assert (await noor.get("/desk/api/queue")).json()["cases"] == []
    for route in ("messages", "notes", "plan", "card", "centres"):
        assert code(await noor.get(f"{path}/{route}")) == (409, "not_owner"), route
    [row] = (await omar.get("/desk/api/queue")).json()["cases"]
    assert (row["id"], row["handed_from"], row["owner"]) == (case, "Inloop", None)
    assert code(await omar.get(f"{path}/messages")) == (409, "not_owner"), "a case is read by who has taken it"
    assert (await omar.post(f"{path}/claim")).status_code == 200
    assert LOCKED_IN in (await omar.get(f"{path}/messages")).text
    assert await said(person) == words.say("handoff.joined", "en")
    rows = (await noor.get("/desk/api/audit")).json()["rows"]
    assert next(row["deed"] for row in rows if row["case"]) == "handed_over", "and nothing of what they do"


async def test_an_answer_that_comes_when_nobody_owns_the_case_is_an_answer(office: Office) -> None:
    """It would be taken up again at every return, over whatever the person decides later."""
    noor, _ = await office.caseworker("Noor"), await stranger(office)
    person, case = await quiet_case(office)
    path, words = f"/desk/api/cases/{case}", office.words
    await noor.post(f"{path}/claim")
    [centre] = (await noor.get(f"{path}/centres")).json()["centres"]
    await noor.post(f"{path}/centres/ask", json={"to": centre["id"], "id": str(uuid4())})
    yes, no = await buttons(person)
    await noor.post(f"{path}/release")
    for token, key in ((yes, "centres.yes"), (no, "centres.no")):
        await press(person, token)
        await until_said(person, words.say(key, "en", centre="PAG-ASA"))
        opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
        assert opened is not None
        async with asyncio.timeout(120):
            while await office.store.unanswered(opened):
                await asyncio.sleep(0.05)


async def until_said(person: Visitor, text: str) -> None:
    async with asyncio.timeout(120):
        while await said(person) != text:
            await asyncio.sleep(0.05)


async def test_an_emergency_goes_without_asking_and_the_person_is_told(office: Office) -> None:
    noor, _ = await office.caseworker("Noor"), await stranger(office)
    person, case = await office.emergency("ar")
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    [centre] = (await noor.get(f"{path}/centres")).json()["centres"]
    assert (centre["allowed"], centre["open"]) == (False, True)
    assert (await noor.post(f"{path}/hand-over", json={"to": centre["id"]})).status_code == 204
    assert await said(person) == office.words.say("handoff.handed_over", "ar", centre="PAG-ASA")


async def test_where_there_is_one_organisation_there_is_nowhere_to_go(office: Office) -> None:
    noor = await office.caseworker("Noor")
    _, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    assert (await noor.get(f"{path}/centres")).json() == {"centres": []}
    for to in (1, 2):
        assert code(await noor.post(f"{path}/hand-over", json={"to": to})) == (404, "not_found")
        asked = await noor.post(f"{path}/centres/ask", json={"to": to, "id": str(uuid4())})
        assert code(asked) == (404, "not_found")


async def test_where_nobody_works_nothing_goes(office: Office) -> None:
    noor = await office.caseworker("Noor")
    empty = await office.store.add_organisation("Sürya")
    _, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    refused = await noor.post(f"/desk/api/cases/{case}/hand-over", json={"to": empty})
    assert code(refused) == (409, "colleague_nobody")


async def test_people_and_the_rota_are_of_ones_own_organisation(office: Office) -> None:
    noor, omar = await office.caseworker("Noor"), await stranger(office)
    names = [[one["name"] for one in (await who.get("/desk/api/people")).json()["people"]] for who in (noor, omar)]
    assert names == [["Noor"], ["Omar"]]
    assert [[one["name"] for one in (await who.get("/desk/api/rota")).json()["team"]] for who in (noor, omar)] == names
    theirs, span = office.colleagues[1].id, {"start": "2026-11-04T18:00:00+00:00", "end": "2026-11-05T08:00:00+00:00"}
    for method, path, body in (
        ("PUT", f"/desk/api/people/{theirs}/role", {"role": "caseworker"}),
        ("PUT", f"/desk/api/people/{theirs}/access", {"active": False}),
        ("POST", f"/desk/api/people/{theirs}/confirm", None),
        ("POST", "/desk/api/rota/overrides", {"caseworker": theirs, **span}),
    ):
        assert code(await noor.request(method, path, json=body)) == (404, "not_found"), path
    made = await omar.post("/desk/api/rota/overrides", json={"caseworker": theirs, **span})
    assert made.status_code == 201
    assert (await noor.get("/desk/api/rota")).json()["overrides"] == []
    assert code(await noor.delete(f"/desk/api/rota/overrides/{made.json()['id']}")) == (404, "not_found")
    invited = await omar.post("/desk/api/invites", json={"name": "Petra"})
    secret = invited.json()["path"].rpartition("/")[2]
    assert await office.store.invite_info(secret) is not None


async def test_a_new_return_code_is_read_by_the_person_alone(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency("nl")
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    body = {"id": str(uuid4())}
    for _ in range(2):
        assert (await noor.post(f"{path}/return-code", json=body)).status_code == 204
    told = [m for m in await person.messages() if "return_code" in m]
    assert len(told) == 1, "pressed twice is once"
    new = str(told[0]["return_code"])
    assert len(new.split()) == 6 and str(told[0]["text"]).endswith(new)
    for answer in (
        await noor.get(f"{path}/messages"),
        await noor.post("/desk/api/looks", json={"number": await number(office, case), "reason": "supervision"}),
        await noor.post(
            "/desk/api/exports", json={"number": await number(office, case), "reason": "supervision", "form": "page"}
        ),
    ):
        assert answer.status_code == 200
        assert "code.renewed" in answer.text and new not in answer.text
    rows = (await noor.get("/desk/api/audit")).json()["rows"]
    assert ("code", await number(office, case)) in {(row["deed"], row["case"]) for row in rows}
    http = office.browser()
    opened = await http.post("/api/conversations/restore", json={"return_code": new})
    assert opened.status_code == 201
    again = await noor.post(f"{path}/return-code", json={"id": str(uuid4())})
    assert again.status_code == 204
    assert (await http.post("/api/conversations/restore", json={"return_code": new})).status_code == 404
    headers = {"Authorization": f"Bearer {opened.json()['token']}"}
    shown = (await http.get("/api/messages", headers=headers)).json()["messages"]
    assert len([m for m in shown if "return_code" in m]) == 1, "a code that opens nothing any more is not offered"


async def number(office: Office, case: int) -> str:
    found = await office.store.case(case)
    assert found is not None
    return found.number


async def test_the_card_of_a_case(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    (_, case), (_, other) = await office.emergency(), await office.emergency()
    path, linked = f"/desk/api/cases/{case}", await number(office, other)
    await noor.post(f"{path}/claim")
    assert (await noor.put(f"{path}/summary", json={"text": "  Waits \n at the station "})).status_code == 204
    days = office.words.fact("reflection_days")
    assert (await noor.post(f"{path}/deadlines", json={"kind": "reflection", "day": "2026-11-26"})).status_code == 204
    assert (await noor.post(f"{path}/deadlines", json={"kind": "court", "day": "2026-12-01"})).status_code == 204
    assert (await noor.post(f"{path}/links", json={"number": linked.lower()})).status_code == 204
    card = (await noor.get(f"{path}/card")).json()
    assert card["summary"] == "Waits at the station"
    assert days == "45" and [(d["kind"], d["on"]) for d in card["deadlines"]] == [
        ("court", "2026-12-01"), ("reflection", "2027-01-10"),
    ]  # fmt: skip
    assert card["periods"]["reflection"] == {"count": 45, "months": False} and card["periods"]["court"] is None
    assert [link["number"] for link in card["links"]] == [linked]
    for body in ({"kind": "birthday", "day": "2026-12-01"}, {"kind": "court", "day": "1200-01-01"}):
        assert (await noor.post(f"{path}/deadlines", json=body)).status_code == 422
    assert code(await noor.post(f"{path}/links", json={"number": "ZZ-ZZZ"})) == (404, "not_found")
    assert code(await noor.post(f"{path}/links", json={"number": await number(office, case)})) == (404, "not_found")

    due = (await eva.get("/desk/api/follow-ups")).json()
    assert [(d["number"], d["on"]) for d in due["deadlines"]] == [
        (await number(office, case), "2026-12-01"), (await number(office, case), "2027-01-10"),
    ]  # fmt: skip
    calendar = icalendar.Calendar.from_ical((await office.browser().get(due["calendar"])).content)
    events = [(str(e["summary"]), e.decoded("dtstart").isoformat()) for e in calendar.events]
    assert events == [(await number(office, case), "2026-12-01"), (await number(office, case), "2027-01-10")]
    assert b"court" not in calendar.to_ical() and b"reflection" not in calendar.to_ical()

    await eva.post(f"/desk/api/cases/{other}/claim")
    [back] = (await eva.get(f"/desk/api/cases/{other}/card")).json()["links"]
    assert back["number"] == await number(office, case)
    assert (await eva.delete(f"/desk/api/cases/{other}/links/{back['name']}")).status_code == 204
    assert (await noor.get(f"{path}/card")).json()["links"] == []


async def test_a_summary_is_read_by_a_colleague_after_accepting_and_not_before(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    _, case = await office.emergency()
    path = f"/desk/api/cases/{case}"
    await noor.post(f"{path}/claim")
    await noor.put(f"{path}/summary", json={"text": "Waits at the station"})
    await office.store.at_desk(office.colleagues[1].id)
    await noor.post(f"{path}/transfer", json={"to": office.colleagues[1].id})
    assert "station" not in (await eva.get("/desk/api/queue")).text
    assert code(await eva.get(f"{path}/card")) == (409, "not_owner")
    await eva.post(f"{path}/transfer/accept")
    assert (await eva.get(f"{path}/card")).json()["summary"] == "Waits at the station"


async def test_a_case_of_another_organisation_is_not_linked_and_not_looked_at(office: Office) -> None:
    noor, omar = await office.caseworker("Noor"), await stranger(office)
    (_, case), (_, other) = await office.emergency(), await office.emergency()
    path, theirs = f"/desk/api/cases/{case}", await number(office, other)
    await noor.post(f"{path}/claim")
    await noor.post(f"{path}/links", json={"number": theirs})
    await noor.post(f"/desk/api/cases/{other}/claim")
    await noor.post(f"/desk/api/cases/{other}/hand-over", json={"to": 2})
    assert (await noor.get(f"{path}/card")).json()["links"] == [], "what was linked and went away is not shown here"
    assert code(await noor.post(f"{path}/links", json={"number": theirs})) == (404, "not_found")
    look = {"number": theirs, "reason": "supervision"}
    assert code(await noor.post("/desk/api/looks", json=look)) == (404, "not_found")
    assert code(await noor.post("/desk/api/exports", json={**look, "form": "page"})) == (404, "not_found")
    assert (await omar.post("/desk/api/looks", json=look)).status_code == 200
