"""Ready replies that people keep: one's own open with one's own key alone, an organisation has its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.storage.cases.replies import MOST, ReadyReply
from bot.storage.database.errors import NotFound, TooManyKept
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.store import Store
from bot.storage.tables.cases import own_replies
from tests.support.databases import Clock
from tests.support.desk import Colleague, join, set_up

TODAY = ReadyReply("Today", "I am here until six. Canary.", "en")
HELLO = ReadyReply("hello", "Bonjour, je suis là.", "fr")


def key(colleague: Colleague) -> KeyPair:
    assert colleague.session.own is not None
    return colleague.session.own


async def kept(store: Store) -> list[bytes]:
    async with store._db.read() as connection:
        return list((await connection.execute(select(own_replies.c.envelope))).scalars())


async def test_ones_own_open_with_ones_own_key_alone(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    first = await store.add_own_reply(els.id, key(els), TODAY)
    await store.add_own_reply(els.id, key(els), HELLO)
    assert [reply for _, reply in await store.own_replies(els.id, key(els))] == [HELLO, TODAY], "by title"
    assert await store.own_replies(jan.id, key(jan)) == []
    assert await store.own_replies(els.id, key(jan)) == [], "nor do the rows open for a colleague"
    assert not any(b"Canary" in raw for raw in await kept(store))
    assert len({len(raw) for raw in await kept(store)}) == 1, "how long a text is does not show"
    for other in (store.set_own_reply(jan.id, key(jan), first, HELLO), store.remove_own_reply(jan.id, first)):
        with pytest.raises(NotFound):
            await other
    later = replace(TODAY, text="Until seven.")
    await store.set_own_reply(els.id, key(els), first, later)
    assert dict(await store.own_replies(els.id, key(els)))[first] == later
    await store.remove_own_reply(els.id, first)
    assert [reply for _, reply in await store.own_replies(els.id, key(els))] == [HELLO]


async def test_who_is_invited_anew_begins_with_none(store: Store, clock: Clock) -> None:
    """Under the same name it may be somebody else, and nothing opens with their new key."""
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    await store.add_own_reply(jan.id, key(jan), TODAY)
    await store.set_active(jan.id, False, els.session)
    assert len(await kept(store)) == 1, "who is let in again has them still"
    again = (await store.desk_session(els.cookie)) or els.session
    await set_up(store, clock, await store.invite("Jan", again))
    assert await kept(store) == []


async def test_an_organisation_has_its_own(store: Store) -> None:
    made = int(await store.add_organisation_reply(1, TODAY))
    await store.add_organisation_reply(2, HELLO)
    assert await store.organisation_replies(1) == [(str(made), TODAY)]
    for other in (store.set_organisation_reply(2, made, HELLO), store.remove_organisation_reply(2, made)):
        with pytest.raises(NotFound):
            await other
    await store.set_organisation_reply(1, made, HELLO)
    assert await store.organisation_replies(1) == [(str(made), HELLO)]
    await store.remove_organisation_reply(1, made)
    assert await store.organisation_replies(1) == []


async def test_there_are_sixty_at_most(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    for _ in range(MOST):
        await store.add_own_reply(els.id, key(els), TODAY)
        await store.add_organisation_reply(1, TODAY)
    for one_more in (store.add_own_reply(els.id, key(els), TODAY), store.add_organisation_reply(1, TODAY)):
        with pytest.raises(TooManyKept):
            await one_more
    await store.add_organisation_reply(2, TODAY)
