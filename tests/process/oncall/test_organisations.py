"""The ladder where several organisations share an installation: each is called for its own, and an emergency that
nobody of one takes is offered to all, called to all, and its person told so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.model import Urgency
from bot.domain.rota import Shift
from bot.oncall.pager import LONGEST_RETRY
from bot.storage.tables.conversations import caseworkers
from tests.support.oncall import COORDINATOR, FIRST, OTHER, SECOND, World


async def houses(world: World, *without: int) -> int:
    """Dina is alone in another organisation; the three others stay where they are."""
    await world.team(*without)
    made = await world.store.add_organisation("PAG-ASA")
    await world.store.move_caseworker(OTHER, made)
    return made


async def handed_over(world: World, urgency: Urgency = Urgency.EMERGENCY) -> tuple[object, str]:
    """A case of the first organisation that An has given to Dina's."""
    there = await houses(world)
    world.gateway()
    person, number = await world.danger(urgency)
    case = await world.store.case_by_number(number)
    assert case is not None
    await world.store.claim(case.id, FIRST)
    await world.store.hand_over(case.id, FIRST, there)
    return person, number


async def test_each_organisation_is_called_for_its_own(world: World) -> None:
    await houses(world)
    world.gateway()
    _, number = await world.danger()
    for _ in range(4):
        await world.round()
        world.pass_by(60)
    assert world.paged(number)[:3] == ["1", "2", "3"]
    assert sorted(world.paged(number)[3:]) == ["1", "2", "3"], "Dina is of another one"


async def test_an_emergency_that_nobody_there_takes_is_offered_to_all_and_the_ladder_goes_on(world: World) -> None:
    person, number = await handed_over(world)
    await world.round()
    assert world.paged(number) == [str(OTHER)], "everyone of theirs is one"
    case = await world.store.case_by_number(number)
    assert case is not None and [len(await world.store.queue(house)) for house in (1, 2)] == [0, 1]
    assert "handoff.all_asked" not in await world.told(person)  # type: ignore[arg-type]
    world.pass_by(59)
    await world.round()
    assert world.paged(number) == [str(OTHER)]
    world.pass_by(1)
    await world.round()
    assert sorted(world.paged(number)[1:]) == ["1", "2", "3", "4"], "nobody waits for a whole round of everyone"
    assert [len(await world.store.queue(house)) for house in (1, 2)] == [1, 1]
    assert (await world.told(person)).count("handoff.all_asked") == 1  # type: ignore[arg-type]
    world.pass_by(300)
    await world.round()
    assert sorted(world.paged(number)[5:]) == ["1", "2", "3", "4"], "and again, until somebody comes"
    assert (await world.told(person)).count("handoff.all_asked") == 1  # type: ignore[arg-type]
    taken = await world.store.claim(case.id, SECOND)
    assert taken.organisation == 1
    world.pass_by(60)
    await world.round()
    assert len(world.paged(number)) == 9, "somebody has it"


async def test_where_nobody_can_be_reached_all_are_called_at_once(world: World) -> None:
    await houses(world, FIRST, SECOND, COORDINATOR)
    world.gateway()
    person, number = await world.danger()
    await world.round()
    assert world.paged(number) == [str(OTHER)]
    assert "handoff.all_asked" in await world.told(person)


async def test_an_urgent_case_is_offered_to_all_as_well(world: World) -> None:
    _, number = await handed_over(world, Urgency.URGENT)
    await world.round()
    world.pass_by(300)
    await world.round()
    assert sorted(world.paged(number)[1:]) == ["1", "2", "3", "4"]


async def test_a_crash_between_offering_and_calling_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, number = await handed_over(world)
    await world.round()
    world.pass_by(60)

    async def dies(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(type(world.store), "climb", dies)
        with pytest.raises(ConnectionError):
            await world.gateways[0].look()
    assert [len(await world.store.queue(house)) for house in (1, 2)] == [1, 1]
    await world.round()
    assert sorted(world.paged(number)[1:]) == ["1", "2", "3", "4"]
    assert "handoff.all_asked" in await world.told(person)  # type: ignore[arg-type]


async def test_a_hole_is_one_organisations(world: World) -> None:
    """Dina's organisation has nobody on call, the first one has: Dina's coordinators are told, and Chris is not."""
    there = await houses(world)
    duty = world.gateway()
    await duty.look_ahead()
    await world.round()
    assert world.receiver.arrived == [], "Dina does not coordinate"
    assert await world.store.take_outbox(10, timedelta(seconds=1)) == [], "it was tried, and is kept for later"
    world.pass_by(LONGEST_RETRY.total_seconds())
    holes = await world.store.take_outbox(10, timedelta(seconds=1))
    assert [(item.kind, item.payload["organisation"]) for item in holes] == [("hole", there)]
    async with world.store._db.write() as connection:
        await connection.execute(update(caseworkers).where(caseworkers.c.id == OTHER).values(role="coordinator"))
    world.pass_by(LONGEST_RETRY.total_seconds())
    await world.round()
    assert [page.to for page in world.receiver.arrived] == [str(OTHER)], "now she does"
    world.pass_by(LONGEST_RETRY.total_seconds())
    assert await world.store.take_outbox(10, timedelta(seconds=1)) == [], "once"


async def test_nobody_at_the_door_is_not_somebody_elsewhere(world: World) -> None:
    """Who asks at the door is the first organisation's: Dina at her desk is nobody who will look."""
    world.shifts = [Shift(s.start, s.end, "Wacht Dina") for s in world.shifts[:1]]
    await houses(world)
    duty = world.gateway()
    await world.store.at_desk(OTHER)
    assert not await duty.somebody()
    await world.store.at_desk(FIRST)
    assert await duty.somebody()
