"""Another system's figures beside ours: kept, shown with their intervals, refused when the file is another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot import content
from bot.evaluation.metrics import Evaluation, evaluate
from bot.evaluation.stock_rasa import SHOWN, beside, keep
from bot.settings import CONTENT, ROOT


def found(*languages: str, urgency: str) -> Evaluation:
    """Of each language one danger and one harmless line; both are given `urgency`."""
    rows: list[dict[str, Any]] = [
        {"id": f"{lang}-{kind}", "lang": lang, "topic": None, "urgency": right, "signals": [], "kind": kind}
        for lang in languages
        for kind, right in (("danger", "emergency"), ("ordinary", "none"))
    ]
    return evaluate(rows, [{"id": row["id"], "urgency": urgency} for row in rows])


def test_ours_and_theirs_stand_below_each_other_with_intervals_and_counts(tmp_path: Path) -> None:
    kept = tmp_path / "stock.json"
    keep(found("nl", "fr", urgency="none"), {"epochs": 8}, kept)
    page = "\n".join(beside(found("nl", "de", urgency="emergency"), kept))
    assert "epochs 8" in page
    assert "| nl, ours | 1.00 (0.21-1.00; n=1) | 0.50 (0.09-0.91; n=2) | - | 1.00 (0.21-1.00; n=1) |" in page
    assert "| nl, stock | 0.00 (0.00-0.79; n=1) | - | - | 0.00 (0.00-0.79; n=1) |" in page
    assert "| **mean (worst), ours** | 1.000 (1.00) | 0.500 (0.50) | - | 1.000 (1.00) |" in page
    assert "fr," not in page, "only theirs was measured"
    assert "de," not in page, "only ours was measured"


def test_a_baseline_of_another_number_of_sentences_is_said_to_be_one(tmp_path: Path) -> None:
    kept = tmp_path / "stock.json"
    keep(found("nl", urgency="none"), {"sentences": 7}, kept)
    assert "Not the same sentences" not in "\n".join(beside(found("nl", urgency="none"), kept, 7))
    assert "stock learned from 7, ours from 8" in "\n".join(beside(found("nl", urgency="none"), kept, 8))


def test_without_a_file_nothing_stands_beside(tmp_path: Path) -> None:
    assert beside(found("nl", urgency="none"), tmp_path / "none.json") == []


@pytest.mark.parametrize(
    "told", ["", "[]", "{}", '{"about": {}, "languages": {"nl": {"recall": [1, 2]}}}', '{"about": 1, "languages": {}}']
)
def test_a_file_that_is_another_is_named(tmp_path: Path, told: str) -> None:
    kept = tmp_path / "stock.json"
    kept.write_text(told)
    with pytest.raises(ValueError, match=r"stock\.json"):
        beside(found("nl", urgency="none"), kept)


def test_every_language_that_is_answered_stands_beside_stock() -> None:
    told = json.loads((ROOT / "docs" / "evaluation-stock.json").read_text())
    spoken = {language.code for language in content.load(CONTENT).languages}
    assert set(told["languages"]) == spoken
    assert all(set(counts) == set(SHOWN) for counts in told["languages"].values())
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert all(f"| {code}, stock | " in page for code in spoken)
