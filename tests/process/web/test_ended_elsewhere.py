"""Two gateways on one database: what was ended at one of them shows nothing more at the other."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import httpx

from bot.runtime.wakeups import conversation
from tests.support.databases import Clock
from tests.support.house import served

AFTERWARDS = "what was written after the code was used"


async def test_an_open_stream_tells_nothing_that_came_after_its_token_was_ended(tmp_path: Path, clock: Clock) -> None:
    async with (
        asyncio.timeout(120), served(tmp_path, clock) as (here, _), served(tmp_path, clock) as (there, parts),
        httpx.AsyncClient(base_url=here, trust_env=False) as one,
        httpx.AsyncClient(base_url=there, trust_env=False) as other,
    ):  # fmt: skip
        opened = (await other.post("/api/conversations", json={"language": "en"})).json()
        old = {"Authorization": f"Bearer {opened['token']}"}
        async with other.stream("GET", "/api/events", headers=old, timeout=None) as stream:
            lines = stream.aiter_lines()
            async for line in lines:
                if line.startswith("data:"):
                    break
            while not parts.live._waiting:  # it has told what was there
                await asyncio.sleep(0.01)
            again = (await one.post("/api/conversations/restore", json={"return_code": opened["return_code"]})).json()
            new = {"Authorization": f"Bearer {again['token']}"}
            written = await one.post("/api/messages", headers=new, json={"id": str(uuid4()), "text": AFTERWARDS})
            assert written.status_code == 202, written.text
            person = await parts.store.open_by_token(again["token"])
            assert person is not None
            parts.live.wake(conversation(person.conversation))
            rest = [line async for line in lines]
    assert "event: gone" in rest
    assert not any(AFTERWARDS in line for line in rest)
