"""The rungs: everybody who can be reached is called in the end, nobody costs a minute who cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escalation import RUNGS, TEAM, Hours, Pace, Reach, Rung, climb, rung
from bot.domain.model import Urgency
from bot.domain.queue_order import HEAD_START, turn

WHO = st.none() | st.integers(1, 5)
MANY = st.lists(st.integers(1, 5), unique=True).map(tuple)
NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


@given(WHO, WHO, MANY, MANY, MANY, st.integers(0, 30))
def test_every_climb_goes_up_and_pages_nobody_twice_on_a_rung(
    first: int | None, second: int | None, coordinators: tuple[int, ...], everyone: tuple[int, ...],
    speaking: tuple[int, ...], climbed: int,
) -> None:  # fmt: skip
    reach = Reach(first, second, coordinators, everyone, frozenset(speaking))
    number, people = climb(climbed, reach)
    assert number > climbed
    assert len(set(people)) == len(people)
    assert people == reach.of(rung(number))
    assert people or rung(number) is Rung.EVERYONE
    skipped = [rung(n) for n in range(climbed + 1, number)]
    assert not any(reach.of(what) for what in skipped), "nobody who can be reached is passed over"


def test_who_was_called_is_not_called_again_as_the_second_or_the_coordinator() -> None:
    reach = Reach(1, 1, (1, 3), (1, 3))
    assert [climb(n, reach)[1] for n in range(3)] == [(1,), (3,), (3,)]
    assert climb(3, reach)[1] == (1, 3)


def test_everyone_is_called_for_ever() -> None:
    assert {rung(n) for n in range(5, 1000)} == {Rung.EVERYONE}
    assert [rung(n) for n in range(1, 6)] == list(RUNGS)


def test_who_speaks_the_language_is_called_before_the_others() -> None:
    reach = Reach(1, 2, (3, 4), (1, 2, 3, 4, 5, 6, TEAM), frozenset({1, 4, 6}))
    assert [climb(n, reach) for n in range(5)] == [
        (1, (1,)), (2, (2,)), (3, (4,)), (4, (6,)), (5, (1, 2, 3, 4, 5, 6, TEAM)),
    ]  # fmt: skip


def test_where_nobody_speaks_it_no_rung_is_lost() -> None:
    reach = Reach(1, 2, (3, 4), (1, 2, 3, 4, 5))
    assert [climb(n, reach) for n in (2, 3)] == [(3, (3, 4)), (5, (1, 2, 3, 4, 5))]


@given(st.integers(1, 60))
def test_after_a_failure_the_next_is_never_later_than_without_it(number: int) -> None:
    pace = Pace(timedelta(seconds=60), timedelta(seconds=300), timedelta(seconds=120))
    assert timedelta(0) <= pace.after_failure(number) <= pace.after(number)


@given(st.timedeltas(timedelta(0), timedelta(days=1)), st.integers(5, 9))
def test_where_everyone_is_called_together_it_is_at_the_same_times(after: timedelta, number: int) -> None:
    again, now = timedelta(hours=1), NOW + after
    pace = Pace(timedelta(minutes=10), again, timedelta(minutes=6), together=True)
    wait = pace.until_next(number, now)
    assert again / 2 <= wait <= 1.5 * again
    off = (now + wait - NOW) % again
    assert min(off, again - off) < timedelta(milliseconds=1)
    assert pace.until_next(2, now) == pace.step


@pytest.mark.parametrize(
    ("hours", "inside", "outside"),
    [
        ("08:00-22:00", ["08:00", "21:59"], ["07:59", "22:00", "00:00"]),
        ("20:00-06:30", ["20:00", "23:59", "00:00", "06:29"], ["19:59", "06:30", "12:00"]),
        ("00:00-24:00", ["00:00", "12:00", "23:59"], []),
    ],
)
def test_hours(hours: str, inside: list[str], outside: list[str]) -> None:
    read = Hours.read(hours)
    times = {text: read.include(datetime.fromisoformat(f"2026-11-24T{text}")) for text in inside + outside}
    assert times == dict.fromkeys(inside, True) | dict.fromkeys(outside, False)


@pytest.mark.parametrize("text", ["", "8-22", "08:00-08:00", "08:00-24:30", "25:00-26:00", "08:00 - 22:00"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        Hours.read(text)


WAITED = st.timedeltas(timedelta(0), timedelta(days=30))


@given(st.lists(st.tuples(st.sampled_from(Urgency), WAITED), min_size=2))
def test_an_emergency_is_before_everybody_else(waiting: list[tuple[Urgency, timedelta]]) -> None:
    ordered = sorted(waiting, key=lambda each: turn(each[0], NOW - each[1]))
    ranks = [urgency is Urgency.EMERGENCY for urgency, _ in ordered]
    assert ranks == sorted(ranks, reverse=True)


@given(WAITED, WAITED)
def test_an_urgent_case_goes_first_and_nobody_waits_for_ever(urgent: timedelta, calm: timedelta) -> None:
    first = turn(Urgency.URGENT, NOW - urgent) < turn(Urgency.NONE, NOW - calm)
    assert first == (calm < urgent + HEAD_START[Urgency.URGENT])


@given(st.sampled_from(Urgency), WAITED, WAITED)
def test_within_one_urgency_the_longest_wait_is_first(urgency: Urgency, one: timedelta, other: timedelta) -> None:
    if one > other:
        assert turn(urgency, NOW - one) < turn(urgency, NOW - other)
