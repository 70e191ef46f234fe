"""A clock that jumps deletes nothing; one that stays where it is now is believed after a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.operations.clock_guard import ClockGuard
from tests.support.databases import Clock


class World:
    """Time, and what the clock says of it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.steady = 0.0
        self.guard = ClockGuard(self.clock, lambda: self.steady)
        self.last: datetime | None = None

    def pass_by(self, **time: float) -> None:
        self.clock.pass_by(**time)
        self.steady += timedelta(**time).total_seconds()

    def round(self) -> bool:
        """An hour passes, and the upkeep looks."""
        self.pass_by(hours=1)
        if trusted := self.guard.trusts(self.last):
            self.last = self.clock()
        return trusted


@pytest.fixture
def world() -> World:
    return World()


def test_a_clock_that_goes_as_it_should_is_believed(world: World) -> None:
    assert all(world.round() for _ in range(200))


@pytest.mark.parametrize("jump", [timedelta(days=120), timedelta(hours=30), timedelta(days=-120), timedelta(hours=-12)])
def test_a_jump_is_not_believed_and_is_over_when_the_clock_is_right_again(world: World, jump: timedelta) -> None:
    world.round()
    world.clock.now += jump
    assert [world.round() for _ in range(10)] == [False] * 10
    world.clock.now -= jump
    assert [world.round() for _ in range(10)] == [True] * 10


def test_a_clock_that_stays_is_believed_after_a_day(world: World) -> None:
    world.round()
    world.clock.now += timedelta(days=120)
    found = [world.round() for _ in range(30)]
    assert found == [False] * 24 + [True] * 6


def test_one_that_keeps_jumping_is_never_believed(world: World) -> None:
    world.round()
    for _ in range(100):
        world.clock.now += timedelta(days=7)
        assert not world.round()


def test_after_a_week_of_standstill_a_day_passes_or_somebody_says_that_it_is_right(world: World) -> None:
    world.last = world.clock() - timedelta(days=7)
    assert [world.round() for _ in range(3)] == [False] * 3
    world.last = world.clock()  # inloop purge --yes
    assert world.round()


def test_a_small_correction_and_a_weekend_are_no_jumps(world: World) -> None:
    world.last = world.clock() - timedelta(days=2, hours=20)
    assert world.round()
    world.clock.now += timedelta(minutes=-40)
    assert world.round()
