"""Waiting goes by a clock that never jumps, from the first moment on; before it, by the time of day, within reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.oncall.steady_timers import Timers
from tests.support.databases import Clock
from tests.support.steady import Steady

LONGEST = timedelta(seconds=300)


@pytest.mark.parametrize("jump", [-86400, -1, 0, 1, 86400])
def test_a_jump_changes_nothing(jump: int) -> None:
    clock, steady = Clock(), Steady()
    timers = Timers(clock, steady)
    due = clock() + timedelta(seconds=60)
    assert not timers.over("a", due, LONGEST)
    clock.pass_by(seconds=jump)
    steady.now += 59
    assert not timers.over("a", due, LONGEST)
    steady.now += 1
    assert timers.over("a", due, LONGEST)


@pytest.mark.parametrize(("ahead", "wait"), [(-86400, 0), (0, 0), (60, 60), (86400, 300)])
def test_what_an_earlier_process_left_is_due_within_reason(ahead: int, wait: int) -> None:
    clock, steady = Clock(), Steady()
    timers = Timers(clock, steady)
    due = clock() + timedelta(seconds=ahead)
    assert timers.over("a", due, LONGEST) is (wait == 0)
    steady.now += max(wait - 1, 0)
    assert timers.over("a", due, LONGEST) is (wait == 0)
    steady.now += 1
    assert timers.over("a", due, LONGEST)


def test_what_is_not_kept_begins_anew() -> None:
    clock, steady = Clock(), Steady()
    timers = Timers(clock, steady)
    due = clock() + timedelta(seconds=60)
    assert not timers.over("a", due, LONGEST)
    steady.now += 60
    timers.keep({"b"})
    assert not timers.over("a", due, LONGEST)
