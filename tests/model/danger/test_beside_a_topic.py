"""A danger that is named in one breath with an everyday complaint ("he has my passport and does not let me go"), in
every language, and the same complaints without one. `beside_a_topic.jsonl` was written before the sentences that teach
it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from bot.domain.model import Assessment, Urgency
from tests.model.danger.conftest import Assess

LINES = [
    json.loads(line)
    for line in Path(__file__).with_name("beside_a_topic.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def found(assess: Assess) -> dict[str, list[tuple[str, Assessment]]]:
    """What is said of each line, by its kind."""
    said: dict[str, list[tuple[str, Assessment]]] = defaultdict(list)
    for line in LINES:
        said[line["kind"]].append((f"{line['lang']}: {line['text']}", assess(line["text"], lang=line["lang"])))
    return said


def test_the_complaint_does_not_hide_the_danger(found: dict[str, list[tuple[str, Assessment]]]) -> None:
    silent = [text for text, said in found["danger"] if said.urgency is Urgency.NONE and not said.ask]
    flagged = [text for text, said in found["danger"] if said.urgency is not Urgency.NONE]
    assert silent == []
    assert len(flagged) >= 0.9 * len(found["danger"])


def test_most_complaints_alone_are_no_danger(found: dict[str, list[tuple[str, Assessment]]]) -> None:
    """Of papers none is flagged; shouting beside late pay still is, in most languages: known (decision 24)."""
    flagged = [text for text, said in found["ordinary"] if said.urgency is not Urgency.NONE]
    assert len(flagged) <= 0.45 * len(found["ordinary"]), flagged
