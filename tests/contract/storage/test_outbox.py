"""What has to leave the house is never lost: leased, done, or due again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.storage.store import Store
from tests.support.databases import Clock

LEASE = timedelta(minutes=1)


async def paged(store: Store, count: int) -> None:
    for i in range(count):
        await store.post("hole", {"when": f"{i}"})


async def test_an_item_is_taken_once_then_done(store: Store, clock: Clock) -> None:
    await paged(store, 3)
    first = await store.take_outbox(2, LEASE)
    assert [(item.kind, item.attempts, item.created_at) for item in first] == [("hole", 1, clock())] * 2
    (third,) = await store.take_outbox(5, LEASE)
    assert await store.take_outbox(5, LEASE) == []
    for item in (*first, third, third):
        await store.done(item.id)
    clock.pass_by(hours=1)
    assert await store.take_outbox(5, LEASE) == []


async def test_whoever_dies_with_an_item_loses_it(store: Store, clock: Clock) -> None:
    await paged(store, 1)
    (item,) = await store.take_outbox(5, LEASE)
    clock.pass_by(seconds=59)
    assert await store.take_outbox(5, LEASE) == []
    clock.pass_by(seconds=1)
    (again,) = await store.take_outbox(5, LEASE)
    assert (again.id, again.attempts) == (item.id, 2)


async def test_what_failed_is_due_when_it_was_said(store: Store, clock: Clock) -> None:
    await paged(store, 1)
    (item,) = await store.take_outbox(5, LEASE)
    await store.failed(item.id, clock() + timedelta(seconds=10))
    assert await store.take_outbox(5, LEASE) == []
    clock.pass_by(seconds=10)
    assert [i.id for i in await store.take_outbox(5, LEASE)] == [item.id]


async def test_two_who_take_at_once_take_different_ones(store: Store) -> None:
    await paged(store, 20)
    taken = await asyncio.gather(*(store.take_outbox(3, LEASE) for _ in range(10)))
    ids = [item.id for items in taken for item in items]
    assert len(ids) == len(set(ids))
    rest = await store.take_outbox(100, LEASE)
    assert len(ids) + len(rest) == 20
