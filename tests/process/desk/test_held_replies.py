"""A reply that is held until the person's safe hours: over HTTP, to the person's page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.desk.held_replies import HeldSending
from bot.operations.clock_guard import ClockGuard
from tests.process.desk.test_cases import code
from tests.process.desk.test_standing import stands
from tests.support.office import Office, Visitor

TEXT = "The door opens at eight."


async def ours(person: Visitor) -> list[object]:
    return [m["text"] for m in await person.messages() if m["from"] == "caseworker"]


def body(office: Office, hours: float = 0.25, **more: Any) -> dict[str, Any]:
    hold = {"at": (office.clock() + timedelta(hours=hours)).isoformat(), **more}
    return {"id": str(uuid4()), "text": TEXT, "hold": hold}


async def taken(office: Office) -> tuple[httpx.AsyncClient, Visitor, str]:
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    await noor.post(f"/desk/api/cases/{case}/claim")
    return noor, person, f"/desk/api/cases/{case}"


async def test_it_waits_and_goes_out_by_itself(office: Office) -> None:
    noor, person, case = await taken(office)
    reply, sending = body(office), HeldSending(office.store, office.live)
    for _ in range(2):
        answer = await noor.post(f"{case}/messages", json=reply)
        assert (answer.status_code, answer.json()) == (202, {"seq": None})
    [held] = (await noor.get(f"{case}/held")).json()["held"]
    assert (held["text"], held["author"], held["at"]) == (TEXT, "Noor", reply["hold"]["at"])
    assert await sending.once() == 0 and await ours(person) == []
    office.clock.pass_by(minutes=15)
    assert await sending.once() == 1 and await sending.once() == 0
    assert await ours(person) == [TEXT]
    assert (await noor.get(f"{case}/held")).json() == {"held": []}
    read = (await noor.get(f"{case}/messages")).json()["messages"]
    assert [m["text"] for m in read if m["from"] == "caseworker"] == [TEXT]


async def test_it_is_sent_at_once_or_taken_back_once(office: Office) -> None:
    noor, person, case = await taken(office)
    for _ in range(2):
        await noor.post(f"{case}/messages", json=body(office))
    first, second = [one["name"] for one in (await noor.get(f"{case}/held")).json()["held"]]
    assert (await noor.post(f"{case}/held/{first}")).status_code == 202
    assert (await noor.delete(f"{case}/held/{second}")).status_code == 204
    assert code(await noor.post(f"{case}/held/{first}")) == (404, "not_found")
    assert code(await noor.delete(f"{case}/held/{second}")) == (404, "not_found")
    assert await ours(person) == [TEXT]


async def test_while_a_person_waits_it_tells_nobody_that_somebody_is_here(office: Office) -> None:
    noor, person, case = await taken(office)
    await noor.post(f"{case}/messages", json=body(office))
    await noor.post(f"{case}/release")
    office.clock.pass_by(minutes=15)
    assert await HeldSending(office.store, office.live).once() == 1
    last = (await person.messages())[-1]
    assert (last["from"], last.get("handoff")) == ("caseworker", None)
    assert (await stands(person))["state"] == "asked"


@pytest.mark.parametrize("hours", [-1, 0, 24 * 8])
async def test_a_time_that_does_not_do_sends_nothing(office: Office, hours: float) -> None:
    noor, person, case = await taken(office)
    assert code(await noor.post(f"{case}/messages", json=body(office, hours))) == (422, "hold_time")
    assert await ours(person) == [] and (await noor.get(f"{case}/held")).json() == {"held": []}


async def test_hours_that_end_before_they_begin_hold_nothing(office: Office) -> None:
    noor, person, case = await taken(office)
    over = (office.clock() + timedelta(minutes=10)).isoformat()
    assert code(await noor.post(f"{case}/messages", json=body(office, until=over))) == (422, "hold_time")
    naive = {"id": str(uuid4()), "text": TEXT, "hold": {"at": "2026-11-03T20:00:00"}}
    assert (await noor.post(f"{case}/messages", json=naive)).status_code == 422
    assert await ours(person) == []


async def test_it_does_not_go_out_after_the_safe_hours(office: Office) -> None:
    noor, person, case = await taken(office)
    until = (office.clock() + timedelta(minutes=20)).isoformat()
    await noor.post(f"{case}/messages", json=body(office, until=until))
    office.clock.pass_by(minutes=21)
    assert await HeldSending(office.store, office.live).once() == 0
    [held] = (await noor.get(f"{case}/held")).json()["held"]
    assert held["until"] == until and await ours(person) == []


@pytest.mark.parametrize("end", ["sent", "taken back", "released and taken"])
async def test_what_missed_its_time_is_seen_in_the_queue(office: Office, end: str) -> None:
    """By everybody whose queue it is, until somebody has decided."""
    noor, person, case = await taken(office)
    eva = await office.caseworker("Eva")

    async def seen() -> list[object]:
        return [(await one.get("/desk/api/queue")).json()["cases"][0]["reply_missed"] for one in (noor, eva)]

    until = (office.clock() + timedelta(minutes=20)).isoformat()
    await noor.post(f"{case}/messages", json=body(office, until=until))
    assert await seen() == [False, False]
    office.clock.pass_by(minutes=21)
    assert await HeldSending(office.store, office.live).once() == 0
    assert await seen() == [True, True]
    [held] = (await noor.get(f"{case}/held")).json()["held"]
    path = f"{case}/held/{held['name']}"
    if end == "sent":
        assert (await noor.post(path)).status_code == 202
    elif end == "taken back":
        assert (await noor.delete(path)).status_code == 204
    else:
        await noor.post(f"{case}/release")
        assert await seen() == [True, True], "nobody has it, and it is not lost"
        await eva.post(f"{case}/claim")
        assert (await eva.post(path)).status_code == 202
    assert await seen() == [False, False]
    assert await ours(person) == ([] if end == "taken back" else [TEXT])


async def test_a_clock_that_has_jumped_sends_none(office: Office) -> None:
    noor, person, case = await taken(office)
    sending = HeldSending(office.store, office.live, ClockGuard(office.clock, lambda: 0.0).trusts)
    assert await sending.once() == 0
    await noor.post(f"{case}/messages", json=body(office, hours=2))
    office.clock.pass_by(hours=2)
    assert await sending.once() == 0 and await ours(person) == []
    office.clock.pass_by(hours=-2)
    assert await sending.once() == 0 and len((await noor.get(f"{case}/held")).json()["held"]) == 1


async def test_whoever_goes_on_has_it_and_nobody_else(office: Office) -> None:
    noor, person, case = await taken(office)
    eva = await office.caseworker("Eva")
    await noor.post(f"{case}/messages", json=body(office))
    assert code(await eva.get(f"{case}/held")) == (409, "not_owner")
    await noor.post(f"{case}/release")
    await eva.post(f"{case}/claim")
    [held] = (await eva.get(f"{case}/held")).json()["held"]
    assert held["author"] == "Noor"
    assert code(await noor.delete(f"{case}/held/{held['name']}")) == (409, "not_owner")
    assert (await eva.delete(f"{case}/held/{held['name']}")).status_code == 204
    assert await ours(person) == []


async def test_in_danger_a_translation_is_looked_at_before_it_is_held(translating_office: Office) -> None:
    office = translating_office
    noor = await office.caseworker("Noor")
    _, case_id = await office.emergency("ro")
    case = f"/desk/api/cases/{case_id}"
    await noor.post(f"{case}/claim")
    reply = body(office) | {"translated": {"text": "De deur gaat open.", "own": "nl", "looked": False}}
    assert code(await noor.post(f"{case}/messages", json=reply)) == (409, "look_first")
    assert (await noor.get(f"{case}/held")).json() == {"held": []}
