"""Without a model only patterns are at work; they must carry the plain cases in Dutch, French and English."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.domain.model import Urgency
from bot.domain.signals import SIGNALS
from bot.understanding.danger import Danger, patterns
from bot.understanding.danger.budget import Budget
from bot.understanding.danger.model import ModelError
from bot.understanding.danger.thresholds import DangerSettingsError
from tests.model.danger.conftest import SETTINGS
from tests.model.danger.test_detector import EMERGENCIES, HARMLESS


@pytest.mark.parametrize("signal", sorted(EMERGENCIES))
def test_the_plain_cases_are_seen_by_patterns_alone(bare: Danger, signal: str) -> None:
    assert bare.degraded
    for text in EMERGENCIES[signal]:
        assert bare.assess(text).urgency is Urgency.EMERGENCY, text


@pytest.mark.parametrize("kind", sorted(HARMLESS))
def test_guards_hold_patterns_back(bare: Danger, kind: str) -> None:
    for text in HARMLESS[kind]:
        assert bare.assess(text).urgency is Urgency.NONE, text


def test_again_and_again_is_urgent_rather_than_this_minute(bare: Danger) -> None:
    assert bare.assess("he locks me in every night").urgency is Urgency.URGENT


def test_a_past_sentence_does_not_excuse_the_next_one(bare: Danger) -> None:
    assert bare.assess("Three years ago he beat me. Now he is at the door with a knife!").urgency is Urgency.EMERGENCY


def test_fragments_are_read_together_by_patterns_too(bare: Danger) -> None:
    assert bare.assess("me in the cellar", earlier=["he", "locked"]).urgency is Urgency.EMERGENCY


def test_every_signal_has_patterns_in_every_patterned_language() -> None:
    found = patterns.load()
    for lang in ("nl", "fr", "en"):
        assert {p.signal for p in found if p.id.startswith(lang)} - {""} == set(SIGNALS)
    assert len({pattern.id for pattern in found}) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "she has to sleep with customers until the debt is paid",
        "must see clients every night because i owe him",
        "elle doit coucher avec des hommes pour payer sa dette",
    ],
)
def test_sex_that_pays_a_debt_is_danger(bare: Danger, text: str) -> None:
    found = bare.assess(text)
    assert found.urgency is Urgency.URGENT
    assert found.signals == ("sexual_violence",)


@pytest.mark.parametrize(
    "text",
    [
        "i must sleep with my children in the car, i can't pay the rent",
        "je dois coucher avec mes enfants dans la voiture, je ne peux pas payer le loyer",
    ],
)
def test_who_shares_a_bed_with_children_is_not_taken_for_that(bare: Danger, text: str) -> None:
    assert bare.assess(text).urgency is Urgency.NONE


@pytest.mark.night
def test_stems_never_hide_a_match(danger: Danger) -> None:
    """A stem is a short cut: every training sentence that a pattern matches holds one of its stems."""
    from bot.text.normalise import clean, fold
    from bot.training.danger import corpus

    read = corpus.read(SETTINGS.parent.parent)
    lines = [line for line in read if line.lang in ("nl", "fr", "en") and line.kind == "danger"]
    texts = [fold(clean(line.text)) for line in lines]
    for pattern in patterns.load():
        hidden = [t for t in texts if not any(stem in t for stem in pattern.stems) and pattern.match.search(t)]
        assert not hidden, (pattern.id, hidden[:3])


@pytest.mark.parametrize("source", ["(help", "{nobody} help"])
def test_a_broken_pattern_is_named_before_training_and_judges_nobody(source: str) -> None:
    broken = patterns.Pattern("en.broken", "confined", "emergency", ("help",), source, {})
    whole = patterns.load()
    patterns.check(whole)
    with pytest.raises(patterns.PatternError, match=r"en\.broken"):
        patterns.check([*whole, broken])
    text = "help me i am in danger"
    assert patterns.find(patterns.Patterns([broken, *whole]), text) == patterns.find(whole, text) != []


@pytest.mark.parametrize("words", ["cuu voi ", "help me please ", "救命救救我"])
def test_words_of_haste_over_and_over_are_read_in_time(words: str) -> None:
    """Where a word of haste is made of two others, twenty in a row can be read in a million ways, which takes hours.
    A minute is against hanging alone."""
    known = [pattern for pattern in patterns.load() if pattern.plain and any(stem in words for stem in pattern.stems)]
    assert known
    for pattern in known:
        Budget().search(pattern.match, words * 40 + "x")  # raises Spent


def test_a_broken_model_stops_the_start(tmp_path: Path, danger: Danger) -> None:
    source = SETTINGS.parent.parent / "models" / "danger"
    shutil.copytree(source, tmp_path / "danger")
    (tmp_path / "danger" / "danger.npz").write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(ModelError):
        Danger.load(tmp_path, SETTINGS)


@pytest.mark.parametrize(
    ("section", "key", "value"), [("thresholds", "danger", 1.5), ("thresholds", "ask", 0.9), ("patterns", "trusted", 0)]
)
def test_thresholds_that_make_no_sense_stop_the_start(tmp_path: Path, section: str, key: str, value: float) -> None:
    content = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    content[section][key] = value
    broken = tmp_path / "danger.yml"
    broken.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(DangerSettingsError):
        Danger.load(tmp_path, broken)
