"""Two organisations on one installation: what is whose, what goes from one to the other, and what belongs to both; and
counting and taking a case as one step."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from bot.domain.model import CaseChange, Handoff, Urgency
from bot.storage.database.errors import Full, NameTaken, NotFound, NotOwner, TransferRefused
from bot.storage.database.part import Person
from bot.storage.store import Plan, Skills, Store
from bot.storage.tables.conversations import caseworkers
from tests.contract.storage.test_cases import ASK, EMERGENCY, asked
from tests.support.databases import Clock

OFFLINE = timedelta(minutes=5)


@pytest.fixture
async def other(store: Store, people: list[int]) -> int:
    """Another organisation, in which caseworker 3 works."""
    made = await store.add_organisation("PAG-ASA")
    await store.move_caseworker(3, made)
    return made


async def test_a_small_team_is_one_organisation(store: Store, people: list[int]) -> None:
    assert [(one.name, one.people) for one in await store.organisations()] == [("Inloop", 3)]
    _, case = await asked(store, ASK)
    assert (case.organisation, case.handed_from) == (1, None)
    taken = await store.claim_next(2)
    assert taken is not None and taken.id == case.id
    with pytest.raises(NameTaken):
        await store.add_organisation(" inLOOP ")
    with pytest.raises(ValueError):
        await store.add_organisation(" \n ")
    await store.name_organisation(1, "Payoke")
    with pytest.raises(NotFound):
        await store.name_organisation(9, "Nobody")
    assert [one.name for one in await store.organisations()] == ["Payoke"]


async def test_of_another_organisation_nothing_is_seen_and_nothing_is_taken(
    store: Store, clock: Clock, other: int
) -> None:
    person, case = await asked(store, EMERGENCY)
    assert await store.queue(other) == []
    assert [seen.id for seen in await store.queue(1)] == [case.id]
    assert await store.claim_next(3) is None
    with pytest.raises(NotOwner):
        await store.claim(case.id, 3)
    await store.claim(case.id, 1)
    await store.at_desk(3)
    assert [colleague.id for colleague in await store.colleagues(1, OFFLINE, 4)] == [2]
    with pytest.raises(NotFound):
        await store.offer(case.id, 1, 3, OFFLINE, 4)
    await store.set_plan(case.id, person, 1, Plan(date(2026, 12, 3)))
    await store.add_deadline(case.id, person, 1, "court", date(2026, 12, 4))
    await store.close_case(case.id, 1, "helped")
    for listed in (store.follow_ups, store.due_days, store.closed_cases):
        assert len(await listed(1)) == 1  # type: ignore[operator]
        assert await listed(other) == []  # type: ignore[operator]
    with pytest.raises(NotOwner):
        await store.reopen(case.id, 3)
    with pytest.raises(NotOwner):
        await store.followed_up(case.id, 3)


async def test_a_case_that_is_handed_over_waits_there_and_is_theirs(store: Store, clock: Clock, other: int) -> None:
    person, case = await asked(store, EMERGENCY)
    await store.claim(case.id, 1)
    clock.pass_by(seconds=30)
    given = await store.hand_over(case.id, 1, other)
    assert (given.state, given.owner, given.organisation, given.handed_from) == (
        Handoff.WAITING, None, other, "Inloop",
    )  # fmt: skip
    assert given.waiting_since == clock(), "it waits there from now"
    [ladder] = await store.ladders()
    assert (ladder.organisation, ladder.rung) == (other, 0), "their people are called, from the first on"
    with pytest.raises(NotOwner):
        await store.claim(case.id, 1)
    assert await store.claim_next(1) is None
    taken = await store.claim_next(3)
    assert taken is not None
    assert (taken.id, taken.organisation, taken.handed_from) == (case.id, other, None)
    assert await store.ladders() == []
    await store.close_case(case.id, 3, "helped")
    await store.accept(person, "again", "help", case=EMERGENCY)
    anew = await store.case_of(person.conversation)
    assert anew is not None and anew.organisation == other, "who comes back comes to those who know them"


async def test_nothing_is_handed_to_nobody(store: Store, people: list[int]) -> None:
    empty = await store.add_organisation("Sürya")
    _, case = await asked(store, ASK)
    await store.claim(case.id, 1)
    with pytest.raises(TransferRefused) as refused:
        await store.hand_over(case.id, 1, empty)
    assert refused.value.reason == "nobody"
    for nowhere in (1, 77):
        with pytest.raises(NotFound):
            await store.hand_over(case.id, 1, nowhere)
    with pytest.raises(NotOwner):
        await store.hand_over(case.id, 2, empty)
    still = await store.case(case.id)
    assert still is not None and still.owner == 1


async def test_an_emergency_of_every_organisation_is_taken_by_whoever_comes(
    store: Store, clock: Clock, other: int
) -> None:
    _, case = await asked(store, EMERGENCY)
    [ladder] = await store.ladders()
    assert await store.offer_to_all(ladder.id, ladder.conversation)
    assert not await store.offer_to_all(ladder.id, ladder.conversation), "once"
    assert [len(await store.queue(house)) for house in (1, other)] == [1, 1]
    own, _ = await asked(store, ASK), clock.pass_by(seconds=1)
    taken = await store.claim_next(3)
    assert taken is not None
    assert (taken.id, taken.organisation) == (case.id, other)
    assert not await store.offer_to_all(ladder.id, ladder.conversation), "somebody has it"
    await store.release(case.id, 3)
    assert await store.claim_next(3) is not None, "given back it is theirs"
    assert own[1].id in {seen.id for seen in await store.queue(1)}


async def test_without_danger_nothing_is_offered_to_all(store: Store, people: list[int]) -> None:
    person, _ = await asked(store, EMERGENCY)
    [ladder] = await store.ladders()
    await store.set_urgency(person, Urgency.NONE)
    assert not await store.offer_to_all(ladder.id, ladder.conversation)


async def test_who_changes_organisation_leaves_their_cases_behind(store: Store, other: int) -> None:
    _, case = await asked(store, ASK)
    await store.claim(case.id, 1)
    await store.move_caseworker(1, other)
    left = await store.case(case.id)
    assert left is not None
    assert (left.state, left.owner, left.organisation) == (Handoff.WAITING, None, 1)
    for wrong in ((1, 99), (99, other)):
        with pytest.raises(NotFound):
            await store.move_caseworker(*wrong)
    async with store._db.write() as connection:
        await connection.execute(update(caseworkers).where(caseworkers.c.id == 2).values(role="coordinator"))
    with pytest.raises(ValueError):
        await store.move_caseworker(2, other)


async def test_cases_of_an_organisation_in_which_nobody_works_any_more_are_everybodys(store: Store, other: int) -> None:
    _, case = await asked(store, ASK)
    await store.claim(case.id, 1)
    await store.hand_over(case.id, 1, other)
    assert await store.free_stranded() == 0
    async with store._db.write() as connection:
        await connection.execute(update(caseworkers).where(caseworkers.c.id == 3).values(active=False))
    assert await store.free_stranded() == 1
    assert [seen.id for seen in await store.queue(1)] == [case.id]


async def test_the_log_is_of_ones_own_people_and_cases(store: Store, other: int) -> None:
    _, case = await asked(store, ASK)
    await store.claim(case.id, 1)
    await store.hand_over(case.id, 1, other)
    await store.claim(case.id, 3)
    ours, theirs = [{row.deed for row in await store.audit(organisation=house)} for house in (1, other)]
    assert "handed_over" in ours and "handed_over" in theirs
    claims = [row.actor for row in await store.audit(organisation=1) if row.deed == "claimed"]
    assert claims == [1], "what they do with it there is not told here"


@pytest.mark.parametrize("change", [ASK, CaseChange(Urgency.NONE)])
async def test_claims_at_once_never_give_more_than_there_is_room_for(
    store: Store, url: str, clock: Clock, people: list[int], change: CaseChange
) -> None:
    """Two gateways, eight taps of the same caseworker at the same time, room for two."""
    for _ in range(8):
        await asked(store, change)
    second = await Store.open(url, clock=clock)
    try:
        skills = Skills((), 2)
        taps = [gateway.claim_next(1, None, skills) for gateway in (store, second) for _ in range(4)]
        found = await asyncio.gather(*taps, return_exceptions=True)
    finally:
        await second.close()
    assert sum(isinstance(one, Full) for one in found) == 6, found
    owned = [case for case in await store.queue() if case.owner == 1]
    assert len(owned) == 2


async def test_offers_at_once_never_give_more_than_there_is_room_for(
    store: Store, url: str, clock: Clock, people: list[int]
) -> None:
    """Two owners offer a case to the same colleague, who has room for one."""
    mine = []
    for owner in (1, 2):
        _, case = await asked(store, ASK)
        mine.append((await store.claim(case.id, owner)).id)
    await store.at_desk(3)
    await store.set_skills(3, (), 1)
    second = await Store.open(url, clock=clock)
    try:
        offers = [
            gateway.offer(case, owner, 3, OFFLINE, 4)
            for gateway, case, owner in zip((store, second), mine, (1, 2), strict=True)
        ]
        found = await asyncio.gather(*offers, return_exceptions=True)
    finally:
        await second.close()
    assert sum(isinstance(one, TransferRefused) for one in found) == 1, found


async def test_what_stands_on_top_of_a_case(store: Store, people: list[int]) -> None:
    person, case = await asked(store, ASK)
    await store.claim(case.id, 1)
    assert (await store.summary(case.id, person), await store.deadlines(case.id, person)) == ("", [])
    await store.set_summary(case.id, person, 1, "Waits for the papers")
    await store.set_summary(case.id, person, 1, "Waits at the station")
    assert await store.summary(case.id, person) == "Waits at the station"
    await store.add_deadline(case.id, person, 1, "court", date(2027, 1, 5))
    await store.add_deadline(case.id, person, 1, "reflection", date(2026, 12, 18))
    first, last = await store.deadlines(case.id, person)
    assert [(d.kind, d.on) for d in (first, last)] == [("reflection", date(2026, 12, 18)), ("court", date(2027, 1, 5))]
    await store.remove_deadline(case.id, 1, first.name)
    await store.remove_deadline(case.id, 1, first.name)
    assert await store.deadlines(case.id, person) == [last]
    await store.set_summary(case.id, person, 1, "")
    assert await store.summary(case.id, person) == ""
    for act in (
        store.set_summary(case.id, person, 2, "x"),
        store.add_deadline(case.id, person, 2, "court", date(2027, 1, 5)),
        store.remove_deadline(case.id, 2, last.name),
        store.link(case.id, person, 2, (await asked(store, ASK))[1], person),
        store.unlink(case.id, person, 2, last.name),
    ):
        with pytest.raises(NotOwner):
            await act


async def linked(store: Store) -> tuple[Person, int, Person, int]:
    one, first = await asked(store, ASK)
    two, second = await asked(store, ASK)
    await store.claim(first.id, 1)
    await store.link(first.id, one, 1, second, two)
    await store.link(first.id, one, 1, second, two)
    return one, first.id, two, second.id


async def test_a_link_goes_in_both_directions_and_is_taken_away_in_both(store: Store, people: list[int]) -> None:
    one, first, two, second = await linked(store)
    assert [len(await store.links(*which)) for which in ((first, one), (second, two))] == [1, 1]
    await store.claim(second, 2)
    [back] = await store.links(second, two)
    await store.unlink(second, two, 2, back.name)
    assert [await store.links(*which) for which in ((first, one), (second, two))] == [[], []]
    case = await store.case(first)
    assert case is not None
    with pytest.raises(NotFound):
        await store.link(first, one, 1, case, one)


async def test_a_link_is_gone_when_one_of_the_two_is_deleted(store: Store, people: list[int]) -> None:
    one, first, two, second = await linked(store)
    await store.delete_conversation(two.conversation)
    assert await store.links(first, one) == []
    assert await store.links(second, two) == []
