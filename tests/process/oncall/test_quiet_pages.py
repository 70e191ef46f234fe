"""Whoever asks for a person without danger is heard too: called quietly, in the hours for that, and never forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.rota import Shift
from tests.support.oncall import ADDRESS, COORDINATOR, FIRST, OTHER, SECOND, World
from tests.support.pages import REFUSES

HOUR = 3600.0


async def test_who_asks_without_danger_is_called_after_a_while_and_slowly(world: World) -> None:
    await world.team()
    world.gateway()
    person, number = await world.asks()
    world.pass_by(119)
    await world.round()
    assert world.receiver.arrived == [], "first the desk has its time"
    world.pass_by(1)
    await world.round()
    (page,) = world.receiver.arrived
    assert (page.to, page.title) == ("1", f"Inloop: Somebody is waiting {number}")
    assert page.body.startswith(f"{ADDRESS}/page/")
    assert (await world.told(person)) == ["handoff.called"]
    for after, who in ((600, ["2"]), (600, ["3"]), (600, ["1", "2", "3", "4"])):
        before = len(world.receiver.arrived)
        world.pass_by(after - 1)
        await world.round()
        assert len(world.receiver.arrived) == before
        world.pass_by(1)
        await world.round()
        assert sorted(page.to for page in world.receiver.arrived[before:]) == who


async def test_nobody_is_forgotten_while_nobody_comes(world: World) -> None:
    await world.team()
    world.gateway()
    _, number = await world.asks()
    for _ in range(8 * 60):
        world.pass_by(60)
        await world.round()
    assert (await world.store.ladders())[0].number == number
    assert len(world.receiver.to(OTHER)) == 8, "about once an hour"


async def test_a_claim_before_the_first_page_spares_everybody(world: World) -> None:
    await world.team()
    world.gateway()
    await world.asks()
    world.pass_by(60)
    await world.round()
    (case,) = await world.store.queue()
    await world.store.claim(case.id, SECOND)
    world.pass_by(60)
    await world.round()
    assert world.receiver.arrived == []


async def test_at_night_nobody_is_called_without_danger_and_in_the_morning_all_are_one_page(world: World) -> None:
    world.pass_by(13 * HOUR)  # 23:00 in Brussels
    await world.team()
    world.gateway()
    people = [await world.asks() for _ in range(3)]
    for _ in range(9 * 6 - 1):
        world.pass_by(600)
        await world.round()
    assert world.receiver.arrived == []
    _, danger = await world.danger()
    await world.round()
    assert world.paged(danger) == ["1"], "danger is called at any hour"
    (case,) = [case for case in await world.store.queue() if case.number == danger]
    await world.store.claim(case.id, SECOND)
    await world.store.close_case(case.id, SECOND, "helped")
    world.receiver.arrived.clear()
    world.pass_by(600)  # 08:00
    await world.round()
    (page,) = world.receiver.arrived
    assert (page.to, page.title, page.body) == ("1", "Inloop: People waiting: 3", f"{ADDRESS}/desk")
    for person, _ in people:
        assert (await world.told(person)) == ["handoff.still_waiting", "handoff.called"]
    assert set((await world.store.called()).values()) == {False}


async def test_who_begins_a_shift_reads_how_many_wait_once(world: World) -> None:
    """The night is Bart's from 23:00, and at night nobody is called without danger."""
    start = world.clock() + timedelta(hours=13)
    week = replace(world.shifts[0], title="Wacht An")
    world.shifts = [week, Shift(start, start + timedelta(hours=9), "Wacht Bart")]
    await world.team()
    gateways = [world.gateway(), world.gateway()]
    world.pass_by(12.9 * HOUR)
    await world.asks()
    await world.asks()
    await world.round()
    assert world.receiver.arrived == []
    world.pass_by(0.1 * HOUR)
    await world.asks()
    await world.round()
    await world.round()
    assert [(page.to, page.title, page.body) for page in world.receiver.arrived] == [
        (str(SECOND), "Inloop: People waiting: 3", f"{ADDRESS}/desk")
    ]
    world.pass_by(60)
    await world.asks()
    gateways.append(world.gateway())  # one that was started again
    await world.round()
    assert len(world.receiver.arrived) == 1


async def test_a_week_that_begins_at_midnight_wakes_nobody(world: World) -> None:
    start = world.clock().replace(hour=23)  # 00:00 in Brussels
    world.shifts = [Shift(start, start + timedelta(days=7), "Wacht An")]
    await world.team()
    world.gateway()
    world.pass_by(13.5 * HOUR)
    await world.asks()
    world.pass_by(0.5 * HOUR)
    await world.round()
    assert world.receiver.arrived == []


async def test_everyone_is_called_to_all_who_wait_at_once(world: World) -> None:
    await world.team()
    world.gateway()
    for _ in range(3):
        await world.asks()
        world.pass_by(400)
        await world.round()
    for _ in range(2 * 60):
        world.pass_by(60)
        await world.round()
    assert [page.title for page in world.receiver.to(OTHER)][-1] == "Inloop: People waiting: 3"


async def test_a_dead_pager_passes_it_on_at_once(world: World) -> None:
    await world.team()
    world.receiver.moods |= {"1": REFUSES, "2": REFUSES}
    world.gateway()
    _, number = await world.asks()
    world.pass_by(120)
    for _ in range(3):
        await world.round()
    assert world.paged(number) == ["3"]


async def test_a_message_that_does_not_arrive_is_lost_for_each_of_its_cases(world: World) -> None:
    await world.team()
    world.receiver.moods["1"] = REFUSES
    world.gateway()
    for _ in range(2):
        await world.asks()
    world.pass_by(120)
    await world.round()
    await world.round()
    assert [(page.to, page.title) for page in world.receiver.arrived] == [("2", "Inloop: People waiting: 2")]


async def test_who_turns_out_to_be_in_danger_is_called_at_once(world: World) -> None:
    await world.team()
    world.gateway()
    person, number = await world.asks()
    await world.round()
    await world.turns_dangerous(person)
    await world.round()
    assert [page.title for page in world.receiver.arrived] == [f"Inloop: Emergency {number}"]


async def test_who_speaks_the_language_is_called_before_everyone(world: World) -> None:
    await world.team()
    await world.store.set_skills(OTHER, ["ar", "nl"], None)
    world.gateway()
    _, number = await world.asks("ar")
    await world.danger(language="ar")
    world.pass_by(120)
    for _ in range(4):
        await world.round()
        world.pass_by(600)
    assert world.paged(number) == ["1", "2", "3", "4"]
    await world.round()
    assert sorted(world.paged(number)[4:]) == ["1", "2", "3", "4"]


async def test_in_danger_a_language_makes_nobody_wait(world: World) -> None:
    await world.team()
    await world.store.set_skills(OTHER, ["ar"], None)
    world.gateway()
    _, number = await world.danger(language="ar")
    for _ in range(4):
        await world.round()
        world.pass_by(60)
    assert world.paged(number)[:3] == ["1", "2", "3"]
    assert sorted(world.paged(number)[3:]) == ["1", "2", "3", "4"], "a minute after the coordinator"


async def test_without_danger_no_other_organisation_is_asked(world: World) -> None:
    await world.team(FIRST, SECOND, COORDINATOR)
    made = await world.store.add_organisation("PAG-ASA")
    await world.store.move_caseworker(OTHER, made)
    world.gateway()
    person, _ = await world.asks()
    for _ in range(4):
        world.pass_by(600)
        await world.round()
    assert world.receiver.arrived == [], "that needs the person's leave"
    assert [len(await world.store.queue(house)) for house in (1, made)] == [1, 0]
    assert "handoff.all_asked" not in await world.told(person)
