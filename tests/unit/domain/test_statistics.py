"""What of the figures is shown: nothing below five, nothing that can be worked out from the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.statistics import HOURS, KINDS, OTHER, TIMES, hour, month, shown, step, tables

BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.mark.parametrize(("count", "said"), [(0, None), (1, None), (4, None), (5, 5), (9, 5), (10, 10), (14, 10)])
def test_counts_are_multiples_of_five_or_nothing(count: int, said: int | None) -> None:
    assert shown(count) == said


FIXED = [(kind, key) for kind, keys in KINDS.items() if keys for key in keys]


@given(st.dictionaries(st.sampled_from(FIXED), st.integers(0, 60)))
def test_one_person_less_or_more_below_the_next_five_changes_nothing(counts: dict[tuple[str, str], int]) -> None:
    """Everything between two multiples of five looks the same: nobody can be told from nobody."""
    lowest = {of: count - count % 5 for of, count in counts.items()}
    assert tables(counts) == tables(lowest)


@given(st.dictionaries(st.sampled_from(["sq", "nl", "vi", "ar", "so"]), st.integers(0, 30)))
def test_a_small_language_is_not_even_named(counts: dict[str, int]) -> None:
    lines = tables({("language", code): count for code, count in counts.items()})["language"]
    named = [line.key for line in lines]
    assert set(named) == {OTHER} | {code for code, count in counts.items() if count >= 5}
    assert all(line.count is not None for line in lines if line.key != OTHER)
    assert named[-1] == OTHER and [line.count or 0 for line in lines[:-1]] == sorted(
        (line.count or 0 for line in lines[:-1]), reverse=True
    )


def test_an_empty_month_has_all_lines_that_a_full_one_has() -> None:
    full = tables({(kind, key): 50 for kind, keys in KINDS.items() if keys for key in keys})
    empty = tables({})
    for kind, keys in KINDS.items():
        if keys is not None:
            assert [line.key for line in empty[kind]] == [line.key for line in full[kind]] == list(keys)
    assert [line.key for line in empty["wait"]] == list(HOURS)
    assert {line.count for lines in empty.values() for line in lines} == {None}


def test_the_middle_wait_of_an_hour_needs_five() -> None:
    four = {("wait", "03:0"): 2, ("wait", "03:4"): 2}
    assert next(line for line in tables(four)["wait"] if line.key == "03").middle is None
    five = four | {("wait", "03:1"): 1}
    assert next(line for line in tables(five)["wait"] if line.key == "03").middle == "1"


@pytest.mark.parametrize(
    ("seconds", "key"), [(-5, "0"), (0, "0"), (60, "0"), (61, "1"), (300, "1"), (900, "2"), (3600, "3"), (3601, "4")]
)
def test_a_time_is_a_step(seconds: int, key: str) -> None:
    assert step(timedelta(seconds=seconds)) == key and key in TIMES


def test_months_and_hours_are_those_of_the_house() -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert (month(new_year, BRUSSELS), hour(new_year, BRUSSELS)) == ("2027-01", "00")
