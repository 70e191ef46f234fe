"""A muted case: for a time, by a reason that is logged, and never longer than until a danger."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from bot.domain.audit import Deed
from bot.domain.model import CaseChange, Urgency
from bot.storage.database.errors import NotOwner
from bot.storage.store import Store
from bot.storage.tables.conversations import messages
from bot.storage.tables.records import audit_head
from tests.contract.storage.test_cases import ASK, EMERGENCY, URGENT
from tests.contract.storage.test_transfers import owned
from tests.support.databases import Clock

LEASE = timedelta(minutes=5)


async def muted(store: Store, case_id: int) -> bool:
    case = await store.case(case_id)
    assert case is not None
    return case.muted(store.now())


async def test_for_a_time_by_its_owner_or_a_coordinator(store: Store, clock: Clock, people: list[int]) -> None:
    _, case = await owned(store, 1)
    with pytest.raises(NotOwner):
        await store.mute(case.id, 2, 4, "insults")
    for hours, reason in ((3, "insults"), (4, "court")):
        with pytest.raises(ValueError, match="no such"):
            await store.mute(case.id, 1, hours, reason)
    await store.mute(case.id, 1, 4, "insults")
    clock.pass_by(hours=4, seconds=-1)
    assert await muted(store, case.id)
    clock.pass_by(seconds=1)
    assert not await muted(store, case.id)
    await store.mute(case.id, 2, 24, "spam", anybodys=True)
    with pytest.raises(NotOwner):
        await store.unmute(case.id, 2)
    for _ in range(2):
        await store.unmute(case.id, 1)
    assert not await muted(store, case.id)
    deeds = await store.deeds_since(case.opened_at, (Deed.MUTED, Deed.UNMUTED), 1, 10)
    told = [(one.deed, one.actor, one.detail, one.reason) for one in deeds]
    assert told == [
        ("unmuted", 1, "", ""), ("muted", 2, "24 h", "spam"), ("muted", 1, "4 h", "insults"),
    ]  # fmt: skip


@pytest.mark.parametrize("before", [ASK, URGENT, EMERGENCY])
@pytest.mark.parametrize("danger", [URGENT, EMERGENCY])
async def test_a_danger_ends_it_and_calls_the_owner_again(
    store: Store, people: list[int], before: CaseChange, danger: CaseChange
) -> None:
    """Also a danger that is no greater than the one that was there before."""
    person, case = await owned(store, 1, before)
    await store.mute(case.id, 1, 24, "insults")
    await store.accept(person, "calm", "you are all the same")
    await store.accept(person, "asks", "a person", case=ASK)
    assert await muted(store, case.id)
    change = CaseChange(danger.urgency, danger.signals, ("pattern",), page=True)
    await store.accept(person, "danger", "he has a knife", case=change)
    found = await store.case(case.id)
    assert found is not None and not found.muted(store.now()) and found.muted_until is None
    assert found.unheard == (found.urgency is Urgency.EMERGENCY)
    [called] = await store.take_outbox(9, LEASE)
    assert (called.kind, called.payload["caseworker"]) == ("owner", 1)


async def ended(store: Store) -> list[tuple[int | None, str | None, str]]:
    """The rows of the audit log that tell of a mute that ended, of a log that is whole."""
    assert (await store.audit_breaks())[1] == []
    return [(one.actor, one.case, one.reason) for one in await store.audit() if one.deed == Deed.UNMUTED]


@pytest.mark.parametrize("seen", ["with the message", "in the answer", "later"])
async def test_that_a_danger_ended_it_is_written_down_once(store: Store, people: list[int], seen: str) -> None:
    """By nobody, in the transaction that stores the danger; a danger in a case that is not muted ends nothing."""
    person, case = await owned(store, 1, EMERGENCY)
    await store.accept(person, "before", "he has a knife", case=EMERGENCY)
    assert await ended(store) == []
    await store.mute(case.id, 1, 24, "insults")
    for client in ("danger", "danger", "again"):
        if seen == "with the message":
            await store.accept(person, client, "he has a knife", case=EMERGENCY)
            continue
        turn = await store.accept(person, client, "he has a knife")
        if seen == "in the answer":
            # what nobody answered before a caseworker came is theirs: such a turn is open only for a moment
            async with store._db.write() as connection:
                mine = update(messages).where(messages.c.seq == turn.seq)
                await connection.execute(mine.values(answered=False))
            await store.answer(person, turn.seq, [], case=replace(EMERGENCY, why=()))
        else:
            await store.raise_afterwards(person, turn.seq, "late", EMERGENCY)
    assert not await muted(store, case.id)
    assert await ended(store) == [(None, case.number, "danger")]


async def test_a_mute_that_is_over_is_ended_by_nothing(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.mute(case.id, 1, 1, "insults")
    await store.accept(person, "asks", "a person", case=ASK)
    clock.pass_by(hours=1)
    await store.accept(person, "danger", "he has a knife", case=EMERGENCY)
    assert await ended(store) == []


async def test_a_broken_log_keeps_no_danger_out(
    store: Store, people: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    person, case = await owned(store, 1)
    await store.mute(case.id, 1, 1, "insults")
    async with store._db.write() as connection:
        await connection.execute(delete(audit_head))
    await store.accept(person, "danger", "he has a knife", case=EMERGENCY)
    assert not await muted(store, case.id)
    found = await store.case(case.id)
    assert found is not None and found.urgency is Urgency.EMERGENCY
    assert [message.text for message in await store.messages(person)][-1] == "he has a knife"
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["audit.not_written"]


async def test_dangers_at_once_write_each_end_once(store: Store, people: list[int]) -> None:
    """Each holds its own conversation, and one after the other the end of the log."""
    taken = [await owned(store, 1) for _ in range(6)]
    for _, case in taken:
        await store.mute(case.id, 1, 1, "insults")
    sent = (store.accept(person, f"m{n}", "he has a knife", case=EMERGENCY) for person, _ in taken for n in range(3))
    rest = [await owned(store, 2) for _ in range(6)]
    await asyncio.gather(*sent, *(store.mute(case.id, 2, 4, "spam") for _, case in rest))
    assert sorted(number or "" for _, number, _ in await ended(store)) == sorted(case.number for _, case in taken)


async def test_what_is_seen_only_later_ends_it_too(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1, EMERGENCY)
    turn = await store.accept(person, "m", "he has a knife")
    await store.mute(case.id, 1, 24, "insults")
    await store.raise_afterwards(person, turn.seq, "late", EMERGENCY)
    assert not await muted(store, case.id)


@pytest.mark.parametrize("end", ["release", "close", "to the bot", "deleted"])
async def test_what_nobody_owns_is_not_muted(store: Store, people: list[int], end: str) -> None:
    person, case = await owned(store, 1)
    await store.mute(case.id, 1, 24, "insults")
    if end == "release":
        await store.release(case.id, 1)
    elif end == "close":
        await store.close_case(case.id, 1, "not_for_us")
    elif end == "to the bot":
        await store.return_to_bot(case.id, 1)
    else:
        await store.delete_conversation(person.conversation)
    assert not await muted(store, case.id)
    with pytest.raises(NotOwner):
        await store.mute(case.id, 2, 1, "insults", anybodys=True)


async def test_it_goes_with_the_case_to_a_colleague(store: Store, people: list[int]) -> None:
    _, case = await owned(store, 1)
    await store.mute(case.id, 1, 24, "insults")
    await store.assign(case.id, 2, 2, "supervision", LEASE)
    assert await muted(store, case.id)


async def test_without_danger_it_owes_nobody_a_look(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.mute(case.id, 1, 1, "insults")
    await store.accept(person, "1", "you are all the same")
    assert [one.quiet for one in await store.owned()] == [True]
    clock.pass_by(hours=1)
    assert [one.quiet for one in await store.owned()] == [False]
    _, danger = await owned(store, 2, URGENT)
    await store.mute(danger.id, 2, 1, "insults")
    assert [one.quiet for one in await store.owned()] == [False, False], "in danger it is offered again as ever"


async def test_the_person_is_not_told_that_somebody_reads(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)

    async def told() -> bool:
        standing = await store.standing(person.conversation)
        assert standing is not None
        return standing.muted

    assert not await told()
    await store.mute(case.id, 1, 1, "insults")
    assert await told()
    clock.pass_by(hours=1)
    assert not await told()
