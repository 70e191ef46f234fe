"""Pages: over real HTTP to a receiver on loopback, once each, later when the receiver was dead, and without content."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import CaseChange, Urgency
from bot.live.local import DESK, Live
from bot.oncall.paging import Pager
from bot.storage import schema
from bot.storage.store import Store
from tests.support.ports import free_port

TEXT = "he keeps us behind the blue door"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def receiver(port: int, status: int = 200) -> AsyncIterator[list[str]]:
    """What arrives, as text."""
    arrived: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        arrived.append((await reader.readexactly(length)).decode())
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    try:
        yield arrived
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def paged(tmp_path: Path, port: int) -> AsyncIterator[tuple[Store, Pager, Clock, Live]]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    schema.upgrade(url)
    clock, live = Clock(), Live()
    store = await Store.open(url, clock=clock)
    pager = Pager(store, [f"json://127.0.0.1:{port}/"], "https://chat.example.org", live, DESK, clock)
    pager.start()
    try:
        yield store, pager, clock, live
    finally:
        await pager.stop()
        await store.close()


async def danger(store: Store, live: Live, urgency: Urgency = Urgency.EMERGENCY) -> str:
    new = await store.create_conversation("nl")
    await store.accept(new.person, "1", TEXT, case=CaseChange(urgency, ("confined",), ("x",), page=True))
    live.wake(DESK)
    return (await store.queue())[-1].number


async def until(condition, seconds: float = 10) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_page_tells_level_number_and_link_and_nothing_else(tmp_path: Path) -> None:
    port = free_port()
    async with receiver(port) as arrived, paged(tmp_path, port) as (store, _, _, live):
        number = await danger(store, live)
        await until(lambda: arrived)
        page = json.loads(arrived[0])
        assert page["title"] == f"Inloop: emergency {number}"
        assert page["message"] == "https://chat.example.org/desk"
        assert "blue door" not in arrived[0]
        assert "confined" not in arrived[0]


async def test_a_dead_target_is_tried_again_and_paged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = free_port()
    async with paged(tmp_path, port) as (store, _, clock, live):
        await danger(store, live)
        async with receiver(port, status=503) as refused:
            live.wake(DESK)
            clock.now += timedelta(minutes=1)
            await until(lambda: refused)
        async with receiver(port) as arrived:
            clock.now += timedelta(hours=1)
            live.wake(DESK)
            await until(lambda: arrived)
            # The log says so only after the row is gone: nothing is left that could be paged again, ever.
            await until(lambda: any(record.message == "page.sent" for record in caplog.records))
            clock.now += timedelta(days=1)
            assert await store.take_outbox(10, timedelta(seconds=60)) == []
            assert len(arrived) == 1


async def test_a_page_survives_the_process_that_wrote_it(tmp_path: Path) -> None:
    port = free_port()
    async with paged(tmp_path, port) as (store, pager, _, live):
        await pager.stop()
        await danger(store, live)
    async with receiver(port) as arrived, paged(tmp_path, port):
        await until(lambda: arrived)


async def test_an_address_that_nobody_knows_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    pager = Pager(None, ["nonsense://x", "also wrong"], "http://x", Live(), DESK, Clock())  # type: ignore[arg-type]
    assert pager.refused == 2
    assert pager.targets == 0
