"""Whoever listens to a stream hangs up while it reads the database: what was begun is read to its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.databases import Clock
from tests.support.desk import join
from tests.support.house import served


class Reading:
    """In the place of one reading of the store: it begins, and goes on when it is told to. `before`: readings that go
    through."""

    def __init__(self, real: Callable[..., Any], before: int) -> None:
        self._real = real
        self._before = before
        self.begun, self.goes_on = asyncio.Event(), asyncio.Event()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __call__(self, *args: Any, **more: Any) -> Any:
        if self._before:
            self._before -= 1
            return await self._real(*args, **more)
        self.begun.set()
        try:
            await self.goes_on.wait()
            found = await self._real(*args, **more)
        except asyncio.CancelledError:
            self.ended.set_result("cut off")
            raise
        if not self.ended.done():
            self.ended.set_result("whole")
        return found


@pytest.mark.parametrize("which", ["visitor", "desk"])
async def test_a_reading_is_not_cut_off(
    which: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(tmp_path, clock) as (url, parts), asyncio.timeout(120):
        caseworker = await join(parts.store, clock, "Els")
        # a conversation that is opened is read once before its stream begins
        name, before = ("messages", 1) if which == "visitor" else ("queue", 0)
        reading = Reading(getattr(parts.store, name), before)
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            if which == "visitor":
                opened = await client.post("/api/conversations", json={"language": "en"})
                path, headers = "/api/events", {"Authorization": f"Bearer {opened.json()['token']}"}
            else:
                path, headers = "/desk/api/events", {"Cookie": f"desk={caseworker.cookie}"}
            monkeypatch.setattr(parts.store, name, reading)
            listening = asyncio.create_task(client.get(path, headers=headers, timeout=None))
            await reading.begun.wait()
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
        while parts.live._waiting:  # the stream has ended
            await asyncio.sleep(0.01)
        reading.goes_on.set()
        assert await reading.ended == "whole"
