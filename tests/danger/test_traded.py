"""Somebody is sold, under age with clients, or pays a debt with sex: 469 messages in seventeen languages.

`traded.jsonl` was written apart from `data/traded`, by other hands, before the model of it was learned. Of its 299 that
are no harmless ones the model of danger alone flagged 142, asked about 62 and passed over 95.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.model import Assessment, Urgency
from bot.understanding.danger import Danger
from bot.understanding.danger.model_files import ModelError
from encoder.encoder import Encoder

from .conftest import SETTINGS, Assess

DATA = Path(__file__).parents[2] / "data" / "traded"
LINES = [json.loads(line) for line in Path(__file__).with_name("traded.jsonl").read_text(encoding="utf-8").splitlines()]
SIGNALS = {"debt": {"sexual_violence"}, "minor": {"child_at_risk", "sexual_violence"}, "sold": {"being_moved"}}


@pytest.fixture(scope="module")
def said(assess: Assess) -> list[tuple[str, str, Assessment]]:
    """(kind, language, what is said of it) of every line."""
    return [(line["kind"], line["lang"], assess(line["text"], lang=line["lang"])) for line in LINES]


def flagged(one: Assessment) -> bool:
    return one.urgency is not Urgency.NONE


@pytest.mark.parametrize("kind", SIGNALS)
def test_it_is_seen_or_at_least_asked_about(said: list[tuple[str, str, Assessment]], kind: str) -> None:
    found = [one for what, _, one in said if what == kind]
    assert sum(map(flagged, found)) >= 0.7 * len(found)
    assert sum(flagged(one) or one.ask for one in found) >= 0.93 * len(found)
    named = [bool(set(one.signals) & SIGNALS[kind]) for one in found if flagged(one)]
    assert sum(named) >= 0.8 * len(named)


def test_in_no_language_is_much_of_it_passed_over(said: list[tuple[str, str, Assessment]]) -> None:
    silent = Counter(lang for kind, lang, one in said if kind in SIGNALS and not flagged(one) and not one.ask)
    assert max(silent.values(), default=0) <= 3  # of 17 or 18


def test_what_only_has_its_words_is_left_alone(said: list[tuple[str, str, Assessment]]) -> None:
    harmless = [one for kind, _, one in said if kind == "harmless"]
    assert sum(map(flagged, harmless)) <= 0.13 * len(harmless)


def test_a_caseworker_sees_what_it_is_like(assess: Assess) -> None:
    """Where the model of danger alone says nothing; then it is urgent, and no emergency."""
    one = assess("nog 40 klanten en dan is mijn visum betaald", lang="nl")
    assert one.urgency is Urgency.URGENT
    assert "sexual_violence" in one.signals
    [like] = [why.removeprefix("like: ") for why in one.why]
    assert like in (DATA / "nl.yml").read_text(encoding="utf-8"), "in the person's language"


def test_without_it_danger_is_seen_as_before(danger: Danger, assess: Assess, tmp_path: Path) -> None:
    assert danger.traded is not None
    shutil.copytree(Path(__file__).parents[2] / "models" / "danger", tmp_path / "danger")
    (tmp_path / "danger" / "traded.json").unlink()
    alone = Danger.load(tmp_path, SETTINGS)
    assert alone.traded is None
    assert flagged(alone.assess("hij heeft een mes en staat voor de deur", lang="nl"))


def test_a_broken_file_of_it_stops_the_start(danger: Danger, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "models" / "danger", tmp_path / "danger")
    (tmp_path / "danger" / "traded.npz").write_bytes(b"PK")
    with pytest.raises(ModelError):
        Danger.load(tmp_path, SETTINGS)


def test_it_only_ever_raises_and_needs_a_vector(danger: Danger, encoder_folder: Path) -> None:
    bare, lines = replace(danger, traded=None), LINES[::7]
    for line, vector in zip(lines, Encoder(encoder_folder).encode([line["text"] for line in lines]), strict=True):
        alone = bare.assess(line["text"], vector=vector, lang=line["lang"])
        found = danger.assess(line["text"], vector=vector, lang=line["lang"])
        assert found.urgency.rank >= alone.urgency.rank
        assert found.ask >= alone.ask or flagged(found)
        assert danger.assess(line["text"], lang=line["lang"]) == bare.assess(line["text"], lang=line["lang"])
