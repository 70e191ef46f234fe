"""How long what is kept, on both databases: by kind and reason, decided again while the row is held, and told by the
day once it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.domain.model import CaseChange, Handoff, Outgoing, Sender, Urgency
from bot.domain.retention import Retention, coarse
from bot.storage.store import NewConversation, Store
from bot.storage.tables.conversations import (
    cases,
    conversation_wraps,
    conversations,
    ladders,
    messages,
    pages,
    tombstones,
)
from tests.support.databases import Clock
from tests.support.desk import Colleague, join

RULES = Retention(timedelta(hours=48), timedelta(days=90), {"not_for_us": timedelta(days=30)}, timedelta(days=365))


async def closed(store: Store, els: Colleague, outcome: str) -> NewConversation:
    """A conversation whose case was claimed and closed."""
    new = await store.create_conversation("nl")
    await store.accept(new.person, "a", "help", case=CaseChange(Urgency.URGENT, ("threat",), ("why",)))
    case = next(case for case in await store.queue() if case.conversation == new.person.conversation)
    await store.claim(case.id, els.id)
    await store.close_case(case.id, els.id, outcome)
    return new


async def called_claimed_answered(store: Store, clock: Clock, els: Colleague) -> int:
    """Somebody is called to the case that waits, says that they come, takes it and writes; the case."""
    (case,) = [case for case in await store.queue() if case.state is Handoff.WAITING]
    (ladder,) = await store.ladders()
    await store.climb(ladder, 1, [els.id], timedelta(minutes=5))
    (page,) = await store.take_pages(5, timedelta(minutes=1))
    clock.pass_by(minutes=1)
    await store.acknowledge(page.id, dict.fromkeys(Urgency, timedelta(minutes=5)))
    clock.pass_by(minutes=1)
    await store.claim(case.id, els.id)
    clock.pass_by(minutes=1)
    person = await store.open_case(case.id, els.session.team)
    await store.say(person, "b", Outgoing(Sender.CASEWORKER, "I am here."), only_if_owner=els.id)
    clock.pass_by(minutes=1)
    return case.id


async def test_each_kind_has_its_own_time(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    talk = (await store.create_conversation("nl")).person.conversation
    other = (await closed(store, els, "not_for_us")).person.conversation
    helped = (await closed(store, els, "helped")).person.conversation
    assert await store.due(RULES) == {}
    clock.pass_by(hours=49)
    assert await store.due(RULES) == {talk: "talk"}
    clock.pass_by(days=28)
    assert await store.due(RULES) == {talk: "talk", other: "case:not_for_us"}
    clock.pass_by(days=60)
    assert await store.due(RULES) == {talk: "talk", other: "case:not_for_us", helped: "case:helped"}
    for conversation in (talk, other, helped):
        assert await store.purge_conversation(conversation, RULES)
    assert await store.due(RULES) == {}
    async with store._db.read() as connection:
        assert (await connection.execute(select(conversation_wraps))).all() == []
        assert (await connection.execute(select(messages))).all() == []


async def test_the_longest_reason_to_stay_counts(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await closed(store, els, "helped")
    clock.pass_by(days=5)
    await store.accept(new.person, "b", "again", case=CaseChange(Urgency.NONE))
    (case,) = await store.queue()
    await store.claim(case.id, els.id)
    await store.close_case(case.id, els.id, "not_for_us")
    clock.pass_by(days=84)
    assert await store.due(RULES) == {}
    clock.pass_by(days=2)
    assert list(await store.due(RULES)) == [new.person.conversation]


async def test_who_waits_again_between_the_list_and_the_deletion_stays(store: Store, clock: Clock) -> None:
    new, back = await store.create_conversation("nl"), await store.create_conversation("nl")
    clock.pass_by(days=3)
    assert list(await store.due(RULES)) == [new.person.conversation, back.person.conversation]
    await store.accept(back.person, "a", "are you still there")
    assert not await store.purge_conversation(back.person.conversation, RULES), "it began anew, though nobody is asked"
    await store.accept(new.person, "a", "they locked me in", case=CaseChange(Urgency.EMERGENCY))
    assert not await store.purge_conversation(new.person.conversation, RULES)
    clock.pass_by(days=4000)
    assert not await store.purge_conversation(new.person.conversation, RULES)
    assert len(await store.messages(new.person)) == 1
    assert not await store.purge_conversation(4711, RULES)


async def test_only_days_are_kept_a_day_after_closing(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    done, running = await store.create_conversation("nl"), await store.create_conversation("nl")
    gone = await store.create_conversation("nl")
    ended = []
    for new in (done, gone):
        await store.accept(new.person, "a", "help", case=CaseChange(Urgency.URGENT, page=True))
        ended.append(await called_claimed_answered(store, clock, els))
    await store.close_case(ended[0], els.id, "helped")
    await store.delete_conversation(gone.person.conversation)
    await store.accept(running.person, "a", "help", case=CaseChange(Urgency.URGENT, page=True))
    open_case = await called_claimed_answered(store, clock, els)
    assert await store.coarsen() == 0
    clock.pass_by(hours=25)
    assert await store.coarsen() == 2
    async with store._db.read() as connection:
        own = cases.c.conversation == done.person.conversation
        case = (await connection.execute(select(cases).where(own))).one()
        of = conversations.c.id == done.person.conversation
        whole = (await connection.execute(select(conversations).where(of))).one()
        theirs = messages.c.conversation == done.person.conversation
        at = (await connection.execute(select(messages.c.at).where(theirs))).scalars().all()
        shell = (await connection.execute(select(cases).where(cases.c.id == ended[1]))).one()
        still = (await connection.execute(select(cases).where(cases.c.id == open_case))).one()
        climbs = {row.id: row for row in await connection.execute(select(ladders))}
        sent = (await connection.execute(select(pages))).all()
    for row in (case, shell, *sent, *climbs.values()):
        kept = row if row in (case, shell) else climbs[getattr(row, "ladder", row.id)]
        times = [time for time in row if isinstance(time, datetime)]
        assert len(times) >= 3
        if getattr(kept, "case_id", kept.id) in ended:
            assert times == [coarse(time) for time in times], row
        else:
            assert all(time != coarse(time) for time in times), "who waits is still told by the minute"
    assert {case.claimed_at, case.spoke_at, shell.claimed_at, shell.spoke_at} == {coarse(case.claimed_at)}
    for time in (case.opened_at, case.waiting_since, case.closed_at, whole.created_at, whole.last_message_at, *at):
        assert time == coarse(time)
    for time in (still.opened_at, still.claimed_at, still.spoke_at):
        assert time != coarse(time), "who waits is still told by the minute"
    assert await store.coarsen() == 0, "once is enough"
    assert [message.text for message in await store.messages(done.person)] == ["help", "I am here."]


async def test_what_an_older_version_left_by_the_minute_is_told_by_the_day(store: Store, clock: Clock) -> None:
    """Everything else of the case is told by the day already."""
    els = await join(store, clock, "Els")
    await closed(store, els, "helped")
    clock.pass_by(hours=25)
    await store.coarsen()
    async with store._db.write() as connection:
        await connection.execute(update(cases).values(claimed_at=clock()))
    assert await store.coarsen() == 1
    assert await store.coarsen() == 0


async def test_a_message_after_closing_is_told_by_the_day_later(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await closed(store, els, "helped")
    clock.pass_by(hours=25)
    await store.coarsen()
    clock.pass_by(hours=1)
    await store.accept(new.person, "b", "thank you")
    assert await store.coarsen() == 0, "not while it is fresh"
    clock.pass_by(hours=25)
    assert await store.coarsen() == 1
    assert [m.at == coarse(m.at) for m in await store.messages(new.person)] == [True, True]


async def test_the_row_of_a_case_goes_long_after_its_content(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    new = await closed(store, els, "helped")
    clock.pass_by(days=366)
    assert await store.old_shells(RULES) == 0, "its conversation is still there"
    assert await store.purge_shells(RULES) == 0
    assert await store.purge_conversation(new.person.conversation, RULES)
    assert await store.old_shells(RULES) == 1
    assert await store.purge_shells(RULES) == 1
    async with store._db.read() as connection:
        assert (await connection.execute(select(cases))).all() == []
        grave = (await connection.execute(select(tombstones))).one()
    assert grave.conversation == new.person.conversation
    assert grave.deleted_at == coarse(clock())


@pytest.mark.parametrize("job", ["upkeep", "backup"])
async def test_the_last_run_of_a_job_is_kept(store: Store, clock: Clock, job: str) -> None:
    await store.note_run(job, {"talk": 1})
    clock.pass_by(hours=1)
    await store.note_run(job, {"talk": 2})
    (run,) = (await store.runs()).values()
    assert (run.job, run.at, run.counts) == (job, clock(), {"talk": 2})
