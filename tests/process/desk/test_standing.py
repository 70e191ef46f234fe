"""Where a conversation stands, as its person reads it: at every moment what is true."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.domain.model import CaseChange, Urgency
from bot.storage.database.part import Person
from tests.support.office import Office, Visitor

PROGRAM = {"state": "program", "since": None, "called": False, "coming": False, "nobody": False, "hours": ""}


async def stands(person: Visitor) -> dict[str, Any]:
    answer = await person.http.get("/api/state", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name != "now"}


@asynccontextmanager
async def events(person: Visitor, query: str) -> AsyncIterator[AsyncIterator[tuple[str, dict[str, Any]]]]:
    """The events of a person's stream, as (name, data)."""

    async def read(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        name = "message"
        async for line in lines:
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                yield name, json.loads(line[5:])
                name = "message"

    async with person.http.stream("GET", f"/api/events{query}", headers=person.headers) as answer:
        assert answer.status_code == 200
        yield read(answer.aiter_lines())


async def asking(office: Office) -> tuple[Visitor, Person, int]:
    """A person who asks for a caseworker, and the id of their case."""
    person = await office.visitor()
    opened = await office.store.open_by_token(person.headers["Authorization"].removeprefix("Bearer "))
    assert opened is not None
    await office.store.accept(opened, "1", "a person please", case=CaseChange(Urgency.NONE))
    case = await office.store.case_of(opened.conversation)
    assert case is not None
    return person, opened, case.id


async def test_from_asking_to_the_end(office: Office) -> None:
    noor = await office.caseworker("Noor")
    before = await office.visitor()
    assert await stands(before) == PROGRAM
    person, _, case = await asking(office)
    asked = office.clock().isoformat()
    assert await stands(person) == PROGRAM | {"state": "asked", "since": asked}
    office.clock.pass_by(minutes=4)
    assert (await stands(person))["since"] == asked, "four minutes ago"
    await noor.post(f"/desk/api/cases/{case}/claim")
    assert await stands(person) == PROGRAM | {"state": "here"}
    office.clock.pass_by(minutes=4)
    await noor.post(f"/desk/api/cases/{case}/release")
    assert await stands(person) == PROGRAM | {"state": "asked", "since": office.clock().isoformat()}
    await noor.post(f"/desk/api/cases/{case}/claim")
    await noor.post(f"/desk/api/cases/{case}/close", json={"outcome": "helped"})
    assert await stands(person) == PROGRAM
    answer = await person.http.get("/api/state", headers=person.headers)
    assert answer.json()["now"] == office.clock().isoformat(), "for a phone whose clock is wrong"
    await person.forget()
    assert (await person.http.get("/api/state", headers=person.headers)).status_code == 401


async def test_a_stream_tells_it_at_first_and_whenever_it_changes(office: Office) -> None:
    noor = await office.caseworker("Noor")
    person, _, case = await asking(office)
    async with asyncio.timeout(120), events(person, "?state=1") as found:
        seen: list[str] = []
        async for name, data in found:
            if name != "state":
                continue
            seen.append(data["state"])
            if seen[-1] == "asked" and len(seen) == 1:
                await noor.post(f"/desk/api/cases/{case}/claim")
            elif seen[-1] == "here":
                await noor.post(f"/desk/api/cases/{case}/release")
            else:
                break
        assert seen == ["asked", "here", "asked"]


async def test_who_did_not_ask_for_it_gets_messages_alone(office: Office) -> None:
    """A page that is older than this would take it for a message."""
    noor = await office.caseworker("Noor")
    person, _, case = await asking(office)
    async with asyncio.timeout(120), events(person, "") as found:
        names = []
        async for name, data in found:
            names.append(name)
            if data["seq"] == 2:
                await noor.post(f"/desk/api/cases/{case}/claim")
            elif data["from"] == "system":
                break
        assert set(names) == {"message"}
