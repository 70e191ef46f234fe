"""Replies that are held: sealed, said once and in their time whatever happens, and gone with their case."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.domain.held_replies import LATE, Hold, hold_of
from bot.domain.model import Outgoing, Sender, Translated
from bot.storage.conversations.held_replies import MOST
from bot.storage.database.errors import NotFound, NotOwner, SealingError, TooManyKept
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import new_key_pair
from bot.storage.store import Store
from bot.storage.tables.cases import held_replies
from bot.storage.tables.conversations import cases
from tests.contract.storage.test_cases import EMERGENCY, URGENT
from tests.contract.storage.test_transfers import owned
from tests.support.databases import Clock

TEXT = "The door opens at eight, ask for Noor."
REPLY = Outgoing(Sender.CASEWORKER, TEXT, translated=Translated("De deur gaat om acht uur open.", "nl", ("names",)))


def evening(clock: Clock, hours: float = 9) -> Hold:
    return hold_of(clock(), clock() + timedelta(hours=hours), None)


async def said(store: Store, person: Person) -> list[str]:
    return [m.text for m in await store.messages(person) if m.sender is Sender.CASEWORKER]


async def rows(store: Store) -> int:
    async with store._db.read() as connection:
        return len((await connection.execute(held_replies.select())).all())


async def test_it_is_said_in_its_time_and_once(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock, 10))
    [held] = await store.held(case.id, person)
    assert (held.text, held.author, held.translated) == (TEXT, "Els 1", REPLY.translated)
    assert held.due_at == clock() + timedelta(hours=9)
    clock.pass_by(hours=9, seconds=-1)
    assert await store.due_held() == [] and await said(store, person) == []
    clock.pass_by(seconds=1)
    [due] = await store.due_held()
    assert await store.say_due(due) and not await store.say_due(due)
    [message] = [m for m in await store.messages(person) if m.sender is Sender.CASEWORKER]
    assert (message.text, message.translated, message.at) == (TEXT, REPLY.translated, clock())
    assert await store.held(case.id, person) == [] and await store.due_held() == []
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    assert await rows(store) == 0, "what was said is not held again"
    assert [m.seq for m in await store.messages(person)] == list(range(1, message.seq + 1))


async def test_two_gateways_say_it_once(store: Store, url: str, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    for n in range(5):
        await store.hold(case.id, person, 1, f"1:{n}", Outgoing(Sender.CASEWORKER, f"reply {n}"), evening(clock))
    clock.pass_by(hours=9)
    other = await Store.open(url, clock=clock)
    due = await store.due_held()
    done = await asyncio.gather(*(one.say_due(reply) for reply in due for one in (store, other)))
    await other.close()
    assert done.count(True) == 5
    assert sorted(await said(store, person)) == [f"reply {n}" for n in range(5)]


async def test_what_could_not_go_out_in_time_stays(store: Store, clock: Clock, people: list[int]) -> None:
    """A gateway that was down says nothing at three in the morning that was meant for eight in the evening."""
    person, case = await owned(store, 1)
    short = hold_of(clock(), clock() + timedelta(hours=9), clock() + timedelta(hours=9, minutes=5))
    await store.hold(case.id, person, 1, "1:a", REPLY, short)
    await store.hold(case.id, person, 1, "1:b", REPLY, evening(clock))
    clock.pass_by(hours=9, minutes=6)
    assert len(await store.due_held()) == 1
    clock.pass_by(seconds=LATE.total_seconds())
    assert await store.due_held() == []
    first, second = await store.held(case.id, person)
    assert first.until_at < clock() and second.until_at < clock()
    await store.send_held(case.id, 1, first.name)
    assert await said(store, person) == [TEXT]


async def test_what_missed_its_time_stands_first_of_what_somebody_has(
    store: Store, clock: Clock, people: list[int]
) -> None:
    """Behind the emergencies, and until it is sent or taken back."""
    _, danger = await owned(store, 1, EMERGENCY)
    _, urgent = await owned(store, 1, URGENT)
    _, other = await owned(store, 1)
    clock.pass_by(minutes=1)
    person, late = await owned(store, 2)
    missing, alarm = await owned(store, 2, EMERGENCY)
    await store.hold(late.id, person, 2, "2:a", REPLY, evening(clock))
    await store.hold(late.id, person, 2, "2:b", REPLY, evening(clock, 20))
    await store.hold(alarm.id, missing, 2, "2:a", REPLY, evening(clock))

    async def order() -> list[int]:
        return [case.id for case in await store.queue()]

    before = [danger.id, alarm.id, urgent.id, other.id, late.id]
    clock.pass_by(hours=9, seconds=LATE.total_seconds())
    assert await order() == before, "this is the last moment in which it goes out"
    clock.pass_by(seconds=1)
    assert [case.missed(clock()) for case in await store.queue()] == [False, True, True, False, False]
    assert await order() == [danger.id, alarm.id, late.id, urgent.id, other.id]
    held, _ = await store.held(late.id, person)
    await store.drop_held(late.id, 2, held.name)
    assert await order() == before, "what is held for later has its time yet"


async def test_a_case_that_waits_keeps_its_turn_and_shows_it(store: Store, clock: Clock, people: list[int]) -> None:
    _, earlier = await owned(store, 1)
    await store.release(earlier.id, 1)
    clock.pass_by(minutes=1)
    person, case = await owned(store, 2)
    await store.hold(case.id, person, 2, "2:a", REPLY, evening(clock))
    await store.release(case.id, 2)
    clock.pass_by(hours=9, seconds=LATE.total_seconds() + 1)
    assert [(one.id, one.missed(clock())) for one in await store.queue()] == [(earlier.id, False), (case.id, True)]
    assert (await store.claim_next(3)) == await store.case(earlier.id)


async def test_it_goes_out_whoever_has_the_case_and_is_nobodys_first_word(
    store: Store, clock: Clock, people: list[int]
) -> None:
    person, case = await owned(store, 1, EMERGENCY)
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    await store.release(case.id, 1)
    clock.pass_by(hours=9)
    [due] = await store.due_held()
    assert await store.say_due(due)
    found = await store.case(case.id)
    assert found is not None and found.unheard, "it still rings for somebody"
    await store.claim(case.id, 2)
    await store.hold(case.id, person, 2, "2:a", REPLY, evening(clock))
    clock.pass_by(hours=9)
    [due] = await store.due_held()
    assert await store.say_due(due)
    async with store._db.read() as connection:
        assert (await connection.execute(cases.select())).one().spoke_at is None


async def test_the_owner_alone_sends_it_at_once_or_takes_it_back(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    with pytest.raises(NotOwner):
        await store.hold(case.id, person, 2, "2:a", REPLY, evening(clock))
    for name in ("1:a", "1:b"):
        await store.hold(case.id, person, 1, name, REPLY, evening(clock))
    first, second = await store.held(case.id, person)
    for refused in (store.send_held(case.id, 2, first.name), store.drop_held(case.id, 2, first.name)):
        with pytest.raises(NotOwner):
            await refused
    await store.send_held(case.id, 1, first.name)
    await store.drop_held(case.id, 1, second.name)
    for refused in (store.send_held(case.id, 1, first.name), store.drop_held(case.id, 1, second.name)):
        with pytest.raises(NotFound):
            await refused
    clock.pass_by(hours=9)
    assert await store.due_held() == [] and await said(store, person) == [TEXT]
    async with store._db.read() as connection:
        assert (await connection.execute(cases.select())).one().spoke_at is not None, "a word of the owner's"


async def test_taking_it_back_and_its_time_cannot_both_win(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    for n in range(10):
        await store.hold(case.id, person, 1, f"1:{n}", REPLY, evening(clock))
        [held] = await store.held(case.id, person)
        clock.pass_by(hours=9)
        [due] = await store.due_held()
        before = len(await said(store, person))
        out, back = await asyncio.gather(
            store.say_due(due), store.drop_held(case.id, 1, held.name), return_exceptions=True
        )
        assert (out is True) == isinstance(back, NotFound), "one of the two"
        assert len(await said(store, person)) - before == (out is True)


@pytest.mark.parametrize("end", ["closed", "to the bot", "deleted", "another centre"])
async def test_it_is_dropped_with_its_case(store: Store, clock: Clock, people: list[int], end: str) -> None:
    person, case = await owned(store, 1)
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    if end == "closed":
        await store.close_case(case.id, 1, "helped")
    elif end == "to the bot":
        await store.return_to_bot(case.id, 1)
    elif end == "another centre":
        other = await store.add_organisation("Another")
        await store.move_caseworker(3, other)
        await store.hand_over(case.id, 1, other)
    else:
        await store.delete_conversation(person.conversation)
    assert await rows(store) == 0
    clock.pass_by(hours=9)
    assert await store.due_held() == []


async def test_a_person_who_withdraws_hears_no_more(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    await store.release(case.id, 1)
    turn = await store.accept(person, "w", "no thank you")
    assert await store.answer(person, turn.seq, [], cancel=True)
    assert await rows(store) == 0


async def test_a_case_holds_so_many(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    for n in range(MOST):
        await store.hold(case.id, person, 1, f"1:{n}", REPLY, evening(clock))
    with pytest.raises(TooManyKept):
        await store.hold(case.id, person, 1, "1:more", REPLY, evening(clock))
    await store.hold(case.id, person, 1, "1:0", REPLY, evening(clock))


async def test_the_disk_tells_when_and_not_what(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    async with store._db.read() as connection:
        row = (await connection.execute(held_replies.select())).one()
    assert b"door" not in row.envelope and b"Noor" not in row.envelope
    with pytest.raises(SealingError):
        await store.held(case.id, Person(person.conversation, new_key_pair(), None, person.state))


async def test_a_held_reply_does_not_open_under_another_name(store: Store, clock: Clock, people: list[int]) -> None:
    """Who can write into the database makes of it no reply of another conversation, nor twice the same."""
    person, case = await owned(store, 1)
    await store.hold(case.id, person, 1, "1:a", REPLY, evening(clock))
    async with store._db.write() as connection:
        await connection.execute(held_replies.update().values(name=b"x" * 16))
    clock.pass_by(hours=9)
    [due] = await store.due_held()
    await store.say_due(due)
    with pytest.raises(SealingError):
        await store.messages(person)
