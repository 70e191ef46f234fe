"""What `content/danger.yml` says of its thresholds is what its costs give; broken costs stop the start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.training.danger import corpus
from bot.understanding.danger.thresholds import DangerSettingsError, load
from tests.model.danger.conftest import ROOT, SETTINGS

TEXT = " ".join(SETTINGS.read_text(encoding="utf-8").replace("\n#", "\n").split())
FOUND = load(SETTINGS)


def said(pattern: str) -> float:
    (number,) = set(re.findall(pattern, TEXT))
    return float(number)


def test_the_threshold_that_the_costs_give_is_what_the_text_says_and_danger_is_not_below_it() -> None:
    others = said(r"calibrate \(1 : ([0-9.]+)\)")
    by_costs = FOUND.by_costs(others)
    assert by_costs == pytest.approx((19 / 20 / others) / (1 + 19 / 20 / others)), "with 20 and one in 20"
    assert said(r"by them alone it would be ([0-9.]+[0-9])") == round(by_costs, 2)
    assert said(r"calibrated probability of ([0-9.]+) is where the two costs meet") == round(by_costs, 2)
    assert by_costs <= FOUND.danger


def test_what_a_missed_danger_costs_at_the_threshold_is_said() -> None:
    others, odds = said(r"calibrate \(1 : ([0-9.]+)\)"), FOUND.danger / (1 - FOUND.danger)
    assert said(r"at ([0-9.]+) a danger that is passed over counts") == FOUND.danger
    assert said(r"passed over counts as ([0-9]+) false alarms") == round((FOUND.one_in - 1) / others / odds)


@pytest.mark.night  # reads all sentences
def test_the_harmless_lines_to_a_danger_are_as_many_as_it_says() -> None:
    """Those that were kept from the encoder: by them alone the model is calibrated."""
    lines = corpus.read(ROOT)
    kept = [line for line in lines if corpus.is_unseen(line)]
    dangers = sum(line.kind == corpus.DANGER for line in kept)
    assert (len(kept) - dangers) / dangers == pytest.approx(said(r"calibrate \(1 : ([0-9.]+)\)"), abs=0.15)


def test_the_threshold_of_an_emergency_is_what_its_cost_gives() -> None:
    assert FOUND.emergency == pytest.approx(1 / (1 + FOUND.missed_emergency))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("missed_danger: 20", "missed_danger: 0"),
        ("missed_emergency: 1.5", "missed_emergency: -1"),
        ("one_in: 20", "one_in: 1"),
        (", one_in: 20", ""),
    ],
)
def test_costs_that_make_no_sense_stop_the_start(tmp_path: Path, old: str, new: str) -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "danger.yml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DangerSettingsError):
        load(tmp_path / "danger.yml")
