"""When caseworkers usually read: by the day, over midnight, on holidays, and in one line."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.domain.escalation import Hours
from bot.domain.opening_hours import WHOLE, OpeningHours

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY, NIGHT = Hours.read("09:00-17:00"), Hours.read("22:00-06:00")
SPAN = f"09:00{WHOLE}17:00"
CHRISTMAS = date(2026, 12, 25)  # a Friday


@pytest.mark.parametrize(
    ("at", "there"),
    [
        ("2026-12-21T08:59", False), ("2026-12-21T09:00", True), ("2026-12-21T16:59", True),
        ("2026-12-21T17:00", False), ("2026-12-26T12:00", False), ("2026-12-25T12:00", False),
        ("2026-12-22T21:59", False), ("2026-12-22T22:00", True), ("2026-12-23T05:59", True),
        ("2026-12-23T06:00", False), ("2026-12-22T05:00", False), ("2026-12-24T23:59", True),
    ],
)  # fmt: skip
def test_hours_are_of_the_day_on_which_they_begin(at: str, there: bool) -> None:
    """Monday by day; Tuesday over midnight; Thursday to its end; Friday, a holiday, by day; no weekend."""
    late = Hours.read("12:00-24:00")
    hours = OpeningHours((DAY, NIGHT, None, late, DAY, None, None), frozenset({CHRISTMAS}))
    assert hours.known
    assert hours.open_at(datetime.fromisoformat(at)) is there


def test_a_night_that_begins_on_a_holiday_is_none_and_one_before_it_ends_in_it() -> None:
    hours = OpeningHours((NIGHT,) * 7, frozenset({CHRISTMAS}))
    for at, there in (("25T05:00", True), ("25T23:00", False), ("26T05:00", False), ("26T22:00", True)):
        assert hours.open_at(datetime.fromisoformat(f"2026-12-{at}")) is there, at
    assert hours.closed_on(CHRISTMAS) and not hours.closed_on(date(2026, 12, 26))
    assert not OpeningHours((DAY,) * 4 + (None,) * 3, frozenset({CHRISTMAS})).closed_on(CHRISTMAS)


def test_where_nothing_is_said_nothing_is_known() -> None:
    assert not OpeningHours().known
    assert OpeningHours().shown(DAYS) == ""


def test_days_that_are_alike_stand_together() -> None:
    assert OpeningHours((DAY,) * 7).shown(DAYS) == f"Mo–Su {SPAN}"
    week = (DAY, DAY, None, DAY, NIGHT, NIGHT, None)
    assert OpeningHours(week).shown(DAYS) == f"Mo–Tu {SPAN} · Th {SPAN} · Fr–Sa 22:00{WHOLE}06:00"


def test_every_hours_can_be_written_and_read_again() -> None:
    for text in ("00:00-24:00", "09:05-17:30", "22:00-06:00"):
        assert Hours.read(text).written == text
