"""What is done about a message that was also read together with what was said before it."""

from __future__ import annotations

import pytest

from bot.domain.model import Assessment, Urgency
from bot.understanding.danger import patterns
from bot.understanding.danger.detector import Danger
from bot.understanding.danger.thresholds import load
from tests.model.danger.conftest import SETTINGS

LIMITS = load(SETTINGS)
DANGER = Danger(LIMITS, patterns.load(), None)
CARD = Assessment(Urgency.EMERGENCY, ("weapon",), (), 0.9)
DOUBT, NOTHING = Assessment(confidence=0.2, ask=True), Assessment()


@pytest.mark.parametrize("found", [DOUBT, NOTHING])
def test_what_only_the_talk_makes_a_danger_gets_a_card_without_a_particular(found: Assessment) -> None:
    raised = DANGER.in_light(found, LIMITS.light_card, LIMITS.light_card, 0.0)
    assert (raised.urgency, raised.signals, raised.confidence) == (Urgency.EMERGENCY, (), LIMITS.light_card)
    assert DANGER.in_light(found, LIMITS.light_card, 0.1, 0.0).urgency is Urgency.URGENT


def test_a_danger_that_the_talk_makes_none_is_asked_about_unless_nothing_is_left_of_it() -> None:
    lowered = DANGER.in_light(CARD, 0.0, 0.0, LIMITS.light_quiet)
    assert (lowered.urgency, lowered.signals, lowered.ask) == (Urgency.NONE, (), True)
    assert not DANGER.in_light(CARD, 0.0, 0.0, 0.0).ask
    assert DANGER.in_light(CARD, LIMITS.light_keep, 0.0, 0.0) is CARD


def test_a_doubt_is_asked_about_where_the_talk_leaves_one_and_only_there() -> None:
    assert DANGER.in_light(NOTHING, 0.0, 0.0, LIMITS.light_ask).ask
    assert not DANGER.in_light(NOTHING, 0.0, 0.0, LIMITS.light_ask / 2).ask
    assert not DANGER.in_light(DOUBT, 0.0, 0.0, 0.0).ask
    assert DANGER.in_light(DOUBT, 0.0, 0.0, LIMITS.light_quiet).ask


def test_what_a_pattern_found_is_not_taken_back() -> None:
    said = Assessment(Urgency.EMERGENCY, ("confined",), ("pattern en.locked_in",), 0.9)
    assert DANGER.in_light(said, 0.0, 0.0, 0.0) is said
