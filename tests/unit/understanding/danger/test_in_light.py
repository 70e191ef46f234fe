"""What is done about a message that was also read together with what was said before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.model import Assessment, Urgency
from bot.understanding.danger import patterns
from bot.understanding.danger.detector import Danger
from bot.understanding.danger.thresholds import load
from tests.model.danger.conftest import SETTINGS

LIMITS = load(SETTINGS)
DANGER = Danger(LIMITS, patterns.load(), None)
SUDDEN = Assessment(Urgency.EMERGENCY, ("weapon",), (), LIMITS.light_alone - 0.1)
DOUBT, NOTHING = Assessment(confidence=0.2, ask=True), Assessment()


@pytest.mark.parametrize("found", [DOUBT, NOTHING])
def test_what_only_the_talk_makes_a_danger_gets_a_card_without_a_particular(found: Assessment) -> None:
    raised = DANGER.in_light(found, LIMITS.light_card, LIMITS.light_card, 0.0)
    assert (raised.urgency, raised.signals, raised.confidence) == (Urgency.EMERGENCY, (), LIMITS.light_card)
    assert DANGER.in_light(found, LIMITS.light_alone, 0.1, 0.0).urgency is Urgency.URGENT
    assert DANGER.in_light(found, LIMITS.light_both, 0.1, 0.0).urgency is Urgency.NONE


def test_an_emergency_that_both_readings_see_stays_one_and_else_it_is_urgent_or_asked_about() -> None:
    assert DANGER.in_light(SUDDEN, LIMITS.light_both, LIMITS.light_both, 0.0) == SUDDEN
    urgent = DANGER.in_light(SUDDEN, LIMITS.light_seen, 0.0, 0.0)
    assert (urgent.urgency, urgent.signals) == (Urgency.URGENT, SUDDEN.signals)
    lowered = DANGER.in_light(SUDDEN, 0.0, 0.0, LIMITS.light_quiet)
    assert (lowered.urgency, lowered.signals, lowered.ask) == (Urgency.NONE, (), True)
    assert not DANGER.in_light(SUDDEN, 0.0, 0.0, 0.0).ask


def test_where_the_words_are_sure_of_an_emergency_the_talk_needs_to_see_little_of_it() -> None:
    sure = replace(SUDDEN, confidence=LIMITS.light_alone)
    assert DANGER.in_light(sure, LIMITS.light_sure, LIMITS.light_sure, 0.0) == sure
    assert DANGER.in_light(SUDDEN, LIMITS.light_sure, LIMITS.light_sure, 0.0).urgency is Urgency.URGENT


def test_words_that_are_sure_of_an_emergency_are_urgent_at_least_where_the_talk_leaves_a_doubt() -> None:
    sure = replace(SUDDEN, confidence=LIMITS.light_alone)
    assert DANGER.in_light(sure, 0.0, 0.0, LIMITS.light_ask).urgency is Urgency.URGENT
    assert DANGER.in_light(SUDDEN, 0.0, 0.0, LIMITS.light_ask).urgency is Urgency.NONE


def test_a_doubt_is_asked_about_where_the_talk_leaves_one_and_only_there() -> None:
    assert DANGER.in_light(NOTHING, 0.0, 0.0, LIMITS.light_ask).ask
    assert not DANGER.in_light(NOTHING, 0.0, 0.0, LIMITS.light_ask / 2).ask
    assert not DANGER.in_light(DOUBT, 0.0, 0.0, 0.0).ask
    assert DANGER.in_light(DOUBT, 0.0, 0.0, LIMITS.light_quiet).ask


def test_of_what_a_pattern_found_a_question_is_left_at_least() -> None:
    said = replace(SUDDEN, why=("pattern en.locked_in",))
    assert DANGER.in_light(said, LIMITS.light_quiet, 0.0, 0.0) is said
    lowered = DANGER.in_light(said, 0.0, 0.0, 0.0)
    assert (lowered.urgency, lowered.ask) == (Urgency.NONE, True)
