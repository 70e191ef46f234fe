"""Where a conversation stands, as its person reads it: at every moment what is true."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from bot.domain.model import CaseChange, Urgency
from bot.storage.database.part import Person
from tests.support.office import LOCKED_IN, Office, Visitor

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


async def chooses(office: Office, person: Visitor, label: str) -> list[dict[str, Any]]:
    """Press the newest button with this label; return what is said to it."""
    before: list[dict[str, Any]] = await person.messages()  # type: ignore[assignment]
    token = next(c["token"] for m in reversed(before) for c in m["choices"] if c["label"] == label)
    body = {"id": str(uuid4()), "choice": token}
    answer = await person.http.post("/api/choices", json=body, headers=person.headers)
    assert answer.status_code == 202, answer.text
    while not (said := (await person.messages())[answer.json()["seq"] :]):
        await asyncio.sleep(0.01)
    return said  # type: ignore[return-value]


async def test_who_waits_is_not_asked_whether_to_ask_for_somebody(office: Office) -> None:
    """And is not told that nobody will be asked, who is in the queue."""
    words, person = office.words, await office.visitor()
    said = {name: words.say(f"handoff.{name}", "en") for name in ("offer", "waiting", "cancelled")}
    ask, cancel = words.topic_label("talk_to_human", "en"), words.label("choices.cancel_handoff", "en")
    yes = words.label("choices.yes", "en")
    async with asyncio.timeout(120):
        await person.write("xyzzy")
        while not (await person.messages())[-1]["choices"]:
            await asyncio.sleep(0.01)
        assert (await chooses(office, person, ask))[-1]["text"] == said["offer"]
        asked = await chooses(office, person, yes)
        assert said["waiting"] in [m["text"] for m in asked]
        again = await chooses(office, person, ask)
        assert said["waiting"] in [m["text"] for m in again] and said["offer"] not in [m["text"] for m in again]
        assert said["cancelled"] in [m["text"] for m in await chooses(office, person, cancel)]
        assert (await stands(person))["state"] == "program"
        assert (await chooses(office, person, ask))[-1]["text"] == said["offer"]
        await chooses(office, person, yes)
        await person.write(LOCKED_IN)
        assert [m["text"] for m in await chooses(office, person, cancel)] == [said["waiting"]], "an emergency stays"
        assert (await stands(person))["state"] == "asked"


async def test_a_no_that_danger_has_overtaken_promises_nothing(office: Office) -> None:
    words, person = office.words, await office.visitor()
    waiting, cancel = words.say("handoff.waiting", "en"), words.label("choices.cancel_handoff", "en")
    ask, no = words.topic_label("talk_to_human", "en"), words.label("choices.no", "en")
    async with asyncio.timeout(120):
        await person.write("xyzzy")
        while not (await person.messages())[-1]["choices"]:
            await asyncio.sleep(0.01)
        await chooses(office, person, ask)
        await person.write(LOCKED_IN)
        refused = await chooses(office, person, no)
        assert [m["text"] for m in refused][:1] == [waiting]
        assert cancel not in [c["label"] for m in refused for c in m["choices"]], "an emergency is not taken back"
        assert (await stands(person))["state"] == "asked"
