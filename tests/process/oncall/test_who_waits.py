"""What somebody who waits reads is true: who was called, that nobody can be, that nobody has come after ten minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.model import Handoff, Outgoing, Sender, Urgency
from tests.support.oncall import COORDINATOR, FIRST, HOLD, OTHER, PACES, SECOND, World
from tests.support.pages import REFUSES

HOUR = 3600.0
HOLDS = dict.fromkeys(PACES, HOLD)


async def test_from_asking_to_a_caseworker(world: World) -> None:
    await world.team()
    world.gateway()
    person, _ = await world.asks()
    asked, since = await world.stands(person), world.clock()
    assert (asked.state, asked.since) == ("asked", since)
    assert (asked.called, asked.coming, asked.nobody) == (False, False, False)
    world.pass_by(120)
    await world.round()
    called = await world.stands(person)
    assert (called.since, called.called, called.coming) == (since, True, False)
    await world.store.acknowledge(1, HOLDS)
    assert (await world.stands(person)).coming
    (case,) = await world.store.queue()
    await world.store.claim(case.id, FIRST)
    assert (await world.stands(person)).state == "here"


async def test_a_page_that_did_not_arrive_called_nobody(world: World) -> None:
    await world.team()
    world.receiver.moods["1"] = REFUSES
    world.gateway()
    person, _ = await world.danger()
    await world.round()
    assert not (await world.stands(person)).called
    await world.round()
    assert (await world.stands(person)).called


async def test_at_night_nobody_is_to_be_expected_without_danger_unless_a_desk_is_open(world: World) -> None:
    world.pass_by(13 * HOUR)  # 23:00 in Brussels
    await world.team()
    duty = world.gateway()
    person, _ = await world.asks()
    assert (await world.stands(person)).nobody
    assert not await duty.somebody()
    assert await duty.somebody(Urgency.EMERGENCY), "danger is called at any hour"
    await world.store.at_desk(OTHER)
    assert await duty.somebody()
    assert not (await world.stands(person)).nobody
    world.pass_by(301)
    assert (await world.stands(person)).nobody, "the desk is gone"


async def test_without_a_rota_and_without_an_address_nobody_is_to_be_expected(world: World) -> None:
    world.planned = False
    await world.team(FIRST, SECOND, COORDINATOR, OTHER)
    duty = world.gateway()
    assert not await duty.somebody(Urgency.EMERGENCY)
    await world.store.at_desk(OTHER)
    assert await duty.somebody()


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
async def test_a_desk_that_is_open_is_somebody_though_nobody_can_be_paged(world: World, urgency: Urgency) -> None:
    world.planned = False
    await world.team(FIRST, SECOND, COORDINATOR, OTHER)
    await world.store.at_desk(OTHER)
    world.gateway()
    person, _ = await world.danger(urgency)
    await world.round()
    assert await world.told(person) == ["handoff.waiting"]
    world.pass_by(900)
    await world.round()
    assert "handoff.nobody_on_call" in await world.told(person), "now the desk is gone"


async def test_pages_that_all_fail_are_no_lie_while_a_desk_is_open(world: World) -> None:
    await world.team()
    world.receiver.moods |= dict.fromkeys("1234", REFUSES)
    await world.store.at_desk(OTHER)
    world.gateway()
    person, _ = await world.danger()
    for _ in range(5):
        await world.round()
    assert "handoff.nobody_on_call" not in await world.told(person)


async def test_who_is_told_that_nobody_can_be_reached_reads_it_in_the_line_too(world: World) -> None:
    """Every page fails: until one arrives, or somebody opens a desk, it stays true, whatever is tried meanwhile."""
    await world.team()
    world.receiver.moods |= dict.fromkeys("1234", REFUSES)
    world.gateway()
    person, _ = await world.danger()
    for _ in range(12):
        await world.round()
        told = "handoff.nobody_on_call" in await world.told(person)
        assert (await world.stands(person)).nobody is told
        world.pass_by(60)
    assert told
    await world.store.at_desk(OTHER)
    assert not (await world.stands(person)).nobody
    world.pass_by(900)
    world.receiver.moods.clear()
    for _ in range(3):
        await world.round()
    stands = await world.stands(person)
    assert (stands.called, stands.nobody) == (True, False)
    assert (await world.told(person))[-1] in {"handoff.called", "handoff.still_waiting"}


async def test_whose_caseworker_went_away_at_night_is_told_that_nobody_else_can_come(world: World) -> None:
    await world.team()
    world.gateway()
    person, _ = await world.asks()
    world.pass_by(13 * HOUR)  # 23:00 in Brussels
    await world.store.at_desk(FIRST)
    (case,) = await world.store.queue()
    await world.store.claim(case.id, FIRST)
    world.pass_by(301)
    for _ in range(2):
        await world.round()
    told = [key for key in await world.told(person) if key != "handoff.still_waiting"]
    assert told[-2:] == ["handoff.asked_again", "handoff.nobody_on_call"]
    assert (await world.stands(person)).line(Handoff.WAITING) == "nobody"


@pytest.mark.parametrize("danger", [False, True])
async def test_after_ten_minutes_without_anybody_the_helpline_is_offered_once(world: World, danger: bool) -> None:
    await world.team()
    world.gateway()
    person, _ = await (world.danger() if danger else world.asks())
    await world.round()
    world.pass_by(599)
    await world.round()
    assert "handoff.still_waiting" not in await world.told(person)
    world.pass_by(1)
    await world.round()
    world.gateway()  # another, that knows nothing of it
    for _ in range(5):
        world.pass_by(600)
        await world.round()
    assert (await world.told(person)).count("handoff.still_waiting") == 1
    (text,) = [m.text for m in await world.store.messages(person) if m.key == "handoff.still_waiting"]
    assert "There is still no caseworker" in text and "112" in text


async def test_more_danger_begins_no_other_ten_minutes_and_another_wait_does(world: World) -> None:
    await world.team()
    world.gateway()
    person, _ = await world.asks()
    await world.round()
    world.pass_by(500)
    await world.turns_dangerous(person)
    await world.round()
    world.pass_by(100)
    await world.round()
    assert (await world.told(person)).count("handoff.still_waiting") == 1
    (case,) = await world.store.queue()
    await world.store.claim(case.id, FIRST)
    await world.store.say(person, "w", Outgoing(Sender.CASEWORKER, "I am here."), only_if_owner=FIRST)
    world.pass_by(60)
    await world.store.release(case.id, FIRST)
    for _ in range(11):
        await world.round()
        world.pass_by(timedelta(minutes=1).total_seconds())
    assert (await world.told(person)).count("handoff.still_waiting") == 2


async def test_nothing_is_said_of_waiting_to_who_has_somebody(world: World) -> None:
    await world.team()
    world.gateway()
    person, _ = await world.asks()
    await world.round()
    (case,) = await world.store.queue()
    await world.store.claim(case.id, OTHER)
    await world.store.say(person, "w", Outgoing(Sender.CASEWORKER, "I am here."), only_if_owner=OTHER)
    await world.store.mark_seen(case.id, 9)
    for _ in range(20):
        world.pass_by(60)
        await world.round()
    assert "handoff.still_waiting" not in await world.told(person)
