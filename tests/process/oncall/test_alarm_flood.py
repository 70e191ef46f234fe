"""A flood of alarms costs a phone a few calls, and the one real alarm beside it is called like any other."""

from __future__ import annotations

from bot.oncall.escalation_worker import FLOOD_AT_ONCE
from tests.support.oncall import ADDRESS, World


async def test_a_flood_is_two_calls_that_count_and_a_real_alarm_is_its_own(world: World) -> None:
    await world.team()
    real, own = await world.danger()
    world.flood = lambda conversation: None if conversation == real.conversation else 1
    flood = [(await world.danger())[1] for _ in range(40)]
    world.gateway()
    await world.round()
    titles = {page.title for page in world.receiver.arrived}
    assert len(titles) == len(world.receiver.arrived) == 2
    assert f"Inloop: Emergency {own}" in titles
    assert titles & {f"Inloop: Emergency {number}" for number in flood}
    world.pass_by(12)
    await world.round()
    (digest,) = world.receiver.arrived[2:]
    assert digest.title.endswith(" +38") and digest.body == f"{ADDRESS}/desk"
    states = {state for number in (own, *flood) for _, _, state in await world.store.pages_of(number)}
    assert states == {"sent"}, "each of them was sent, in one or the other"
    assert "handoff.called" in await world.told(real)


async def test_the_ladder_of_each_goes_on_to_the_next_who_is_called(world: World) -> None:
    await world.team()
    world.flood = lambda _: 1
    numbers = [(await world.danger())[1] for _ in range(10)]
    world.gateway()
    for _ in range(8):
        await world.round()
        world.pass_by(12)
    rungs = [{(rung, who) for rung, who, _ in await world.store.pages_of(number)} for number in numbers]
    assert all({(1, 1), (2, 2)} <= found for found in rungs)
    assert len(world.receiver.arrived) <= 6
    assert {page.to for page in world.receiver.arrived} == {"1", "2"}


async def test_nobody_waits_until_the_whole_of_a_flood_is_climbed(world: World) -> None:
    await world.team()
    flood = [await world.danger() for _ in range(FLOOD_AT_ONCE + 10)]
    real, own = await world.danger()
    world.flood = lambda conversation: None if conversation == real.conversation else 1
    gateway = world.gateway()
    await gateway.look()
    climbed = [number for _, number in flood if await world.store.pages_of(number)]
    assert await world.store.pages_of(own) and len(climbed) == FLOOD_AT_ONCE
    await gateway.look()
    assert all([await world.store.pages_of(number) for _, number in flood]), "and then the rest"


async def test_what_waited_in_a_gateway_that_died_is_called_by_another(world: World) -> None:
    await world.team()
    world.flood = lambda _: 1
    numbers = [(await world.danger())[1] for _ in range(5)]
    world.gateway()
    await world.round()
    assert len(world.receiver.arrived) == 1
    await world.gateways.pop().stop()
    world.gateway()
    for _ in range(12):
        await world.round()
        world.pass_by(6)
    for number in numbers:
        assert any(state == "sent" for _, _, state in await world.store.pages_of(number)), number
