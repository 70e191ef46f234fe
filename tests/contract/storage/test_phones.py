"""The browsers in which caseworkers are paged. On both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.domain.web_push import MOST_PHONES
from bot.storage.database.errors import NameTaken, NotFound
from bot.storage.store import Store
from bot.storage.tables.conversations import phones
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join

KEY = b"k" * 32
POINT, AUTH = b"p" * 65, b"a" * 16


@pytest.fixture
async def els(store: Store, clock: Clock) -> Colleague:
    return await join(store, clock, "Els")


def endpoint(name: object) -> str:
    return f"https://push.example.org/send/{name}"


async def add(store: Store, who: Colleague, name: object, cookie: str | None = None) -> None:
    await store.add_phone(who.id, cookie or who.cookie, endpoint(name), POINT, AUTH, KEY)


async def paged(store: Store) -> dict[int, list[str]]:
    return {who: [one.endpoint for one in found] for who, found in (await store.phones(KEY)).items()}


async def test_what_a_browser_hands_over_is_sealed(store: Store, els: Colleague) -> None:
    await add(store, els, "els")
    (one,) = (await store.phones(KEY))[els.id]
    assert (one.endpoint, one.public, one.auth) == (endpoint("els"), POINT, AUTH)
    assert await store.phones(b"x" * 32) == {}
    async with store._db.read() as connection:
        row = (await connection.execute(select(phones))).one()
    assert b"push.example.org" not in b"".join(bytes(value) for value in row if isinstance(value, bytes))


async def test_a_row_that_is_given_to_a_colleague_opens_no_more(store: Store, els: Colleague, clock: Clock) -> None:
    noor = await join(store, clock, "Noor", els.session)
    await add(store, els, "els")
    async with store._db.write() as connection:
        await connection.execute(update(phones).values(caseworker=noor.id))
    assert await store.phones(KEY) == {}


async def test_one_sees_ones_own_and_takes_them_away(store: Store, els: Colleague, clock: Clock) -> None:
    noor = await join(store, clock, "Noor", els.session)
    await add(store, els, "els")
    await add(store, noor, "noor")
    (shown,) = await store.own_phones(els.id, els.cookie)
    assert (shown.device, shown.here, shown.added_at) == ("other", True, clock())
    with pytest.raises(NotFound):
        await store.remove_phone(noor.id, shown.id)
    await store.remove_phone(els.id, shown.id)
    assert await paged(store) == {noor.id: [endpoint("noor")]}


async def test_a_browser_is_one_persons(store: Store, els: Colleague, clock: Clock) -> None:
    noor = await join(store, clock, "Noor", els.session)
    await add(store, els, "shared")
    assert not await store.phone_here(noor.id, noor.cookie, endpoint("shared"))
    await add(store, noor, "shared")
    assert await paged(store) == {noor.id: [endpoint("shared")]}


async def test_only_so_many(store: Store, els: Colleague) -> None:
    for number in range(MOST_PHONES):
        await add(store, els, number)
    with pytest.raises(NameTaken):
        await add(store, els, "more")
    await add(store, els, 0)  # the same one again
    assert len((await store.phones(KEY))[els.id]) == MOST_PHONES


async def test_it_outlives_a_session_that_is_over_and_ends_with_a_log_out(
    store: Store, els: Colleague, clock: Clock
) -> None:
    await add(store, els, "els")
    clock.pass_by(hours=13)
    assert await store.desk_session(els.cookie) is None
    assert list(await paged(store)) == [els.id], "who sleeps is called"
    cookie, _ = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    assert await store.phone_here(els.id, cookie, endpoint("els"))
    await store.forget_phone_of(els.cookie)
    assert list(await paged(store)) == [els.id], "it is of the new session now"
    await store.forget_phone_of(cookie)
    assert await paged(store) == {}


async def test_who_ends_another_session_ends_its_pages(store: Store, els: Colleague, clock: Clock) -> None:
    clock.pass_by(seconds=30)
    lost, _ = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    await add(store, els, "here")
    await add(store, els, "lost", lost)
    other = next(one for one in await store.own_sessions(els.session) if one.id != els.session.id)
    await store.end_session(els.session, other.id)
    assert await paged(store) == {els.id: [endpoint("here")]}
    clock.pass_by(seconds=30)
    lost, _ = await store.log_in("Els", PASSWORD, els.totp.at(clock()))
    await add(store, els, "lost", lost)
    assert await store.end_other_sessions(els.cookie, els.session) == 1
    assert await paged(store) == {els.id: [endpoint("here")]}


async def test_whose_access_ends_is_paged_nowhere(store: Store, els: Colleague, clock: Clock) -> None:
    noor = await join(store, clock, "Noor", els.session)
    await add(store, noor, "noor")
    await store.set_active(noor.id, False, els.session)
    async with store._db.read() as connection:
        assert (await connection.execute(select(phones))).all() == []
    with pytest.raises(NotFound):
        await add(store, noor, "noor")
