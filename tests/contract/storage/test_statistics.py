"""Figures are counted once, in the transaction of what is counted, and nothing in them leads to a case."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import text

from bot.domain.model import CaseChange, Outgoing, Sender, Urgency
from bot.storage.store import NewConversation, Store
from tests.support.databases import Clock
from tests.support.desk import Colleague, join

DANGER = CaseChange(Urgency.EMERGENCY, ("confined",), page=True)


async def waiting(store: Store, change: CaseChange = DANGER) -> tuple[int, NewConversation]:
    before = {case.id for case in await store.queue()}
    new = await store.create_conversation("nl")
    await store.accept(new.person, "m1", "help", case=change)
    return next(case.id for case in await store.queue() if case.id not in before), new


async def counts(store: Store) -> dict[tuple[str, str], int]:
    return await store.figures("2026-11")


async def test_from_danger_to_a_word(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    case, new = await waiting(store)
    clock.pass_by(seconds=50)
    await store.claim(case, els.id)
    clock.pass_by(minutes=3)
    for word in ("m1", "m2"):
        await store.say(new.person, word, Outgoing(Sender.CASEWORKER, "Hi"), only_if_owner=els.id)
    assert await counts(store) == {
        ("opened", "10"): 1,  # nine o'clock of UTC, in Brussels
        ("urgency", "emergency"): 1,
        ("acknowledged", "0"): 1,
        ("wait", "10:0"): 1,
        ("word", "1"): 1,
        ("handoff", "claimed"): 1,
    }


async def test_a_tap_acknowledges_and_the_claim_counts_it_no_more(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    case, _ = await waiting(store)
    (ladder,) = await store.ladders()
    await store.climb(ladder, 1, [els.id], timedelta(minutes=1))
    (page,) = await store.take_pages(9, timedelta(minutes=1))
    clock.pass_by(minutes=2)
    await store.acknowledge(page.id, {urgency: timedelta(minutes=2) for urgency in Urgency})
    clock.pass_by(minutes=20)
    await store.claim(case, els.id)
    found = await counts(store)
    assert {of: n for of, n in found.items() if of[0] in {"acknowledged", "wait"}} == {
        ("acknowledged", "1"): 1,
        ("wait", "10:3"): 1,
    }


async def test_giving_back_and_taking_again_counts_handoffs_and_no_second_wait(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    case, _ = await waiting(store)
    for _ in range(3):
        await store.claim(case, els.id)
        await store.claim(case, els.id)  # one's own again is no handoff
        await store.release(case, els.id)
    await store.claim(case, els.id)
    await store.close_case(case, els.id, "helped")
    found = await counts(store)
    assert found["handoff", "claimed"] == 4
    assert found["handoff", "gave_back"] == 3
    assert found["handoff", "closed"] == 1
    assert sum(n for (kind, _), n in found.items() if kind in {"wait", "acknowledged"}) == 2


async def test_without_danger_no_time_of_danger(store: Store, clock: Clock) -> None:
    els = await join(store, clock, "Els")
    case, new = await waiting(store, CaseChange(Urgency.NONE))
    await store.claim(case, els.id)
    await store.say(new.person, "m", Outgoing(Sender.CASEWORKER, "Hi"), only_if_owner=els.id)
    assert {kind for kind, _ in await counts(store)} == {"opened", "urgency", "wait", "handoff"}
    await store.accept(new.person, "m2", "now!", case=DANGER)
    clock.pass_by(minutes=10)
    await store.say(new.person, "m3", Outgoing(Sender.CASEWORKER, "Yes"), only_if_owner=els.id)
    assert (await counts(store))["word", "2"] == 1, "danger that came later is measured from then"


async def test_a_conversation_counts_once_by_its_first_topic(store: Store, clock: Clock) -> None:
    new = await store.create_conversation("sq")
    for topic in ("greet", "thanks", "shelter", "police", "shelter"):
        await store.count_conversation(new.person, "sq", topic)
    another = await Store.open(str(store._db.url.render_as_string(hide_password=False)), clock=clock)
    await another.count_conversation(new.person, "sq", "police")  # after a restart
    await another.close()
    assert await counts(store) == {("language", "sq"): 1, ("topic", "shelter"): 1}


async def test_what_is_measured_is_not_kept_on_the_case_and_counts_outlive_a_deletion(
    store: Store, clock: Clock
) -> None:
    els = await join(store, clock, "Els")
    case, new = await waiting(store)
    await waiting(store)
    await store.claim(case, els.id)
    before = await counts(store)
    await store.delete_conversation(new.person.conversation)
    assert await counts(store) == before
    async with store._db.read() as connection:
        row = (await connection.execute(text(f"SELECT danger_at FROM cases WHERE id = {case}"))).one()
    assert row.danger_at is None


async def test_many_at_once_lose_no_count(store: Store, clock: Clock) -> None:
    els: Colleague = await join(store, clock, "Els")
    ids = [(await waiting(store))[0] for _ in range(16)]
    await asyncio.gather(*(store.claim(case, els.id) for case in ids))
    found = await counts(store)
    assert found["handoff", "claimed"] == found["acknowledged", "0"] == found["urgency", "emergency"] == 16


async def test_what_a_message_is_counted_for_is_counted_with_it_and_once(store: Store) -> None:
    new = await store.create_conversation("nl")
    figures = [("helped", "no"), ("helped_language", "nl:no")]
    said = [store.accept(new.person, "of_help", "answered", answered=True, figures=figures) for _ in range(4)]
    assert sorted(one.repeated for one in await asyncio.gather(*said)) == [False, True, True, True]
    assert await counts(store) == {("helped", "no"): 1, ("helped_language", "nl:no"): 1}
    await store.delete_conversation(new.person.conversation)
    assert len(await counts(store)) == 2
