"""Figures on further folders of sentences: kept with their day, shown with the worst and the number of lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.evaluation.extra_sets import keep, section
from bot.evaluation.metrics import evaluate, table
from bot.settings import ROOT
from tests.unit.evaluation.test_metrics import RESULTS, ROWS

ABOUT = {"sentences": 6, "measured": "2026-11-29", "danger": 0.3}


def test_what_is_kept_of_two_folders_is_shown_and_one_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / "further.json"
    found = evaluate(ROWS, RESULTS)
    keep(found, {"both": ["nl", "fr"]}, "harder", ABOUT, path)
    keep(found, {"both": ["nl", "fr"]}, "unseen", ABOUT | {"sentences": 7}, path)
    keep(found, {"both": ["nl", "fr"], "one": ["fr"]}, "harder", ABOUT | {"sentences": 8}, path)
    page = "\n".join(section(path))
    assert page.index("`unseen`, 7 on 2026-11-29, flagged from 0.3: nothing was chosen") < page.index("`harder`, 8 on")
    assert page.count("| one | ") == 1
    assert "0.667 (0.67; n=3)" in page, "dangers seen: of one language alone"
    assert "0.500 (0.00; n=2)" in page, "topics: the mean of two languages"
    assert page in table(found, section(path))


def test_without_a_file_nothing_is_shown_and_another_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "further.json"
    assert section(path) == []
    for told in ("[", "[1]", '{"x": {}}', '{"x": {"about": {}, "groups": {}}}'):
        path.write_text(told, encoding="utf-8")
        with pytest.raises(ValueError, match=r"further\.json"):
            section(path)


def test_the_page_of_the_project_says_how_it_does_on_sentences_that_nothing_was_chosen_by() -> None:
    path = ROOT / "docs" / "evaluation-further.json"
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"unseen", "unseen_again", "unseen_third", "harder"}
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert "\n".join(section(path)) in page
    assert "looked at on these very lines" in page
