"""What is open in the memory of a gateway is closed again: by time, by a deletion, and when there is too much of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.conversation import sessions as module
from bot.conversation.sessions import EARLIER_CHARS, Session, Sessions
from bot.domain.model import Handoff, Urgency
from bot.domain.retention import Retention
from bot.operations.upkeep import Upkeep
from bot.storage.store import Accepted, NewConversation, Store
from tests.support.databases import Clock


async def opened(sessions: Sessions, new: NewConversation) -> Session:
    session, _ = await sessions.get(new.token)
    assert session is not None
    return session


async def test_what_nobody_uses_is_closed_though_nothing_comes(store: Store) -> None:
    now = [0.0]
    sessions = Sessions(store, now=lambda: now[0])
    old, young = [await store.create_conversation("nl") for _ in range(2)]
    await opened(sessions, old)
    now[0] = 1700.0
    await opened(sessions, young)
    now[0] = 1801.0
    sessions.sweep()
    assert [session.person.conversation for session in sessions._open.values()] == [young.person.conversation]
    now[0] = 99_999.0
    sessions.sweep()
    assert not sessions._open


async def test_a_running_gateway_sweeps(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWEEP_EVERY", 0.0)
    swept = asyncio.Event()
    sessions = Sessions(store)
    monkeypatch.setattr(sessions, "sweep", swept.set)
    async with sessions.swept(), asyncio.timeout(120):
        await swept.wait()


async def test_the_words_in_memory_are_bounded_in_bytes(store: Store) -> None:
    most = 40 * EARLIER_CHARS
    sessions = Sessions(store, most_bytes=most)
    made = [await store.create_conversation("nl") for _ in range(12)]
    for new in made:
        for seq in range(20):
            session = await opened(sessions, new)
            session.heard("я" * 4000, Accepted(seq, False, Handoff.BOT, True), Urgency.NONE)
            assert sum(one.size for one in sessions._open.values()) <= most + 3 * EARLIER_CHARS
    kept = [session.person.conversation for session in sessions._open.values()]
    assert kept == [new.person.conversation for new in made[-len(kept) :]], "who was away longest made room"
    assert 1 < len(kept) < len(made)
    for new in made:
        sessions.drop(new.person.conversation)
    assert sessions._bytes == 0


async def test_the_purge_closes_what_it_deletes(store: Store, clock: Clock) -> None:
    sessions = Sessions(store)
    new = await store.create_conversation("nl")
    await opened(sessions, new)
    clock.pass_by(days=3)
    rules = Retention(timedelta(hours=48), timedelta(days=90))
    await Upkeep(store, clock, rules, forget=sessions.drop).once()
    assert not sessions._open
