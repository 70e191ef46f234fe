"""Old talks go, cases that wait or are owned stay, whatever their age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.model import CaseChange, Urgency
from bot.storage import schema
from bot.storage.store import Store
from bot.upkeep import Upkeep


async def test_only_what_nobody_waits_for_is_deleted(tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    schema.upgrade(url)
    store = await Store.open(url, clock=lambda: now)
    old, waiting = await store.create_conversation("nl"), await store.create_conversation("nl")
    await store.accept(waiting.person, "a", "help", case=CaseChange(Urgency.EMERGENCY))
    now += timedelta(days=29)
    young = await store.create_conversation("nl")
    upkeep = Upkeep(store, lambda: now, timedelta(days=30))
    assert await upkeep.once() == 0
    now += timedelta(days=2)
    assert await upkeep.once() == 1
    assert await store.open_by_token(old.token) is None
    assert await store.open_by_token(young.token) is not None
    now += timedelta(days=4000)
    await upkeep.once()
    assert await store.open_by_token(waiting.token) is not None
    assert len(await store.queue()) == 1
    await store.close()
