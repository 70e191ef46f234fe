"""Danger in plain words: "I am in danger", "get me out of here", "call the police for me", in seventeen languages; the
same with other words around it, which no pattern has; bare calls for help; and what only has the words in it.

`in_so_many_words.jsonl` was written before the patterns and the sentences that teach it. Of its 186 plain dangers 24
were flagged then, and 139 passed over in silence.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.model import Assessment, Urgency
from bot.understanding.danger import Danger
from tests.model.danger.conftest import Assess

LINES = [
    json.loads(line)
    for line in Path(__file__).with_name("in_so_many_words.jsonl").read_text(encoding="utf-8").splitlines()
]
FURTHER = [
    json.loads(line)
    for line in Path(__file__).with_name("in_so_many_words_further.jsonl").read_text(encoding="utf-8").splitlines()
]
"""In twenty languages that are understood by the encoder alone, by somebody who had not seen the patterns."""
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


def test_in_languages_that_the_encoder_alone_understands(assess: Assess, bare: Danger) -> None:
    """The model saw 93 of these 160 and passed over 31; with the patterns as they were first written it was 138 and 10.
    What those missed was looked at then, so expect such figures of others' sentences, not these."""
    plain = [line for line in FURTHER if line["expected"] == "danger"]
    said = [assess(line["text"], lang=line["lang"]) for line in plain]
    assert len(plain) == 160
    assert sum(map(flagged, said)) >= 0.97 * len(said)
    assert [line for line, one in zip(plain, said, strict=True) if not flagged(one) and not one.ask] == []
    assert sum(flagged(bare.assess(line["text"], lang=line["lang"])) for line in plain) >= 0.8 * len(plain)


def test_in_those_languages_too_a_denied_danger_is_none(assess: Assess, bare: Danger) -> None:
    harmless = [line for line in FURTHER if line["expected"] == "none"]
    assert len(harmless) == 40
    assert [line for line in harmless if flagged(assess(line["text"], lang=line["lang"]))] == []
    assert [line for line in harmless if flagged(bare.assess(line["text"], lang=line["lang"]))] == []
