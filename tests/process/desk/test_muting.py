"""Somebody who abuses the desk is muted, and no danger is lost by it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.process.desk.test_cases import code
from tests.process.desk.test_standing import PROGRAM, asking, stands
from tests.support.office import LOCKED_IN, Office, Visitor

FOUR = {"hours": 4, "reason": "insults"}


async def row(client: httpx.AsyncClient, case: int) -> dict[str, Any]:
    rows = (await client.get("/desk/api/queue")).json()["cases"]
    found: dict[str, Any] = next(one for one in rows if one["id"] == case)
    return found


async def taken(office: Office, client: httpx.AsyncClient) -> tuple[Visitor, int]:
    person, _, case = await asking(office)
    await client.post(f"/desk/api/cases/{case}/claim")
    read = (await client.get(f"/desk/api/cases/{case}/messages")).json()["messages"]
    await client.post(f"/desk/api/cases/{case}/seen", json={"seq": read[-1]["seq"]})
    return person, case


async def test_a_danger_rings_and_the_rest_does_not(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await taken(office, noor)
    path = f"/desk/api/cases/{case}/mute"
    until = office.clock().replace(hour=office.clock().hour + 4)
    assert (await noor.put(path, json=FOUR)).status_code == 204
    for text in ("you are all the same", "answer me"):
        await person.write(text)
    found = await row(noor, case)
    assert (found["unread"], found["unseen"], found["unheard"]) == (0, 2, False)
    assert found["muted_until"] == until.isoformat()
    read = (await noor.get(f"/desk/api/cases/{case}/messages")).json()["messages"]
    assert [m["text"] for m in read if m["from"] == "person"][-2:] == ["you are all the same", "answer me"]
    await person.write(LOCKED_IN)
    found = await row(noor, case)
    assert (found["unread"], found["unheard"], found["urgency"]) == (3, True, "emergency")
    assert found["muted_until"] is None
    log = (await noor.get("/desk/api/audit")).json()["rows"]
    assert [(one["actor"], one["deed"], one["reason"]) for one in log if "mute" in one["deed"]] == [
        (None, "unmuted", "danger"), ("Noor", "muted", "insults"),
    ]  # fmt: skip
    done = (await noor.get("/desk/api/handover", params={"hours": 12})).json()["done"]
    assert ("unmuted", "danger") in [(one["deed"], one["reason"]) for one in done]
    assert [item.kind for item in await office.store.take_outbox(9, office.clock() - office.clock())] == ["owner"]


async def test_it_ends_by_itself_or_at_a_word(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await taken(office, noor)
    path = f"/desk/api/cases/{case}/mute"
    await noor.put(path, json={"hours": 1, "reason": "spam"})
    await person.write("hello")
    assert (await row(noor, case))["unread"] == 0
    assert (await noor.delete(path)).status_code == 204
    assert (await noor.delete(path)).status_code == 204, "what is not muted is no error"
    assert (await row(noor, case))["unread"] == 1
    log = (await noor.get("/desk/api/audit")).json()["rows"]
    assert [(one["deed"], one["detail"], one["reason"]) for one in log if "mute" in one["deed"]] == [
        ("unmuted", "", ""), ("muted", "1 h", "spam"),
    ]  # fmt: skip


async def test_the_owner_and_a_coordinator_and_nobody_else(office: Office) -> None:
    noor, jan = await office.caseworker("Noor"), await office.caseworker("Jan")
    eva = await office.caseworker("Eva")
    _, case = await taken(office, jan)
    path = f"/desk/api/cases/{case}/mute"
    assert code(await eva.put(path, json=FOUR)) == (409, "not_owner")
    assert (await noor.put(path, json=FOUR)).status_code == 204, "the first one coordinates"
    assert (await row(jan, case))["muted_until"]
    assert code(await eva.delete(path)) == (409, "not_owner")
    assert (await jan.delete(path)).status_code == 204
    await jan.post(f"/desk/api/cases/{case}/release")
    assert code(await noor.put(path, json=FOUR)) == (409, "not_owner"), "what waits is muted by nobody"


@pytest.mark.parametrize("wrong", [{"hours": 3}, {"reason": "court"}, {"hours": "4"}, {"more": 1}])
async def test_other_lengths_and_reasons_are_refused(office: Office, wrong: dict[str, Any]) -> None:
    noor = await office.caseworker("Noor")
    _, case = await taken(office, noor)
    answer = await noor.put(f"/desk/api/cases/{case}/mute", json=FOUR | wrong)
    assert answer.status_code == 422
    assert (await row(noor, case))["muted_until"] is None


async def test_the_person_reads_what_is_true(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, case = await taken(office, noor)
    here = PROGRAM | {"state": "here"}
    assert await stands(person) == here
    await noor.put(f"/desk/api/cases/{case}/mute", json=FOUR)
    assert await stands(person) == here | {"reading": False}
    await person.write(LOCKED_IN)
    assert await stands(person) == here
