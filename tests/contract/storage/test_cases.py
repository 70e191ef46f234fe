"""The queue: urgency never falls by itself, every case has one owner at most, and nothing is skipped."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.domain.handoff import IllegalMove
from bot.domain.model import Case, CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.storage.database.errors import AlreadyClaimed, Gone, NotFound, NotOwner, StorageError
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import new_key_pair
from bot.storage.store import Store
from bot.storage.tables.conversations import caseworkers
from tests.support.databases import Clock

ASK = CaseChange(Urgency.NONE)
URGENT = CaseChange(Urgency.URGENT, ("threat",), ("pattern:threat.2",), page=True)
EMERGENCY = CaseChange(Urgency.EMERGENCY, ("confined", "threat"), ("pattern:confined.1",), page=True)
HELLO = Outgoing(Sender.BOT, "Hello.")
WORDS = Outgoing(Sender.CASEWORKER, "I am Els.")
MANY = 200 if os.environ.get("INLOOP_TEST_SEEDS") == "free" else 64
"""Cases for the 64 who claim; four of them try for each in either number."""


@pytest.fixture
async def person(store: Store) -> Person:
    return (await store.create_conversation("nl")).person


async def asked(store: Store, change: CaseChange = ASK, language: str | None = "nl") -> tuple[Person, Case]:
    person = (await store.create_conversation(language)).person
    accepted = await store.accept(person, "ask", "a person please", case=change, answered=True)
    assert accepted.state is Handoff.WAITING
    case = await store.case_of(person.conversation)
    assert case is not None
    return person, case


async def pages(store: Store) -> list[tuple[str, str]]:
    """Whom somebody is being called to (one step each time it is asked), and owners who are called to their own."""
    called = await store.ladders()
    for ladder in called:
        assert await store.climb(ladder, ladder.rung + 1, [1], timedelta(days=1))
    owners = await store.take_outbox(100, timedelta(minutes=1))
    return [(each.number, each.urgency.value) for each in called if each.rung == 0] + [
        (item.payload["case_number"], item.payload["urgency"]) for item in owners
    ]


async def test_asking_opens_a_case_with_what_the_queue_shows(store: Store, clock: Clock) -> None:
    person, case = await asked(store, URGENT, "fr")
    assert case.conversation == person.conversation
    assert (case.state, case.urgency, case.language, case.signals) == (
        Handoff.WAITING,
        Urgency.URGENT,
        "fr",
        ("threat",),
    )
    assert case.opened_at == case.waiting_since == case.last_message_at == clock()
    assert (case.owner, case.owner_name, case.unread) == (None, None, 1)
    assert await pages(store) == [(case.number, "urgent")]
    assert len(case.number) == 6
    assert case.number[2] == "-"


async def test_urgency_rises_and_never_falls_and_signals_are_united(store: Store) -> None:
    person, case = await asked(store, URGENT)
    assert await pages(store) == [(case.number, "urgent")]
    await store.accept(person, "c2", "worse", case=EMERGENCY)
    await store.answer(person, 2, [HELLO], case=CaseChange(Urgency.NONE, ("minor",), ("model:0.8",), page=True))
    again = await store.case_of(person.conversation)
    assert again is not None
    assert (again.id, again.urgency, again.signals) == (
        case.id,
        Urgency.EMERGENCY,
        ("confined", "minor", "threat"),
    )
    assert await pages(store) == [(case.number, "emergency")]
    why = await store.case_why(case.id, person.keys)
    assert why == ("pattern:threat.2", "pattern:confined.1", "model:0.8")


async def test_only_the_persons_own_word_lowers_it(store: Store, person: Person) -> None:
    await store.set_urgency(person, Urgency.NONE)
    person, _ = await asked(store, EMERGENCY)
    await store.set_urgency(person, Urgency.NONE)
    case = await store.case_of(person.conversation)
    assert case is not None
    assert (case.urgency, case.state) == (Urgency.NONE, Handoff.WAITING)


async def test_who_asks_for_a_person_is_called_for_without_danger_too(store: Store) -> None:
    person, _ = await asked(store, ASK)
    case = await store.case_of(person.conversation)
    assert case is not None
    assert await pages(store) == [(case.number, "none")]


async def test_the_queue_is_in_order_of_danger_then_of_waiting(store: Store, clock: Clock, people: list[int]) -> None:
    made = []
    for change in (ASK, URGENT, EMERGENCY, ASK, EMERGENCY):
        made.append((await asked(store, change))[1].id)
        clock.pass_by(minutes=1)
    await store.claim(made[2], people[0])
    assert [c.id for c in await store.queue()] == [made[i] for i in (2, 4, 1, 0, 3)]
    first = (await store.queue())[0]
    assert (first.state, first.owner, first.owner_name) == (Handoff.OWNED, 1, "Els 1")


async def test_an_owner_silences_the_bot_until_the_case_is_closed(store: Store, people: list[int]) -> None:
    person, case = await asked(store)
    before = await store.accept(person, "c1", "written before the claim")
    await store.claim(case.id, people[0])
    assert await store.unanswered(person) == []
    assert not await store.answer(person, before.seq, [HELLO])
    accepted = await store.accept(person, "c2", "hello?", replies=[HELLO])
    assert (accepted.state, accepted.answered) == (Handoff.OWNED, True)
    assert not await store.answer(person, accepted.seq, [HELLO])
    assert await store.say(person, "s1", HELLO) == 4
    assert [m.sender for m in await store.messages(person)] == [Sender.PERSON] * 3 + [Sender.SYSTEM]
    await store.close_case(case.id, people[0], "helped")
    accepted = await store.accept(person, "c3", "thank you", replies=[HELLO])
    assert accepted.state is Handoff.BOT
    assert (await store.messages(person))[-1].text == HELLO.text
    assert await store.queue() == []


async def test_danger_reaches_the_case_of_an_owner(store: Store, people: list[int]) -> None:
    person, case = await asked(store)
    await store.claim(case.id, people[0])
    assert (await store.accept(person, "c2", "he is here", case=EMERGENCY)).state is Handoff.OWNED
    changed = await store.case(case.id)
    assert changed is not None
    assert (changed.urgency, changed.owner) == (Urgency.EMERGENCY, 1)
    assert await pages(store) == [(case.number, "emergency")]


async def test_danger_in_an_answer_is_not_lost_to_silence(store: Store, people: list[int]) -> None:
    person, case = await asked(store)
    await store.claim(case.id, people[0])
    await store.release(case.id, people[0])
    accepted = await store.accept(person, "c2", "x")
    async with store._db.write() as connection:  # claimed while the answer is on its way: the message stays open
        await connection.exec_driver_sql(f"UPDATE conversations SET state='owned' WHERE id={person.conversation}")
    assert not await store.answer(person, accepted.seq, [HELLO], case=EMERGENCY)
    changed = await store.case(case.id)
    assert changed is not None
    assert changed.urgency is Urgency.EMERGENCY


async def test_the_owner_and_nobody_else_speaks_releases_and_closes(store: Store, people: list[int]) -> None:
    person, case = await asked(store)
    one, two, _ = people
    for act in (store.release(case.id, one), store.close_case(case.id, one, "helped")):
        with pytest.raises(NotOwner):
            await act
    with pytest.raises(NotOwner):
        await store.say(person, "s0", WORDS, only_if_owner=one)
    await store.claim(case.id, one)
    assert (await store.claim(case.id, one)).owner == one
    with pytest.raises(AlreadyClaimed) as taken:
        await store.claim(case.id, two)
    assert taken.value.owner_name == "Els 1"
    assert "Els" not in str(taken.value)
    for act in (store.release(case.id, two), store.close_case(case.id, two, "helped")):
        with pytest.raises(NotOwner):
            await act
    with pytest.raises(NotOwner):
        await store.say(person, "s1", WORDS, only_if_owner=two)
    assert await store.say(person, "s1", WORDS, only_if_owner=one) == 2
    assert await store.say(person, "s1", WORDS, only_if_owner=one) == 2
    with pytest.raises(ValueError, match="lower case"):
        await store.close_case(case.id, one, "Her name is Ana.")
    closed = await store.close_case(case.id, one, "helped")
    assert (closed.state, closed.owner) == (Handoff.CLOSED, None)
    with pytest.raises(IllegalMove):
        await store.claim(case.id, two)
    for act in (store.release(case.id, one), store.close_case(case.id, one, "helped")):
        with pytest.raises(NotOwner):
            await act
    assert [m.text for m in await store.messages(person)] == ["a person please", WORDS.text]


async def test_a_released_case_waits_again_from_now(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await asked(store, URGENT)
    await store.claim(case.id, people[0])
    clock.pass_by(hours=1)
    released = await store.release(case.id, people[0])
    assert (released.state, released.owner, released.waiting_since) == (Handoff.WAITING, None, clock())
    assert released.opened_at < clock()
    await store.accept(person, "c2", "x")
    assert await store.answer(person, 2, [HELLO])


async def test_a_colleague_puts_back_what_an_absent_owner_left(store: Store, people: list[int]) -> None:
    _, case = await asked(store, URGENT)
    await pages(store)
    with pytest.raises(IllegalMove):
        await store.put_back(case.id, people[0])
    await store.claim(case.id, people[0])
    assert (await store.put_back(case.id, people[1])).owner == people[0], "somebody else's by then"
    assert await pages(store) == []
    assert (await store.put_back(case.id, people[0])).state is Handoff.WAITING
    assert await pages(store) == [(case.number, "urgent")]


async def test_a_case_that_is_not_there(store: Store, people: list[int]) -> None:
    for number in (99, -1, 10**30):
        assert await store.case(number) is None
    with pytest.raises(NotFound):
        await store.claim(10**30, 1)
    with pytest.raises(NotFound):
        await store.open_case(10**30, new_key_pair())
    for act in (
        store.claim(99, 1),
        store.release(99, 1),
        store.close_case(99, 1, "helped"),
        store.put_back(99, 1),
    ):
        with pytest.raises(NotFound):
            await act
    assert await store.claim_next(1) is None


async def test_what_waits_can_be_withdrawn_but_not_an_emergency(store: Store) -> None:
    person, case = await asked(store, URGENT)
    await store.accept(person, "c2", "never mind")
    with pytest.raises(ValueError, match="cancels"):
        await store.answer(person, 2, [HELLO], cancel=True, case=ASK)
    assert await store.answer(person, 2, [HELLO], cancel=True)
    withdrawn = await store.case(case.id)
    assert withdrawn is not None
    assert withdrawn.state is Handoff.CLOSED
    assert await store.queue() == []
    again = await store.accept(person, "c3", "I do want one", case=EMERGENCY)
    assert again.state is Handoff.WAITING
    second = await store.case_of(person.conversation)
    assert second is not None
    assert second.id != case.id
    await store.accept(person, "c4", "no")
    count = len(await store.messages(person))
    with pytest.raises(IllegalMove):
        await store.answer(person, count, [HELLO], cancel=True)
    assert len(await store.messages(person)) == count
    assert [m.seq for m in await store.unanswered(person)] == [4, count]


async def test_cancelling_where_nothing_waits_is_no_error(store: Store, person: Person) -> None:
    await store.accept(person, "c1", "never mind")
    assert await store.answer(person, 1, [HELLO], cancel=True)


async def test_unread_counts_the_persons_messages_since_someone_looked(store: Store, people: list[int]) -> None:
    person, case = await asked(store)
    await store.claim(case.id, people[0])
    await store.accept(person, "c2", "x")
    await store.say(person, "s1", WORDS, only_if_owner=people[0])
    assert [c.unread for c in await store.queue()] == [2]
    await store.mark_seen(case.id, 2)
    await store.mark_seen(case.id, 1)
    assert [c.unread for c in await store.queue()] == [0]
    await store.accept(person, "c3", "x")
    assert [c.unread for c in await store.queue()] == [1]


async def test_a_deleted_case_keeps_its_number_and_nothing_else(store: Store, people: list[int]) -> None:
    person, case = await asked(store, EMERGENCY)
    await store.claim(case.id, people[0])
    await store.delete_conversation(person.conversation)
    left = await store.case(case.id)
    assert left is not None
    assert (left.number, left.state, left.urgency, left.opened_at) == (
        case.number,
        Handoff.CLOSED,
        Urgency.EMERGENCY,
        case.opened_at,
    )
    assert (left.language, left.signals, left.owner, left.unread) == (None, (), None, 0)
    assert await store.queue() == []
    assert await store.case_why(case.id, person.keys) == ()
    with pytest.raises(IllegalMove):
        await store.claim(case.id, people[0])
    with pytest.raises(Gone):
        await store.open_case(case.id, person.keys)


async def _many(store: Store, count: int) -> list[int]:
    async def one(i: int) -> int:
        changes = (ASK, URGENT, EMERGENCY)
        return (await asked(store, changes[i % 3]))[1].id

    return list(await asyncio.gather(*(one(i) for i in range(count))))


async def _sixty_four(store: Store) -> list[int]:
    row = {"role": "caseworker", "active": True, "public": b"", "wrapped": b"", "salt": b"", "totp_step": 0}
    more = {"passes": 1, "memory_mib": 1, "totp_wrapped": b"", "created_at": store._clock()}
    async with store._db.write() as connection:
        await connection.execute(
            insert(caseworkers),
            [{**row, **more, "id": i, "name": f"n{i}", "name_key": f"n{i}"} for i in range(1, 65)],
        )
    return list(range(1, 65))


async def test_of_64_who_claim_the_next_each_case_is_claimed_once(store: Store) -> None:
    made, claimers = await _many(store, MANY), await _sixty_four(store)

    async def work(caseworker: int) -> list[Case]:
        mine = []
        while (case := await store.claim_next(caseworker)) is not None:
            assert case.owner == caseworker
            mine.append(case)
        return mine

    won = await asyncio.gather(*(work(c) for c in claimers))
    assert sorted(case.id for mine in won for case in mine) == sorted(made)
    assert {case.id: case.owner for mine in won for case in mine} == {c.id: c.owner for c in await store.queue()}


async def test_of_64_who_claim_the_same_one_wins(store: Store) -> None:
    made, claimers = await _many(store, MANY), await _sixty_four(store)

    async def work(caseworker: int) -> list[int]:
        mine = []
        for case_id in made[caseworker % 16 :: 16]:  # four try for each case
            try:
                await store.claim(case_id, caseworker)
            except AlreadyClaimed:
                continue
            mine.append(case_id)
        return mine

    won = await asyncio.gather(*(work(c) for c in claimers))
    assert sorted(case for mine in won for case in mine) == sorted(made)
    assert {c.state for c in await store.queue()} == {Handoff.OWNED}


async def test_the_next_case_is_the_most_urgent(store: Store, people: list[int], clock: Clock) -> None:
    made = await _many(store, 3)
    order = []
    while (case := await store.claim_next(people[0])) is not None:
        order.append(case.id)
    assert order == [made[2], made[1], made[0]]


async def test_writing_asking_claiming_and_deleting_at_once_end_well(store: Store, people: list[int]) -> None:
    person, case = await asked(store, URGENT)

    async def person_writes() -> None:
        for i in range(10):
            accepted = await store.accept(person, f"w{i}", "x", case=EMERGENCY if i % 2 else None)
            await store.answer(person, accepted.seq, [HELLO], case=ASK if i % 3 == 0 else None)

    async def caseworker_works(caseworker: int) -> None:
        for _ in range(5):
            try:
                await store.claim(case.id, caseworker)
                await store.say(person, f"{caseworker}", WORDS, only_if_owner=caseworker)
                await store.release(case.id, caseworker)
            except (StorageError, IllegalMove):
                continue

    await asyncio.gather(person_writes(), *(caseworker_works(c) for c in people))
    messages = await store.messages(person)
    assert [m.seq for m in messages] == list(range(1, len(messages) + 1))
    (left,) = await store.queue()
    assert left.urgency is Urgency.EMERGENCY

    async def person_deletes() -> None:
        await store.delete_conversation(person.conversation)

    await asyncio.gather(
        person_deletes(), *(caseworker_works(c) for c in people), person_writes(), return_exceptions=True
    )
    assert await store.queue() == []
    assert await store.messages(person) == []
