"""Whatever is sent, an assessment comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.model import Assessment, Urgency
from bot.understanding.danger import Danger

HOSTILE = [
    "",
    " ",
    "\x00",
    "\x00he is hitting me right now\x00",
    "\ud800\udfff",
    "🙂" * 500,
    "a" * 100_000,
    "ﷺ" * 5_000,
    "he " * 40_000,
    "(" * 5_000,
    "e\u0301" * 9_000,
    "\u202e" * 99,
    "1234567890 " * 500,
    "nobody " * 3_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_survived(danger: Danger, bare: Danger, text: str) -> None:
    for one in (danger, bare):
        assert isinstance(one.assess(text, earlier=[text, text]), Assessment)


def test_nul_characters_hide_nothing(bare: Danger) -> None:
    assert bare.assess("he is hit\u200bting\x00 me right now").urgency is not None
    assert bare.assess("\x00he is hitting me right now\x00").urgency is Urgency.EMERGENCY


def test_something_that_is_not_text_is_no_danger(danger: Danger) -> None:
    assert danger.assess(None).urgency is Urgency.NONE  # type: ignore[arg-type]


@pytest.mark.parametrize("vector", [np.zeros(3, np.float32), np.full(384, np.nan, np.float32), np.zeros((1, 384))])
def test_a_vector_that_does_not_fit_costs_no_assessment(danger: Danger, vector: np.ndarray) -> None:
    assert danger.assess("he is hitting me right now please", vector=vector).urgency is Urgency.EMERGENCY


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_it(danger: Danger, text: str, earlier: list[str]) -> None:
    found = danger.assess(text, earlier=earlier)
    assert 0 <= found.confidence <= 1
    assert found.why or found.urgency is Urgency.NONE
