"""Whole conversations through the production path, held by bounds: what is well must not get worse unseen.

Two conversations of each language: one that comes into danger, and one that is calm. All of them are on
`docs/evaluation-talks.md` (`inloop evaluate-talks`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.cli.commands.evaluate_talks import run_all
from bot.evaluation import talks
from bot.evaluation.talks import Figures
from bot.settings import Settings

HERE = Path(__file__).parent
AT_LEAST = {"danger": 0.88, "answer": 0.62, "topic": 0.68, "follow_up": 0.5, "particulars": 0.65}
AT_MOST = {"false_card": 0.06, "repeated": 0.04, "heard": 0.35}
"""What is heard here instead of answered has a right answer too; readers were content with the one in seven of ten,
with an answer that is no surer than by half in four of ten (docs/decisions/0107-as-they-go.md)."""
DANGEROUS = frozenset({"urgent", "emergency"})


def some(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The first conversation of each language with danger in it, and the first without."""

    def dangerous(talk: dict[str, Any]) -> bool:
        return any(turn["danger"] in DANGEROUS for turn in talk["turns"])

    return {
        code: [next(t for t in their if dangerous(t)), next(t for t in their if not dangerous(t))]
        for code, their in found.items()
    }


@pytest.fixture(scope="module")
def figures() -> Figures:
    chosen = some(talks.read(HERE))
    return talks.measure((talk for their in chosen.values() for talk in their), run_all(Settings(), chosen))


def test_every_language_has_twelve_conversations() -> None:
    found = talks.read(HERE)
    assert len(found) == 17
    assert all(len(their) == 12 for their in found.values())
    assert all(6 <= len(talk["turns"]) <= 10 for their in found.values() for talk in their)


@pytest.mark.parametrize("measure", sorted(AT_LEAST))
def test_it_is_as_well_as_it_was(figures: Figures, measure: str) -> None:
    assert figures.share(measure).value >= AT_LEAST[measure], str(figures.share(measure))


@pytest.mark.parametrize("measure", sorted(AT_MOST))
def test_it_is_as_seldom_as_it_was(figures: Figures, measure: str) -> None:
    assert figures.share(measure).value <= AT_MOST[measure], str(figures.share(measure))


def test_no_turn_is_left_without_an_answer(figures: Figures) -> None:
    assert figures.characters
    assert min(figures.characters) > 0
