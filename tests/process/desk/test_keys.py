"""On the desk: a closed case that is coordinators' alone (`INLOOP_CASE_KEYS=open`); whether there is a recovery key."""

from __future__ import annotations

import httpx
import pytest

from tests.support.office import LOCKED_IN, Office, Visitor


@pytest.fixture
async def closed(office: Office) -> tuple[httpx.AsyncClient, httpx.AsyncClient, Visitor, int]:
    """A coordinator, a caseworker, and a person whose case the caseworker has closed."""
    office.store._db.open_cases_only = True
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    person, case = await office.emergency()
    assert (await jan.post(f"/desk/api/cases/{case}/claim")).status_code == 200
    assert (await jan.post(f"/desk/api/cases/{case}/close", json={"outcome": "helped"})).status_code == 204
    return noor, jan, person, case


async def test_a_closed_case_is_taken_up_again_by_a_coordinator_alone(
    closed: tuple[httpx.AsyncClient, httpx.AsyncClient, Visitor, int],
) -> None:
    noor, jan, person, case = closed
    assert (await person.messages())[-1]["text"], "the person is told that it is closed, and reads their own talk"
    shown = {
        name: (await http.get("/desk/api/closed")).json()["cases"] for name, http in (("noor", noor), ("jan", jan))
    }
    assert [(row["id"], row["sealed"]) for row in shown["noor"]] == [(case, False)]
    assert [(row["id"], row["sealed"]) for row in shown["jan"]] == [(case, True)]
    refused = await jan.post(f"/desk/api/cases/{case}/reopen")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_readable")
    body = {"number": shown["noor"][0]["number"], "reason": "supervision"}
    look = await noor.post("/desk/api/looks", json=body)
    assert LOCKED_IN in {message["text"] for message in look.json()["messages"]}
    assert (await noor.post("/desk/api/exports", json=body | {"form": "page"})).status_code == 200
    assert (await noor.post(f"/desk/api/cases/{case}/reopen")).status_code == 200
    read = await noor.get(f"/desk/api/cases/{case}/messages")
    assert LOCKED_IN in {message["text"] for message in read.json()["messages"]}
    assert (await noor.post(f"/desk/api/cases/{case}/release")).status_code == 204
    assert (await jan.post(f"/desk/api/cases/{case}/claim")).status_code == 200, "given back, it is the team's"


async def test_a_case_is_linked_with_a_closed_one_by_a_coordinator_alone(
    closed: tuple[httpx.AsyncClient, httpx.AsyncClient, Visitor, int], office: Office
) -> None:
    noor, jan, _, _ = closed
    number = (await noor.get("/desk/api/closed")).json()["cases"][0]["number"]
    for http, status in ((jan, 409), (noor, 204)):
        _, case = await office.emergency()
        assert (await http.post(f"/desk/api/cases/{case}/claim")).status_code == 200
        assert (await http.post(f"/desk/api/cases/{case}/links", json={"number": number})).status_code == status
        card = (await http.get(f"/desk/api/cases/{case}/card")).json()
        assert [link["number"] for link in card["links"]] == ([number] if status == 204 else [])


async def test_who_comes_back_in_danger_is_taken_by_any_caseworker(
    closed: tuple[httpx.AsyncClient, httpx.AsyncClient, Visitor, int],
) -> None:
    _, jan, person, _ = closed
    await person.write(LOCKED_IN)
    claimed = await jan.post("/desk/api/claims")
    assert claimed.status_code == 201, claimed.text
    read = await jan.get(f"/desk/api/cases/{claimed.json()['id']}/messages")
    assert [m["text"] for m in read.json()["messages"]].count(LOCKED_IN) == 2


async def test_back_to_the_program_is_told_and_closed(office: Office) -> None:
    office.store._db.open_cases_only = True
    await office.caseworker("Noor")
    jan = await office.caseworker("Jan")
    person, case = await office.emergency()
    await jan.post(f"/desk/api/cases/{case}/claim")
    before = len(await person.messages())
    assert (await jan.post(f"/desk/api/cases/{case}/to-bot")).status_code == 204
    assert len(await person.messages()) == before + 1
    (row,) = (await jan.get("/desk/api/closed")).json()["cases"]
    assert row["sealed"]


async def test_a_coordinator_reads_whether_there_is_a_recovery_key(office: Office) -> None:
    noor = await office.caseworker("Noor")
    ada = await office.caseworker("Ada", "administrator")

    async def told(http: httpx.AsyncClient) -> str:
        found: str = (await http.get("/desk/api/people")).json()["recovery"]
        return found

    assert (await told(noor), await told(ada)) == ("none", "")
    await office.store.make_recovery_key(office.colleagues[0].session, split=True)
    assert (await told(noor), await told(ada)) == ("", "")
    row = (await noor.get("/desk/api/audit")).json()["rows"][0]
    assert (row["deed"], row["actor"]) == ("recovery_made", "Noor")
    await office.store.rotate_team_key(office.colleagues[0].session)
    assert await told(noor) == "", "a new team key keeps it good"
