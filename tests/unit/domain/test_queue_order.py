"""Whose turn it is: nobody in danger waits for a language, and nobody waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Urgency
from bot.domain.queue_order import HEAD_START, TIE, spoken, turn

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
WAITS = st.lists(
    st.tuples(st.integers(0, 3600).map(lambda s: NOON + timedelta(seconds=s)), st.sampled_from(["nl", "ro", None])),
    min_size=1,
    max_size=8,
).map(lambda found: sorted(found, key=lambda one: one[0]))


@given(WAITS, st.sets(st.sampled_from(["nl", "ro", "fr"])))
def test_a_language_passes_over_nobody_who_has_waited_ten_minutes_longer(
    waiting: list[tuple[datetime, str | None]], languages: set[str]
) -> None:
    since, language = waiting[spoken(waiting, languages)]
    assert since - waiting[0][0] < TIE
    assert language in languages or not any(
        other in languages and at - waiting[0][0] < TIE for at, other in waiting
    ), "who could have been spoken with was passed over"


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([Urgency.URGENT, Urgency.NONE]))
def test_an_emergency_goes_before_whoever_waits(late: int, early: int, other: Urgency) -> None:
    mine = turn(Urgency.EMERGENCY, NOON + timedelta(seconds=late))
    assert mine < turn(other, NOON - timedelta(seconds=early))


def test_who_is_not_in_danger_does_not_wait_for_ever() -> None:
    long = NOON - HEAD_START[Urgency.URGENT] - timedelta(seconds=1)
    assert turn(Urgency.NONE, long) < turn(Urgency.URGENT, NOON)
