"""What a message does, by two readings."""

from __future__ import annotations

import pytest

from bot.understanding.acts.model import Acts, in_light
from bot.understanding.context import InContext


def seen(**in_danger: float) -> InContext:
    return InContext(0.9, 0.9, 0.0, in_danger=in_danger)


def test_what_is_done_in_danger_is_what_both_readings_hold_likely() -> None:
    acts = Acts(safety=("hurt", 0.5), in_danger=({"hurt": 0.5, "no_air": 0.4, "none": 0.1},))
    name, share = in_light(acts, seen(hurt=0.1, no_air=0.8, none=0.1)).safety
    assert (name, share) == ("no_air", pytest.approx(0.64, abs=0.02))


def test_the_surest_piece_of_a_message_counts() -> None:
    acts = Acts(in_danger=({"none": 0.9, "place": 0.1}, {"none": 0.05, "place": 0.95}))
    assert in_light(acts, seen(none=0.3, place=0.7)).safety[0] == "place"
    assert in_light(acts, seen(none=0.99, place=0.01)).safety == ("", 0.0)


def test_without_a_reading_in_context_it_is_what_the_message_says_by_itself() -> None:
    acts = Acts(safety=("hurt", 0.5), in_danger=({"hurt": 0.5, "none": 0.5},))
    assert in_light(acts, None) is acts
    assert in_light(acts, seen()).safety == ("hurt", 0.5)


def told(**likely: float) -> InContext:
    return InContext(0.0, 0.0, 0.0, told=likely)


def test_a_fact_is_noted_by_both_readings_or_surely_by_the_one_in_context() -> None:
    acts = Acts(told=("not_paid", "debt"), certain=("debt",))
    found = in_light(acts, told(not_paid=0.4, debt=0.01, long_hours=0.4, pregnant=0.95))
    assert (found.told, found.certain) == (("pregnant", "not_paid"), ("pregnant",))


def test_what_is_denied_is_no_fact() -> None:
    found = in_light(Acts(), told(denied=0.9, hit=0.1))
    assert found.denies and found.told == ()


def test_without_a_reading_in_context_the_facts_are_those_of_the_words() -> None:
    acts = Acts(told=("debt",), certain=("debt",))
    assert in_light(acts, told()).told == in_light(acts, None).told == ("debt",)
