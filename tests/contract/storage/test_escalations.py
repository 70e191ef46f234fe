"""Every step of calling somebody is stored, happens once, and ends when somebody has the case."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.domain.escalation import Acknowledgement
from bot.domain.model import Case, CaseChange, Outgoing, Sender, Urgency
from bot.storage.database.errors import NotFound
from bot.storage.database.part import Person
from bot.storage.oncall.escalations import Ladder
from bot.storage.store import PageAddress, Store
from bot.storage.tables.conversations import caseworkers
from tests.support.databases import Clock

STEP, LEASE = timedelta(seconds=60), timedelta(seconds=60)
HOLDS = dict.fromkeys(Urgency, timedelta(seconds=120))
EMERGENCY = CaseChange(Urgency.EMERGENCY, ("confined",), page=True)
URGENT = CaseChange(Urgency.URGENT, page=True)
KEY = b"k" * 32


@pytest.fixture
async def people(store: Store) -> list[int]:
    row = {"role": "caseworker", "active": True, "public": b"", "wrapped": b"", "salt": b"", "totp_step": 0}
    row |= {"passes": 1, "memory_mib": 1, "totp_wrapped": b"", "created_at": store.now()}
    async with store._db.write() as connection:
        await connection.execute(
            insert(caseworkers), [row | {"id": i, "name": f"Els {i}", "name_key": f"els {i}"} for i in (1, 2, 3)]
        )
    return [1, 2, 3]


async def asked(store: Store, change: CaseChange = EMERGENCY) -> tuple[Person, Case]:
    person = (await store.create_conversation("nl")).person
    await store.accept(person, "ask", "help", case=change, answered=True)
    case = await store.case_of(person.conversation)
    assert case is not None
    return person, case


async def only(store: Store) -> Ladder:
    (ladder,) = await store.ladders()
    return ladder


async def test_danger_begins_a_ladder_in_the_same_moment(store: Store, clock: Clock) -> None:
    _, case = await asked(store)
    ladder = await only(store)
    assert (ladder.number, ladder.urgency, ladder.rung, ladder.due_at) == (case.number, Urgency.EMERGENCY, 0, clock())
    assert ladder.language == "nl"


async def test_a_page_carries_a_number_and_an_urgency_and_is_taken_once(store: Store) -> None:
    _, case = await asked(store)
    assert await store.climb(await only(store), 1, [1], STEP)
    (page,) = await store.take_pages(5, LEASE)
    assert (page.number, page.urgency, page.addressee, page.rung) == (case.number, Urgency.EMERGENCY, 1, 1)
    assert await store.take_pages(5, LEASE) == []


async def test_a_rung_is_climbed_once_by_however_many(store: Store, url: str, clock: Clock) -> None:
    await asked(store)
    ladder = await only(store)
    other = await Store.open(url, clock=clock)
    climbed = await asyncio.gather(*(s.climb(ladder, 1, [1, 2], STEP) for s in (store, other) * 8))
    await other.close()
    assert sum(due is not None for due in climbed) == 1
    assert len(await store.take_pages(50, LEASE)) == 2


async def test_two_gateways_never_take_the_same_page(store: Store, url: str, clock: Clock) -> None:
    for _ in range(6):
        await asked(store)
    for ladder in await store.ladders():
        await store.climb(ladder, 1, [1, 2, 3], STEP)
    other = await Store.open(url, clock=clock)
    taken = [p.id for ps in await asyncio.gather(*(s.take_pages(4, LEASE) for s in (store, other) * 4)) for p in ps]
    taken += [p.id for p in await store.take_pages(50, LEASE)]
    await other.close()
    assert len(taken) == len(set(taken)) == 18


async def test_a_claim_ends_it_and_what_was_not_sent_is_not_sent(store: Store, people: list[int]) -> None:
    _, case = await asked(store)
    before = await only(store)
    await store.climb(before, 1, [1], STEP)
    await store.claim(case.id, people[0])
    assert await store.ladders() == []
    assert await store.take_pages(5, LEASE) == []
    assert not await store.climb(before, 1, [1], STEP)
    assert await store.pages_of(case.number) == [(1, 1, "dropped")]


@pytest.mark.parametrize("end", ["withdraw", "delete"])
async def test_it_ends_with_the_case(store: Store, end: str) -> None:
    person, _ = await asked(store, URGENT)
    if end == "withdraw":
        accepted = await store.accept(person, "no", "no thank you")
        await store.answer(person, accepted.seq, [], cancel=True)
    else:
        await store.delete_conversation(person.conversation)
    assert await store.ladders() == []


async def test_who_asks_without_danger_begins_one_too(store: Store, clock: Clock) -> None:
    _, case = await asked(store, CaseChange(Urgency.NONE))
    ladder = await only(store)
    assert (ladder.number, ladder.urgency, ladder.rung, ladder.due_at) == (case.number, Urgency.NONE, 0, clock())
    await store.climb(ladder, 1, [1], STEP)
    (page,) = await store.take_pages(5, LEASE)
    assert (page.number, page.urgency) == (case.number, Urgency.NONE)
    done = await store.acknowledge(page.id, HOLDS)
    assert done is not None and done.what is Acknowledgement.DONE


async def test_who_is_safe_and_still_waits_is_not_forgotten(store: Store) -> None:
    person, _ = await asked(store, URGENT)
    await store.set_urgency(person, Urgency.NONE)
    ladder = await only(store)
    assert (ladder.urgency, ladder.rung) == (Urgency.NONE, 0)


async def test_a_case_is_called_for_once_a_page_goes_out_that_may_arrive(store: Store) -> None:
    _, case = await asked(store)
    assert await store.called() == {}
    assert await store.climb(await only(store), 1, [1], STEP)
    assert await store.called() == {case.id: False}
    (page,) = await store.take_pages(5, LEASE)
    await store.page_failed(page, timedelta(0))
    assert await store.called() == {}, "nobody was reached"


async def test_it_goes_on_more_slowly_when_the_person_is_safer(store: Store) -> None:
    person, _ = await asked(store)
    await store.climb(await only(store), 1, [1], STEP)
    await store.set_urgency(person, Urgency.URGENT)
    ladder = await only(store)
    assert (ladder.urgency, ladder.rung) == (Urgency.URGENT, 1)


async def test_more_danger_begins_it_anew(store: Store) -> None:
    person, _ = await asked(store, URGENT)
    first = await only(store)
    await store.climb(first, 1, [1], STEP)
    await store.accept(person, "worse", "he is here", case=EMERGENCY)
    second = await only(store)
    assert second.id != first.id
    assert (second.rung, second.urgency) == (0, Urgency.EMERGENCY)
    await store.accept(person, "again", "he is here!", case=EMERGENCY)
    assert (await only(store)).id == second.id


async def test_an_acknowledgement_holds_it_once(store: Store, clock: Clock) -> None:
    _, case = await asked(store)
    await store.climb(await only(store), 1, [1], STEP)
    (page,) = await store.take_pages(5, LEASE)
    done = await store.acknowledge(page.id, HOLDS)
    assert done is not None
    assert (done.what, done.number) == (Acknowledgement.DONE, case.number)
    assert (await only(store)).due_at == clock() + timedelta(seconds=120)
    again = await store.acknowledge(page.id, HOLDS)
    assert again is not None and again.what is Acknowledgement.ALREADY
    assert await store.acknowledge(page.id + 1, HOLDS) is None
    assert await store.called() == {case.id: True}
    # Nobody came after all: the next rung, and the used link stays used.
    assert await store.climb(await only(store), 2, [2], STEP)
    assert await store.called() == {case.id: False}
    late = await store.acknowledge(page.id, HOLDS)
    assert late is not None and late.what is Acknowledgement.ALREADY


async def test_who_taps_has_heard_it_and_who_does_not_come_has_not(store: Store, people: list[int]) -> None:
    _, case = await asked(store)

    async def rings() -> bool:
        found = await store.case(case.id)
        assert found is not None
        return found.unheard

    assert await rings()
    await store.climb(await only(store), 1, [1], STEP)
    (page,) = await store.take_pages(5, LEASE)
    await store.acknowledge(page.id, HOLDS)
    assert not await rings()
    await store.climb(await only(store), 2, [2], STEP)
    assert await rings(), "nobody came"
    await store.mark_heard(case.id)
    await store.climb(await only(store), 3, [3], STEP)
    assert not await rings(), "who has heard it at a desk has promised nothing"
    await store.claim(case.id, people[0])
    await store.release(case.id, people[0])
    assert await rings()


async def test_more_danger_rings_anew(store: Store) -> None:
    person, case = await asked(store, URGENT)
    await store.mark_heard(case.id)
    await store.accept(person, "worse", "he is here", case=EMERGENCY)
    found = await store.case(case.id)
    assert found is not None and found.unheard


async def test_of_many_taps_at_once_one_counts(store: Store) -> None:
    await asked(store)
    await store.climb(await only(store), 1, [1, 2, 3], STEP)
    pages = await store.take_pages(5, LEASE)
    taps = await asyncio.gather(*(store.acknowledge(page.id, HOLDS) for page in pages * 3))
    assert sum(tap is not None and tap.what is Acknowledgement.DONE for tap in taps) == 1


async def test_a_claim_is_told_to_whoever_taps_later(store: Store, people: list[int]) -> None:
    _, case = await asked(store)
    await store.climb(await only(store), 1, [1], STEP)
    (page,) = await store.take_pages(5, LEASE)
    await store.claim(case.id, people[1])
    over = await store.acknowledge(page.id, HOLDS)
    assert over is not None and over.what is Acknowledgement.OVER


async def test_a_rung_that_reached_nobody_makes_the_next_one_due(store: Store, clock: Clock) -> None:
    await asked(store)
    await store.climb(await only(store), 1, [1, 2], STEP)
    first, second = await store.take_pages(5, LEASE)
    assert not await store.page_failed(first, timedelta(0))
    assert (await only(store)).due_at == clock() + STEP
    assert await store.page_failed(second, timedelta(0))
    assert (await only(store)).due_at == clock()


async def test_one_that_arrived_is_enough(store: Store, clock: Clock) -> None:
    await asked(store)
    await store.climb(await only(store), 1, [1, 2], STEP)
    first, second = await store.take_pages(5, LEASE)
    await store.page_sent(first)
    assert not await store.page_failed(second, timedelta(0))
    assert (await only(store)).due_at == clock() + STEP


async def test_a_page_whose_sender_died_is_not_sent_again(store: Store, clock: Clock) -> None:
    await asked(store)
    await store.climb(await only(store), 1, [1], STEP)
    (page,) = await store.take_pages(5, LEASE)
    clock.pass_by(seconds=5)
    await store.renew_pages([page.id], LEASE)
    assert not await store.page_failed(page, timedelta(0), lost=True), "it lives"
    (under_way,) = await store.pages_under_way()
    assert await store.page_failed(under_way, timedelta(0), lost=True)
    assert await store.pages_under_way() == []
    assert (await only(store)).due_at == clock()
    assert await store.take_pages(5, LEASE) == []


async def test_a_case_given_back_in_danger_calls_again(store: Store, people: list[int]) -> None:
    _, case = await asked(store)
    await store.claim(case.id, people[0])
    await store.release(case.id, people[0])
    assert (await only(store)).rung == 0


async def test_a_silent_owner_loses_the_case_and_one_who_spoke_does_not(store: Store, people: list[int]) -> None:
    person, case = await asked(store)
    await store.claim(case.id, people[0])
    (owned,) = await store.owned()
    assert owned.spoke_at is None
    words = Outgoing(Sender.CASEWORKER, "I am Els.")
    await store.say(person, "w1", words, only_if_owner=people[0])
    assert not await store.lapse(case.id, owned.claimed_at, None, silent=True)
    await store.release(case.id, people[0])
    await store.claim(case.id, people[1])
    (owned,) = await store.owned()
    assert await store.lapse(case.id, owned.claimed_at, None, silent=True)
    assert await store.owned() == []
    assert (await only(store)).rung == 0


async def test_an_owner_who_came_back_in_time_keeps_the_case(store: Store, people: list[int], clock: Clock) -> None:
    _, case = await asked(store)
    await store.claim(case.id, people[0])
    await store.at_desk(people[0])
    (owned,) = await store.owned()
    clock.pass_by(minutes=10)
    await store.at_desk(people[0])
    assert not await store.lapse(case.id, owned.claimed_at, owned.seen_at, silent=False)
    (owned,) = await store.owned()
    assert await store.lapse(case.id, owned.claimed_at, owned.seen_at, silent=False)


async def test_a_call_to_an_owner_carries_a_number_an_urgency_and_the_owner(store: Store, people: list[int]) -> None:
    person, case = await asked(store, CaseChange(Urgency.NONE))
    await store.claim(case.id, people[1])
    await store.say(person, "w1", Outgoing(Sender.CASEWORKER, "I am Els."), only_if_owner=people[1])
    await store.accept(person, "c2", "he is here", case=EMERGENCY)
    (item,) = await store.take_outbox(5, LEASE)
    assert item.kind == "owner"
    assert dict(item.payload) == {"case_number": case.number, "urgency": "emergency", "caseworker": 2}
    (owned,) = await store.owned()
    assert owned.spoke_at is None  # a word is owed again
    assert await store.ladders() == []


async def test_addresses_are_sealed_with_a_key_that_is_not_in_the_database(store: Store, people: list[int]) -> None:
    address = PageAddress(("ntfy://example.org/els",), ("els@example.org",))
    await store.set_page_address(1, address, KEY)
    assert await store.page_addresses(KEY) == ({1: address}, 0)
    assert await store.page_addresses(b"x" * 32) == ({}, 1)
    member = (await store.team(KEY))[0]
    assert (member.id, member.reachable, member.emails) == (1, True, ("els@example.org",))
    assert member.languages == ()
    await store.set_caseworker_language(1, "fr")
    assert (await store.team(KEY))[0].languages == ("fr",), "the desk's, as long as nothing else is said"
    await store.set_skills(1, ["ro", "ar"], None)
    assert (await store.team(KEY))[0].languages == ("ar", "ro")
    await store.set_page_address(1, None, KEY)
    assert await store.page_addresses(KEY) == ({}, 0)
    with pytest.raises(NotFound):
        await store.set_page_address(99, address, KEY)


async def test_a_hole_is_warned_of_once_by_however_many(store: Store, url: str, clock: Clock) -> None:
    other = await Store.open(url, clock=clock)
    warned = await asyncio.gather(*(s.warn_hole(clock(), '{"when": "x"}') for s in (store, other) * 4))
    await other.close()
    assert sum(warned) == 1
    assert [item.kind for item in await store.take_outbox(9, LEASE)] == ["hole"]


async def test_changes_of_the_rota(store: Store, people: list[int], clock: Clock) -> None:
    start, end = clock() + timedelta(hours=1), clock() + timedelta(hours=9)
    number = await store.add_override(2, start, end, second=True, by=1)
    (change,) = await store.overrides()
    assert (change.id, change.start, change.end, change.caseworker, change.second) == (number, start, end, 2, True)
    with pytest.raises(ValueError, match="before it begins"):
        await store.add_override(2, end, start, second=False, by=None)
    with pytest.raises(NotFound):
        await store.add_override(9, start, end, second=False, by=None)
    await store.remove_override(number)
    with pytest.raises(NotFound):
        await store.remove_override(number)
    await store.add_override(2, start, end, second=False, by=None)
    clock.pass_by(hours=10)
    assert await store.overrides() == []
