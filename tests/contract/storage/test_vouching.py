"""Who can write to the database, and has no key, reads nothing new by it, and is noticed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.domain.model import CaseChange, Urgency
from bot.operations.first_vouching import DONE, trust_restored, vouch_once
from bot.storage.database.errors import InviteRefused, LogInFailed, NotReadable
from bot.storage.sealing.envelopes import KeyPair, derive_token, new_key_pair, wrap
from bot.storage.sealing.vouching import Voucher
from bot.storage.store import Store
from bot.storage.tables.conversations import (
    caseworkers,
    conversation_wraps,
    installation,
    invites,
    team_keys,
    team_wraps,
)
from bot.storage.tables.keys import closed_wraps
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join, set_up

ROOT = b"r" * 32
THEIRS = new_key_pair()
"""Of whoever writes to the database."""


@pytest.fixture
async def store(url: str, clock: Clock) -> Any:
    opened = await Store.open(url, clock=clock, root=ROOT)
    yield opened
    await opened.close()


async def written(store: Store, *statements: Any) -> None:
    """By somebody who has the database and nothing else."""
    async with store._db.write() as connection:
        for statement in statements:
            await connection.execute(statement)


async def row_of(store: Store, who: int) -> dict[str, Any]:
    async with store._db.read() as connection:
        return dict((await connection.execute(select(caseworkers).where(caseworkers.c.id == who))).mappings().one())


async def holders(store: Store) -> set[int]:
    async with store._db.read() as connection:
        return set((await connection.execute(select(team_wraps.c.caseworker))).scalars())


async def of_team(store: Store, conversation: int) -> list[Any]:
    c = conversation_wraps.c
    async with store._db.read() as connection:
        query = select(c.team_key).where(c.conversation == conversation, c.kind == "team")
        return list((await connection.execute(query)).scalars())


async def again(store: Store, clock: Clock, who: Colleague) -> Colleague:
    clock.pass_by(seconds=60)
    cookie, session = await store.log_in(who.name, PASSWORD, who.totp.at(clock()))
    return Colleague(who.name, who.totp, cookie, session)


async def put_in(store: Store, like: int, **other: Any) -> int:
    """A row of one's own, made of a colleague's."""
    row = {**await row_of(store, like), "name": "Eve", "name_key": "eve", "public": THEIRS.public, **other}
    row["id"] = max(like, 1) + 100
    await written(store, insert(caseworkers).values(**row))
    return int(row["id"])


async def test_a_row_that_somebody_puts_there_gets_no_new_team_key(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=CaseChange(Urgency.EMERGENCY))
    eve = await put_in(store, els.id)
    await written(store, update(installation).values(renewal_due=True))
    els = await again(store, clock, els)
    assert await store.renewal_due() is False, "the team key is new"
    assert await holders(store) == {els.id}
    assert await store.unvouched() == [f"caseworker {eve}, Eve"]
    case = await store.case_of(new.person.conversation)
    assert case is not None and (await store.open_case(case.id, els.session.team)).keys == new.person.keys


async def test_a_row_that_somebody_had_is_worth_nothing_when_it_is_put_back(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    before = await row_of(store, jan.id)
    await store.set_active(jan.id, False, els.session)
    await written(
        store, update(caseworkers).where(caseworkers.c.id == jan.id).values(**before),
        update(installation).values(renewal_due=True),
    )  # fmt: skip
    els = await again(store, clock, els)
    assert await holders(store) == {els.id}
    assert await store.unvouched() == [f"caseworker {jan.id}, Jan"]
    clock.pass_by(seconds=60)
    with pytest.raises((LogInFailed, NotReadable)):
        await store.log_in("Jan", PASSWORD, jan.totp.at(clock()))


async def test_nothing_is_sealed_to_a_team_key_that_somebody_puts_there(store: Store, clock: Clock) -> None:
    await join(store, clock, "Els")
    async with store._db.read() as connection:
        (true,) = (await connection.execute(select(team_keys))).all()
    await written(store, update(team_keys).values(public=THEIRS.public))
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=CaseChange(Urgency.EMERGENCY))
    assert await of_team(store, new.person.conversation) == []
    assert await store.unvouched() == [f"team key {true.id}", *(await store.unvouched())[1:]]
    await written(store, update(team_keys).values(public=true.public))
    await store.accept(new.person, "m2", "still here", case=CaseChange(Urgency.EMERGENCY))
    assert await of_team(store, new.person.conversation) == [true.id], "as soon as it is the true one"
    assert await store.unvouched() == []


async def test_an_older_team_key_that_is_put_back_is_none(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    await store.set_active(jan.id, False, els.session)
    await store.create_conversation("nl")
    old, new = 1, 2
    await written(
        store, update(team_keys).where(team_keys.c.id == new).values(retired_at=clock()),
        update(team_keys).where(team_keys.c.id == old).values(retired_at=None),
    )  # fmt: skip
    later = await store.create_conversation("nl")
    assert await of_team(store, later.person.conversation) == []
    assert f"team key {old}" in await store.unvouched()


async def test_what_somebody_may_is_not_changed_in_the_database(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    jan = await join(store, clock, "Jan", els.session)
    mine = update(caseworkers).where(caseworkers.c.id == jan.id)
    for changed in ({"role": "coordinator"}, {"organisation": 2}, {"name": "Els"}):
        before = await row_of(store, jan.id)
        await written(store, mine.values(**changed))
        with pytest.raises(NotReadable):
            await store.desk_session(jan.cookie)
        await written(store, mine.values(**before))
        assert await store.desk_session(jan.cookie) is not None
    await store.set_role(jan.id, "coordinator", els.session)
    session = await store.desk_session(jan.cookie)
    assert session is not None and session.role == "coordinator", "by a colleague's hand it is"


async def test_who_waits_or_comes_back_is_given_nothing_under_another_key(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    ada = await join(store, clock, "Ada", els.session, "administrator")
    await set_up(store, clock, await store.invite("Kim", ada.session))
    jan = await join(store, clock, "Jan", els.session)
    await store.set_active(jan.id, False, els.session)
    els = await again(store, clock, els)
    kim = next(one for one in await store.caseworkers() if one.name == "Kim")
    await written(store, update(caseworkers).where(~caseworkers.c.active).values(public=THEIRS.public))
    with pytest.raises(NotReadable):
        await store.confirm(kim.id, els.session)
    with pytest.raises(NotReadable):
        await store.set_active(jan.id, True, els.session)
    assert await holders(store) == {els.id}
    await store.set_active(kim.id, False, els.session)
    assert f"caseworker {kim.id}, Kim" in await store.unvouched(), "what was forged is not made good by it"


async def test_a_link_that_somebody_writes_or_changes_is_none(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    link = await store.invite("Kim", els.session)
    async with store._db.read() as connection:
        row = dict((await connection.execute(select(invites))).mappings().one())
    keys = derive_token("mine")
    forged = {**row, "lookup": keys.lookup, "role": "administrator", "name": "Eve"}
    forged["wrapped"] = wrap(keys.wrap, b"", f"invite:{row['team_key']}")
    await written(store, insert(invites).values(**forged), update(invites).values(role="coordinator"))
    for secret in ("mine", link):
        assert await store.invite_info(secret) is None
        with pytest.raises(InviteRefused):
            await set_up(store, clock, secret)


async def test_what_is_closed_is_not_sealed_to_a_coordinator_that_somebody_puts_there(url: str, clock: Clock) -> None:
    store = await Store.open(url, clock=clock, root=ROOT, open_cases_only=True)
    els = await join(store, clock, "Els")
    eve = await put_in(store, els.id)
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=CaseChange(Urgency.NONE))
    await store.answer(new.person, 1, [], cancel=True)
    await again(store, clock, els)
    async with store._db.read() as connection:
        sealed = set((await connection.execute(select(closed_wraps.c.holder))).scalars())
    assert els.id in sealed and eve not in sealed
    await store.close()


async def test_by_another_key_nothing_is_vouched_for(store: Store, url: str, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    other = await Store.open(url, clock=clock, root=b"o" * 32)
    with pytest.raises(NotReadable):
        await other.desk_session(els.cookie)
    new = await other.create_conversation("nl")
    assert await of_team(other, new.person.conversation) == []
    assert len(await other.unvouched()) == 2
    await other.vouch_for_all()
    assert await other.unvouched() == []
    assert (await other.audit_breaks())[1] == []
    await other.close()


async def test_a_database_of_before_is_trusted_once(store: Store, clock: Clock, tmp_path: Path) -> None:
    els = await join(store, clock, "Els")
    none = {"vouched": None}
    forget = [update(table).values(**none) for table in (team_keys, caseworkers)]
    await written(store, *forget)
    assert await store.never_vouched()
    await vouch_once(store, tmp_path)
    assert await store.unvouched() == [] and (tmp_path / DONE).exists()
    assert await store.desk_session(els.cookie) is not None
    await written(store, *forget, update(team_keys).values(public=THEIRS.public))
    await vouch_once(store, tmp_path)
    assert len(await store.unvouched()) == 2, "who takes the marks away is not trusted"


async def test_a_fresh_database_needs_no_trust(store: Store, clock: Clock, tmp_path: Path) -> None:
    await vouch_once(store, tmp_path)
    els = await join(store, clock, "Els")
    await join(store, clock, "Jan", els.session)
    await store.rotate_team_key(els.session)
    assert await store.unvouched() == []
    assert not await store.never_vouched()


async def test_a_restore_under_another_key_is_trusted_and_one_under_the_same_is_not(
    store: Store, url: str, clock: Clock, tmp_path: Path
) -> None:
    els = await join(store, clock, "Els")
    await put_in(store, els.id)
    await trust_restored(store, tmp_path)
    assert len(await store.unvouched()) == 1, "what was wrong before it was backed up stays wrong"
    other = await Store.open(url, clock=clock, root=b"o" * 32)
    await trust_restored(other, tmp_path)
    assert await other.unvouched() == []
    await other.close()


def test_no_two_rows_have_one_mark() -> None:
    pair: KeyPair = THEIRS
    voucher = Voucher(ROOT)
    said = [("a", 1, "b"), ("a", "1", "b"), ("a", 1, True), ("a", 1, 1), ("a", 1), ("a", 1, pair.public)]
    marks = {voucher.mark(*parts) for parts in said}  # type: ignore[arg-type]
    assert len(marks) == len(said)
    assert not Voucher().holds(voucher.mark("a", 1), "a", 1) and not voucher.holds(None, "a", 1)
