"""Notes and plans: sealed with the conversation, written by the owner alone, gone with it; and nothing is deleted
before somebody has looked at it again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.retention import Retention
from bot.storage.database.errors import NotOwner, SealingError
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import new_key_pair
from bot.storage.store import Plan, Store
from bot.storage.tables.cases import case_notes, case_plans
from tests.contract.storage.test_transfers import owned
from tests.support.databases import Clock

NOTE = "she whispers; the door is locked"
PLAN = Plan(date(2026, 12, 3), "09:00", "11:30", "never by phone")


async def test_notes_are_read_with_the_conversations_key_alone(store: Store, clock: Clock, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.add_note(case.id, person, 1, "n1", NOTE)
    await store.add_note(case.id, person, 1, "n1", NOTE)
    clock.pass_by(minutes=1)
    await store.add_note(case.id, person, 1, "n2", "a second one")
    notes = await store.notes(case.id, person)
    assert [(note.author, note.text) for note in notes] == [("Els 1", NOTE), ("Els 1", "a second one")]
    stranger = Person(person.conversation, new_key_pair(), None, person.state)
    with pytest.raises(SealingError):
        await store.notes(case.id, stranger)


async def test_only_the_owner_writes(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1)
    for write in (store.add_note(case.id, person, 2, "n", NOTE), store.set_plan(case.id, person, 2, PLAN)):
        with pytest.raises(NotOwner):
            await write
    assert await store.notes(case.id, person) == []
    assert await store.plan(case.id, person) == Plan()


async def test_a_plan_is_replaced_and_listed_by_day(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.set_plan(case.id, person, 1, PLAN)
    assert await store.plan(case.id, person) == PLAN
    other_person, other = await owned(store, 2)
    await store.set_plan(other.id, other_person, 2, Plan(date(2026, 12, 1)))
    assert [c.number for c in await store.follow_ups()] == [other.number, case.number]
    await store.close_case(case.id, 1, "helped")
    await store.followed_up(case.id, 2)
    with pytest.raises(NotOwner):
        await store.followed_up(other.id, 1)
    assert [c.number for c in await store.follow_ups()] == [other.number]
    assert (await store.plan(case.id, person)).how == "never by phone", "how the person is reached stays"


async def test_all_of_it_goes_with_the_conversation(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.add_note(case.id, person, 1, "n1", NOTE)
    await store.set_plan(case.id, person, 1, PLAN)
    await store.delete_conversation(person.conversation)
    async with store._db.read() as connection:
        for table in (case_notes, case_plans):
            assert (await connection.execute(table.select())).all() == []
    assert await store.follow_ups() == []


async def test_a_conversation_is_kept_until_somebody_has_looked_again(
    store: Store, clock: Clock, people: list[int]
) -> None:
    person, case = await owned(store, 1)
    await store.set_plan(case.id, person, 1, Plan(clock().date() + timedelta(days=120)))
    await store.close_case(case.id, 1, "helped")
    rules = Retention(timedelta(days=2), timedelta(days=90))
    clock.pass_by(days=126)
    assert await store.due(rules) == {} and not await store.purge_conversation(person.conversation, rules)
    clock.pass_by(days=2)
    assert list(await store.due(rules)) == [person.conversation]
    assert await store.purge_conversation(person.conversation, rules)
    assert await store.follow_ups() == []


async def test_the_disk_tells_nothing_of_notes_and_plans(store: Store, people: list[int]) -> None:
    person, case = await owned(store, 1)
    await store.add_note(case.id, person, 1, "n1", NOTE)
    await store.set_plan(case.id, person, 1, PLAN)
    async with store._db.read() as connection:
        rows = [row for table in (case_notes, case_plans) for row in await connection.execute(table.select())]
    kept = [bytes(row.envelope) for row in rows]
    assert len(kept) == 2
    assert not [word for word in (b"whispers", b"locked", b"phone", b"09:00") for envelope in kept if word in envelope]
    assert len({len(envelope) for envelope in kept}) == 1, "their length tells nothing either"
