"""Another system measured on the same test lines, and both side by side: `docs/evaluation-stock.json`.

`scripts/stock_baseline.py` trains Rasa's default pipeline on the sentences that ours learns from, lets it read the test
sentences and keeps the counts. Training it takes hours, so they are kept in the repository and say what they are of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.evaluation.metrics import Evaluation, Figures, Share, average, header

SHOWN: Final = ("recall", "precision", "safe_flagged", "ordinary_flagged", "emergency", "level", "topic")
"""What stock Rasa can be asked too: it names no signal and no language."""

WHOSE: Final = ("ours", "stock")


def keep(evaluation: Evaluation, about: Mapping[str, Any], path: Path) -> None:
    """Write the counts of `evaluation`; `about` says of what: system, sentences, epochs, date."""
    counts = {
        figures.name: {key: [figures.shares[key].hits, figures.shares[key].n] for key in SHOWN}
        for figures in evaluation.languages
    }
    path.write_text(json.dumps({"about": dict(about), "languages": counts}, indent=1) + "\n", encoding="utf-8")


def beside(evaluation: Evaluation, path: Path, sentences: int | None = None) -> list[str]:
    """Markdown lines: ours and the baseline's of each language that both have. Empty without a file.
    When there are `sentences` to learn from by now, and another number then, a line says so.

    Raises `ValueError` when the file is not what `keep` wrote.
    """
    if not path.is_file():
        return []
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        other = {
            name: Figures(name, {key: Share(*shares[key]) for key in SHOWN})
            for name, shares in told["languages"].items()
        }
        then = told["about"].get("sentences")
        about = ", ".join(f"{key} {value}" for key, value in told["about"].items())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: {error!r}") from error
    ours = [figures for figures in evaluation.languages if figures.name in other]
    theirs = [other[figures.name] for figures in ours]
    lines = [
        "## Beside stock Rasa",
        "",
        f"Rasa's default pipeline (`rasa init`), a model of each language, trained on the same sentences ({about}).",
        "Dangers and harmless alarming lines are intents of their own there; it names no signal and no language.",
        "",
    ]
    if sentences is not None and then != sentences:
        lines += [
            f"**Not the same sentences any more:** stock learned from {then}, ours from {sentences}. "
            "`scripts/stock_baseline.py` measures it anew, in hours.",
            "",
        ]
    lines += header(SHOWN)
    for pair in zip(ours, theirs, strict=True):
        for figures, whose in zip(pair, WHOSE, strict=True):
            cells = (str(figures.shares[key]) for key in SHOWN)
            lines.append(f"| {figures.name}, {whose} | " + " | ".join(cells) + " |")
    for some, whose in zip((ours, theirs), WHOSE, strict=True):
        cells = (average(some, key) for key in SHOWN)
        lines.append(f"| **mean (worst), {whose}** | " + " | ".join(cells) + " |")
    return [*lines, ""]
