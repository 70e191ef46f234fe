"""A browser's token ends: at every gateway at once, and a day after it was last used."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.conversation.sessions import Sessions
from bot.domain.retention import Retention
from bot.operations.upkeep import Upkeep
from bot.storage.store import NewConversation, Store
from bot.storage.tables.conversations import conversation_wraps
from tests.support.databases import Clock


async def ends(store: Store) -> list[object]:
    w = conversation_wraps.c
    async with store._db.read() as connection:
        return list((await connection.execute(select(w.ends_at).where(w.kind == "token"))).scalars())


async def test_what_ended_at_one_gateway_is_over_at_the_others(store: Store) -> None:
    here, there = Sessions(store), Sessions(store)
    ended = [await store.create_conversation("nl") for _ in range(3)]
    for new in ended:
        assert (await there.get(new.token))[0] is not None
    again = await store.open_by_return_code(ended[0].return_code)
    assert again is not None
    await store.end_access(ended[1].token)
    await store.delete_conversation(ended[2].person.conversation)
    for new in ended:
        assert await there.get(new.token) == (None, False)
    for sessions in (here, there):
        assert (await sessions.get(again.token))[0] is not None


async def test_a_token_ends_a_day_after_its_last_use_and_the_code_stays_good(store: Store, clock: Clock) -> None:
    new, sessions = await store.create_conversation("nl"), Sessions(store)
    for _ in range(5):
        clock.pass_by(hours=20)
        assert (await sessions.get(new.token))[0] is not None, "reading is use, in whatever process"
    clock.pass_by(hours=20)
    assert await store.open_by_token(new.token) is not None
    clock.pass_by(hours=25)
    assert await store.open_by_token(new.token) is None
    assert await sessions.get(new.token) == (None, False)
    again = await store.open_by_return_code(new.return_code)
    assert again is not None
    assert await store.open_by_token(again.token) is not None


async def test_nothing_finer_than_the_hour_is_kept_of_a_visit(store: Store, clock: Clock) -> None:
    clock.pass_by(minutes=17, seconds=5)
    new = await store.create_conversation("nl")
    before = await ends(store)
    clock.pass_by(minutes=40)
    assert await store.use_token(new.token)
    assert await ends(store) == before
    clock.pass_by(minutes=40)
    assert await store.use_token(new.token)
    (later,) = await ends(store)
    assert later == clock().replace(hour=11, minute=0, second=0, day=clock().day + 1)


async def test_what_opens_nothing_any_more_goes_with_the_upkeep(store: Store, clock: Clock) -> None:
    old: NewConversation = await store.create_conversation("nl")
    clock.pass_by(hours=26)
    await store.create_conversation("nl")
    rules = Retention(timedelta(days=9), timedelta(days=9))
    await Upkeep(store, clock, rules).once()
    assert len(await ends(store)) == 1
    assert await store.open_by_return_code(old.return_code) is not None


@pytest.mark.parametrize("channel", ["telegram"])
async def test_a_secret_that_stands_in_no_browser_does_not_end(store: Store, clock: Clock, channel: str) -> None:
    await store.create_conversation("nl", channel, token="derived" * 6)
    moved = await store.create_conversation("nl")
    assert await store.open_by_return_code(moved.return_code, channel, token="another" * 6) is not None
    clock.pass_by(days=40)
    for token in ("derived" * 6, "another" * 6):
        assert await store.open_by_token(token) is not None
        assert await store.use_token(token)
