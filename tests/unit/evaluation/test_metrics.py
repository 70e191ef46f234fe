"""The figures of an evaluation, on lines whose figures can be counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.metrics import MEASURES, Share, evaluate, table, write


def row(name: str, urgency: str = "none", kind: str = "ordinary", **more: Any) -> dict[str, Any]:
    base = {"id": name, "text": "x", "lang": "nl", "topic": None, "urgency": urgency, "signals": [], "kind": kind}
    return {**base, **more}


ROWS = [
    row("d1", "emergency", "danger", signals=["confined", "weapon"]),
    row("d2", "emergency", "danger", signals=["weapon"]),
    row("d3", "urgent", "danger", signals=["debt"]),
    row("s1", kind="safe"),
    row("o1", topic="shelter"),
    row("o2", topic="cost", lang="fr"),
]
RESULTS: list[dict[str, Any]] = [
    {"id": "o2", "language": "fr", "topic": "cost", "urgency": "none", "signals": []},
    {"id": "d1", "language": "nl", "topic": "x", "urgency": "emergency", "signals": ["weapon"]},
    {"id": "d2", "language": "nl", "topic": "x", "urgency": "urgent", "signals": ["confined"]},
    {"id": "d3", "language": None, "topic": "x", "urgency": "none", "signals": []},
    {"id": "s1", "language": "nl", "topic": "x", "urgency": "urgent", "signals": ["weapon"]},
    {"id": "o1", "error": "too long"},
]


def test_every_measure_is_counted_as_it_says() -> None:
    shares = evaluate(ROWS, RESULTS).overall.shares
    assert {key: (share.hits, share.n) for key, share in shares.items()} == {
        "recall": (2, 3),
        "precision": (2, 3),
        "safe_flagged": (1, 1),
        "ordinary_flagged": (0, 2),
        "emergency": (1, 2),
        "level": (1, 3),
        "signal": (1, 2),
        "topic": (1, 2),
        "language": (4, 6),
    }


def test_what_went_wrong_is_named_by_id_only() -> None:
    found = evaluate(ROWS, RESULTS)
    assert (found.missed, found.false_alarms, found.errors) == (("d3",), ("s1",), ("o1",))


def test_a_line_without_a_result_counts_as_wrong() -> None:
    found = evaluate([row("d", "emergency", "danger", signals=["weapon"])], [])
    assert found.overall.shares["recall"] == Share(0, 1)


def test_languages_are_kept_apart() -> None:
    found = {figures.name: figures.shares for figures in evaluate(ROWS, RESULTS).languages}
    assert found["fr"]["topic"] == Share(1, 1)
    assert found["nl"]["topic"] == Share(0, 1)


def test_one_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        evaluate([row("a"), row("a")], [])


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(9, 10, 0.596, 0.982), (0, 20, 0.0, 0.161), (50, 50, 0.929, 1.0)]
)
def test_the_interval_is_wilsons(hits: int, n: int, low: float, high: float) -> None:
    assert Share(hits, n).interval == pytest.approx((low, high), abs=0.001)


def test_the_page_has_a_row_for_each_language_and_no_text(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "evaluation.md"
    write(evaluate([{**line, "text": "a person wrote this"} for line in ROWS], RESULTS), page)
    content = page.read_text(encoding="utf-8")
    assert content == table(evaluate(ROWS, RESULTS))
    assert "a person wrote this" not in content
    assert all(measure.title in content for measure in MEASURES.values())
    assert content.count("\n| nl |") == content.count("\n| fr |") == 1
