"""The queue that updates by itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from bot.web.desk import router as desk_web
from tests.support.office import Office

Event = tuple[str, dict[str, Any]]


@asynccontextmanager
async def stream(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of the desk, as (name, data)."""

    async def events(answer: httpx.Response) -> AsyncIterator[Event]:
        name = ""
        async for line in answer.aiter_lines():
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                yield name, json.loads(line[5:])

    async with client.stream("GET", "/desk/api/events") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield events(answer)


async def until(events: AsyncIterator[Event], name: str, seconds: float = 120) -> dict[str, Any]:
    async with asyncio.timeout(seconds):
        async for found, data in events:
            if found == name:
                return data
    raise AssertionError("the stream ended")


async def test_a_new_emergency_appears_by_itself(office: Office) -> None:
    noor = await office.caseworker("Noor")
    async with stream(noor) as events:
        assert (await until(events, "queue"))["cases"] == []
        _, case = await office.emergency()
        data = await until(events, "queue")
        assert [(row["id"], row["urgency"]) for row in data["cases"]] == [(case, "emergency")]
        assert data["now"] == office.clock().isoformat()


async def test_a_claim_appears_at_the_colleagues(office: Office) -> None:
    noor, eva = await office.caseworker("Noor"), await office.caseworker("Eva")
    _, case = await office.emergency()
    async with stream(eva) as events:
        assert (await until(events, "queue"))["cases"][0]["owner_name"] is None
        await noor.post(f"/desk/api/cases/{case}/claim")
        assert (await until(events, "queue"))["cases"][0]["owner_name"] == "Noor"


async def test_a_lost_wake_up_makes_it_slower_and_never_wrong(office: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr(desk_web, "FALL_BACK_TO_READING", 0.2)
    noor = await office.caseworker("Noor")
    async with stream(noor) as events:
        await until(events, "queue")
        monkeypatch.setattr(office.live, "wake", lambda topic: None)
        await office.emergency()
        assert len((await until(events, "queue"))["cases"]) == 1
        await until(events, "beat")


async def test_logging_out_ends_the_stream(office: Office) -> None:
    noor = await office.caseworker("Noor")
    async with stream(noor) as events:
        await until(events, "queue")
        await noor.delete("/desk/api/session")
        await until(events, "expired")


async def test_an_open_page_alone_keeps_nobody_logged_in(office: Office) -> None:
    noor = await office.caseworker("Noor")
    async with stream(noor) as events:
        await until(events, "queue")
        for _ in range(2):  # the page asks all the time, and nobody sits before it
            office.clock.pass_by(minutes=10)
            office.live.wake("desk")
            await until(events, "beat")
        office.clock.pass_by(minutes=10)
        office.live.wake("desk")
        await until(events, "expired")


async def test_what_a_page_does_by_itself_keeps_nobody_logged_in(office: Office) -> None:
    """It opens its line anew when that breaks, and reads when the person of a case writes."""
    noor = await office.caseworker("Noor")
    person, case = await office.emergency()
    assert (await noor.post(f"/desk/api/cases/{case}/claim")).status_code == 200
    begun = (await noor.get("/desk/api/account")).json()["sessions"][0]["seen_at"]
    for _ in range(5):
        office.clock.pass_by(minutes=5)
        async with stream(noor) as events:
            await until(events, "queue")
        seq = await person.write("are you there?")
        for read in ("session", "queue", f"cases/{case}/messages", "facts"):
            assert (await noor.get(f"/desk/api/{read}")).status_code == 200
        assert (await noor.post(f"/desk/api/cases/{case}/seen", json={"seq": seq})).status_code == 204
    (own,) = (await noor.get("/desk/api/account")).json()["sessions"]
    assert own["seen_at"] == begun
    office.clock.pass_by(minutes=5)
    assert (await noor.get("/desk/api/session")).status_code == 401


async def test_a_stream_ends_when_the_gateway_does(office: Office) -> None:
    noor = await office.caseworker("Noor")
    async with stream(noor) as events:
        await until(events, "queue")
        office.live.close()
        async with asyncio.timeout(120):
            async for _ in events:
                pass


@pytest.mark.parametrize("last", ["\u00b2", "9" * 5000, "-1", "x", ""], ids=lambda last: ascii(last[:4]))
async def test_a_persons_stream_begins_at_its_beginning_whatever_stands_for_the_last_event(
    office: Office, last: str
) -> None:
    person = await office.visitor()
    seq = await person.write("hello")
    headers = [*person.headers.items(), ("Last-Event-ID", last.encode("latin-1"))]
    async with person.http.stream("GET", "/api/events", headers=headers) as answer:
        assert answer.status_code == 200
        async with asyncio.timeout(120):
            async for line in answer.aiter_lines():
                if line.startswith("id:"):
                    assert int(line[3:]) <= seq
                    break
