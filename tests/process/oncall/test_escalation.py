"""The ladder over real HTTP to a receiver on loopback, with a clock that the test moves: whoever is on call is called,
then the next, until somebody comes; and the person reads what is true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.escalation import Acknowledgement
from bot.domain.model import Outgoing, Sender, Urgency
from bot.storage.database.part import Person
from bot.storage.store import Store
from tests.support.databases import Clock
from tests.support.oncall import ADDRESS, COORDINATOR, FIRST, HOLD, KEY, OTHER, PACES, SECOND, STEP, World, week
from tests.support.pages import BREAKS_OFF, HANGS, REFUSES

HOLDS = {urgency: pace.hold for urgency, pace in PACES.items()}


async def heard(world: World, person: Person, by: int) -> None:
    """`by` claims the only case there is, and says a word."""
    (case,) = await world.store.queue()
    await world.store.claim(case.id, by)
    await world.store.say(person, "w1", words(), only_if_owner=by)


async def test_first_second_coordinator_everyone_and_everyone_again(world: World) -> None:
    await world.team()
    world.gateway()
    _, number = await world.danger()
    await world.round()
    assert world.paged(number) == ["1"]
    world.pass_by(59)
    await world.round()
    assert world.paged(number) == ["1"], "a minute is a minute"
    world.pass_by(1)
    await world.round()
    assert world.paged(number) == ["1", "2"]
    world.pass_by(60)
    await world.round()
    assert world.paged(number) == ["1", "2", "3"]
    world.pass_by(60)
    await world.round()
    assert sorted(world.paged(number)[3:]) == ["1", "2", "3", "4"]
    world.pass_by(299)
    await world.round()
    assert len(world.paged(number)) == 7
    world.pass_by(1)
    await world.round()
    assert sorted(world.paged(number)[7:]) == ["1", "2", "3", "4"]


async def test_a_page_holds_level_number_and_link_and_nothing_else(world: World) -> None:
    await world.team()
    world.gateway()
    _, number = await world.danger()
    await world.round()
    (page,) = world.receiver.arrived
    assert page.title == f"Inloop: Emergency {number}"
    assert page.body.startswith(f"{ADDRESS}/page/")
    assert len(page.body.removeprefix(f"{ADDRESS}/page/")) < 60
    assert "keeps us" not in page.title + page.body and "confined" not in page.title + page.body


async def test_an_urgent_case_climbs_more_slowly(world: World) -> None:
    await world.team()
    world.gateway()
    _, number = await world.danger(Urgency.URGENT)
    await world.round()
    world.pass_by(299)
    await world.round()
    assert world.paged(number) == ["1"]
    world.pass_by(1)
    await world.round()
    assert world.paged(number) == ["1", "2"]


async def test_the_person_reads_once_that_somebody_was_called_and_only_then(world: World) -> None:
    await world.team()
    world.receiver.moods["1"] = REFUSES
    world.gateway()
    person, _ = await world.danger()
    await world.gateways[0].look()
    assert "handoff.called" not in await world.told(person), "nothing has arrived yet"
    await world.round()
    await world.round()
    assert (await world.told(person)).count("handoff.called") == 1
    assert "handoff.nobody_on_call" not in await world.told(person)
    (text,) = [m.text for m in await world.store.messages(person) if m.key == "handoff.called"]
    assert "called" in text and "112" in text


async def test_a_claim_stops_it(world: World) -> None:
    await world.team()
    world.gateway()
    person, number = await world.danger()
    await world.round()
    await heard(world, person, SECOND)
    world.pass_by(3600)
    await world.store.at_desk(SECOND)
    await world.round()
    assert world.paged(number) == ["1"]


async def test_an_acknowledgement_holds_it_for_the_claim_and_then_it_goes_on(world: World) -> None:
    await world.team()
    world.gateway()
    _, number = await world.danger()
    await world.round()
    done = await world.store.acknowledge(1, HOLDS)
    assert done is not None and done.what is Acknowledgement.DONE
    world.pass_by(HOLD.total_seconds() - 1)
    await world.round()
    assert world.paged(number) == ["1"]
    world.pass_by(1)
    await world.round()
    assert world.paged(number) == ["1", "2"], "who acknowledges and does not come is no help"


@pytest.mark.parametrize("mood", [REFUSES, HANGS, BREAKS_OFF])
async def test_a_target_that_fails_makes_the_next_one_be_called_at_once(world: World, mood: str) -> None:
    await world.team()
    world.receiver.moods["1"] = mood
    world.gateway()
    _, number = await world.danger()
    await world.round()
    await world.round()
    assert world.paged(number)[-1] == "2"
    world.pass_by(1)
    await world.round()
    assert world.paged(number)[-1] == "2", "and whoever was reached has the full minute"
    came = 0 if mood == REFUSES else 1
    assert len(world.receiver.to(1)) == came, "what may have arrived is not repeated"


async def test_an_outage_of_everything_is_said_and_everyone_is_tried_again(world: World) -> None:
    await world.team()
    world.receiver.moods |= dict.fromkeys("1234", REFUSES)
    world.gateway()
    person, number = await world.danger()
    for _ in range(5):
        await world.round()
    assert "handoff.called" not in await world.told(person)
    assert (await world.told(person)).count("handoff.nobody_on_call") == 1
    world.receiver.moods.clear()
    world.pass_by(10)
    await world.round()
    assert sorted(world.paged(number)) == ["1", "2", "3", "4"]


async def test_a_rung_without_anybody_costs_no_time(world: World) -> None:
    await world.team(FIRST, COORDINATOR)
    world.gateway()
    _, number = await world.danger()
    await world.round()
    assert world.paged(number) == ["2"]
    world.pass_by(60)
    await world.round()
    assert sorted(world.paged(number)[1:]) == ["2", "4"]


async def test_with_nobody_on_the_rota_it_is_said_and_the_coordinator_is_called(world: World) -> None:
    world.shifts = []
    await world.team()
    world.gateway()
    person, number = await world.danger()
    await world.round()
    assert world.paged(number) == ["3"]
    told = await world.told(person)
    assert told[-2:] == ["handoff.nobody_on_call", "handoff.called"]


async def test_with_no_address_at_all_it_is_said_and_nothing_breaks(world: World) -> None:
    await world.team(FIRST, SECOND, COORDINATOR, OTHER)
    world.gateway()
    person, number = await world.danger()
    for _ in range(3):
        await world.round()
        world.pass_by(300)
    assert (await world.told(person)).count("handoff.nobody_on_call") == 1
    assert world.receiver.arrived == []
    assert (await world.store.ladders())[0].number == number, "the case is not lost"


async def test_without_a_rota_the_teams_own_addresses_are_paged_at_once(world: World) -> None:
    world.planned, world.team_urls = False, [world.receiver.url("team")]
    world.gateway()
    person, number = await world.danger()
    await world.round()
    assert world.paged(number) == ["team"]
    assert (await world.told(person))[-1] == "handoff.called"


async def test_a_silent_owner_loses_the_case_the_ladder_begins_anew_and_the_person_is_told(world: World) -> None:
    await world.team()
    world.gateway()
    person, number = await world.danger()
    await world.round()
    (case,) = await world.store.queue()
    await world.store.claim(case.id, FIRST)
    await world.round()
    world.pass_by(119)
    await world.store.at_desk(FIRST)
    await world.round()
    assert (await world.store.queue())[0].owner == FIRST
    world.pass_by(1)
    await world.round()
    assert (await world.store.queue())[0].owner is None
    assert world.paged(number) == ["1", "1"]
    assert (await world.told(person))[-2:] == ["handoff.asked_again", "handoff.called"]


async def test_an_emergency_in_its_owners_hands_calls_them_and_climbs_when_they_say_nothing(world: World) -> None:
    await world.team()
    world.gateway()
    person, number = await world.asks()
    await heard(world, person, OTHER)
    await world.turns_dangerous(person)
    await world.round()
    assert world.paged(number) == ["4"], "whoever has it, at once"
    assert (await world.store.queue())[0].unheard
    world.pass_by(119)
    await world.store.at_desk(OTHER)
    await world.round()
    assert world.paged(number) == ["4"]
    world.pass_by(1)
    await world.round()
    assert world.paged(number) == ["4", "1"], "and then whoever is on call"
    assert "handoff.asked_again" in await world.told(person)


async def test_an_owner_who_cannot_be_paged_loses_an_emergency_all_the_same(world: World) -> None:
    await world.team(OTHER)
    world.gateway()
    person, number = await world.asks()
    await heard(world, person, OTHER)
    await world.turns_dangerous(person)
    await world.round()
    world.pass_by(120)
    await world.round()
    assert world.paged(number) == ["1"]


async def test_an_owner_who_goes_offline_loses_the_case(world: World) -> None:
    await world.team()
    world.gateway()
    person, number = await world.danger()
    (case,) = await world.store.queue()
    await world.store.claim(case.id, FIRST)
    await world.store.at_desk(FIRST)
    await world.store.say(person, "w1", words(), only_if_owner=FIRST)
    await world.round()
    for _ in range(10):
        world.pass_by(60)
        await world.store.at_desk(FIRST)
        await world.round()
    assert (await world.store.queue())[0].owner == FIRST
    for _ in range(5):
        world.pass_by(60)
        await world.round()
    assert (await world.store.queue())[0].owner is None
    assert world.paged(number) == ["1"]
    assert "handoff.asked_again" in await world.told(person)


async def test_an_owner_who_is_away_keeps_a_calm_case_until_the_person_writes(world: World) -> None:
    await world.team()
    world.gateway()
    person, _ = await world.danger(Urgency.NONE)
    (case,) = await world.store.queue()
    await world.store.claim(case.id, FIRST)
    await world.store.mark_seen(case.id, 1)
    await world.store.say(person, "w1", words(), only_if_owner=FIRST)
    for _ in range(8):
        world.pass_by(60)
        await world.round()
    assert (await world.store.queue())[0].owner == FIRST
    await world.store.accept(person, "2", "are you there?")
    await world.round()
    assert (await world.store.queue())[0].owner is None
    assert world.receiver.arrived == [], "nobody is woken for it"


async def test_a_restart_loses_no_step_and_repeats_none(world: World) -> None:
    await world.team()
    first = world.gateway()
    _, number = await world.danger()
    await first.look()
    world.gateways.remove(first)  # dies after climbing, before sending
    world.gateway()
    await world.round()
    assert world.paged(number) == ["1"]
    world.pass_by(30)
    world.gateways.clear()
    world.gateway()
    await world.round()
    world.pass_by(30)
    await world.round()
    assert world.paged(number) == ["1", "2"], "a minute after the first, whatever died meanwhile"
    await first.stop()


async def test_a_gateway_that_dies_while_sending_leaves_it_to_the_next_rung(world: World) -> None:
    await world.team()
    dead = world.gateway()
    _, number = await world.danger()
    await dead.look()
    assert len(await world.store.take_pages(9, timedelta(seconds=60))) == 1  # and then it is gone
    world.gateways.remove(dead)
    world.gateway()
    for _ in range(5):
        await world.round()
        world.pass_by(2)
    await world.round()
    assert world.paged(number) == ["2"], "noticed within a few seconds"
    await dead.stop()


async def test_several_gateways_climb_once(world: World, url: str, clock: Clock) -> None:
    await world.team()
    others = [await Store.open(url, clock=clock) for _ in range(2)]
    for store in (world.store, *others):
        world.gateway(store)
    _, number = await world.danger()
    for _ in range(4):
        await world.round()
        world.pass_by(60)
    assert world.paged(number)[:3] == ["1", "2", "3"]
    assert sorted(world.paged(number)[3:]) == ["1", "2", "3", "4"]
    for store in others:
        await store.close()


@pytest.mark.parametrize("jump", [-86400, -3600, -30, 30, 3600])
async def test_a_clock_that_jumps_makes_nobody_wait(world: World, jump: int) -> None:
    await world.team()
    world.gateway()
    _, number = await world.danger()
    await world.round()
    world.clock.pass_by(seconds=jump)
    await world.round()
    world.pass_by(STEP.total_seconds())
    await world.round()
    assert world.paged(number) == ["1", "2"]


async def test_a_clock_that_is_set_back_before_anybody_looked_delays_no_call(world: World) -> None:
    await world.team()
    world.gateway()
    _, number = await world.danger()
    world.clock.pass_by(seconds=-3600)
    await world.round()
    assert world.paged(number) == ["1"], "the first is due at once"


async def test_a_clock_that_is_set_back_after_a_page_was_refused_delays_the_next_by_a_step_at_most(
    world: World,
) -> None:
    """Both gateways see the new time for the first time after the jump."""
    await world.team()
    world.receiver.moods["1"] = REFUSES
    gateways = [world.gateway(), world.gateway()]
    _, number = await world.danger()
    await gateways[0].look()
    await gateways[0].send()
    await gateways[0].settle()
    world.clock.pass_by(seconds=-3600)
    await world.round()
    world.pass_by(STEP.total_seconds())
    await world.round()
    assert world.paged(number)[-1] == "2"


async def test_the_coordinator_is_warned_of_a_hole_before_it_happens_once(world: World) -> None:
    await world.team()
    world.shifts = week(world.clock)
    gateways = [world.gateway(), world.gateway()]
    for gateway in gateways:
        await gateway.look_ahead()
    await world.round()
    assert world.receiver.arrived == [], "four days are not two"
    world.pass_by(3 * 86400)
    for _ in range(3):
        for gateway in gateways:
            await gateway.look_ahead()
        await world.round()
    (warned,) = world.receiver.arrived
    assert warned.to == "3"
    assert warned.title == "Inloop: Nobody is on call"
    assert warned.body == "07/11 10:00 - 08/11 10:00"
    world.pass_by(86400 + 3600)
    await gateways[0].look_ahead()
    await world.round()
    assert len(world.receiver.arrived) == 1, "it has begun, and is the same hole"


async def test_whether_somebody_can_be_expected(world: World) -> None:
    await world.team()
    assert await world.gateway().somebody()
    world.shifts = []
    nobody = world.gateway()
    assert not await nobody.somebody()
    await world.store.at_desk(OTHER)
    assert await nobody.somebody()
    world.pass_by(301)
    assert not await nobody.somebody()
    world.planned = False
    assert await world.gateway().somebody(), "without a calendar nobody is missing from it"


async def test_an_address_under_another_key_counts_as_none(world: World) -> None:
    await world.team()
    found, closed = await world.store.page_addresses(b"another key, after a restore....")
    assert (found, closed) == ({}, 4)
    assert (await world.store.page_addresses(KEY))[1] == 0


def words() -> Outgoing:
    return Outgoing(Sender.CASEWORKER, "I am here.")
