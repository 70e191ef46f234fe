"""Danger in plain words: "I am in danger", "get me out of here", "call the police for me", in seventeen languages; the
same with other words around it, which no pattern has; bare calls for help; and what only has the words in it.

`in_so_many_words.jsonl` was written before the patterns and the sentences that teach it. Of its 186 plain dangers 24
were flagged then, and 139 passed over in silence.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.core.model import Assessment, Urgency
from bot.danger import Danger

from .conftest import Assess

LINES = [
    json.loads(line)
    for line in Path(__file__).with_name("in_so_many_words.jsonl").read_text(encoding="utf-8").splitlines()
]
PLAIN = [line for line in LINES if line["expected"] == "danger" and "said" not in line]
OTHERWISE = [line for line in LINES if "said" in line]


def flagged(said: Assessment) -> bool:
    return said.urgency is not Urgency.NONE


@pytest.mark.parametrize("line", PLAIN, ids=lambda line: f"{line['lang']}: {line['text']}")
def test_it_is_seen(assess: Assess, bare: Danger, line: dict[str, str]) -> None:
    """With the model, which must not doubt it, and by patterns alone."""
    assert flagged(assess(line["text"], lang=line["lang"]))
    assert flagged(bare.assess(line["text"], lang=line["lang"]))


@pytest.mark.parametrize("around", ["{}!!", "  {} .", "HELP\n{}", "{} 🙏"])
def test_how_it_is_typed_hides_nothing(assess: Assess, around: str) -> None:
    for line in PLAIN:
        text = around.format(line["text"].upper() if line["lang"] not in {"tr", "ar", "zh"} else line["text"])
        assert flagged(assess(text, lang=line["lang"])), text


def test_said_otherwise_it_is_seen_too(assess: Assess) -> None:
    said = [assess(line["text"], lang=line["lang"]) for line in OTHERWISE]
    assert sum(map(flagged, said)) >= 0.9 * len(said)
    assert all(flagged(one) or one.ask for one in said)


def test_a_bare_call_for_help_is_asked_about(assess: Assess) -> None:
    for line in LINES:
        if line["expected"] == "asked":
            said = assess(line["text"], lang=line["lang"])
            assert said.ask or flagged(said), line


def test_denied_or_asked_about_it_is_none(assess: Assess) -> None:
    harmless = [line for line in LINES if line["expected"] == "none"]
    assert [line for line in harmless if flagged(assess(line["text"], lang=line["lang"]))] == []
