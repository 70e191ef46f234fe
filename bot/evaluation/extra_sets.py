"""Figures on further folders of test sentences beside those of `tests/nlu`: `docs/evaluation-further.json`.

`inloop evaluate --data tests/nlu/<folder> --report ... --keep docs/evaluation-further.json` measures one of them and
keeps the means; the page of `inloop evaluate` shows what was kept, with its date and number of sentences.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from bot.evaluation.metrics import MEASURES, Evaluation

SHOWN: Final = (
    "recall",
    "precision",
    "safe_flagged",
    "ordinary_flagged",
    "emergency",
    "level",
    "signal",
    "topic",
    "language",
)
HOW: Final = {
    "unseen": "nothing was chosen by them",
    "unseen_again": "nothing was chosen by them",
    "unseen_third": "nothing was chosen by them",
    "harder": "written to be hard, nothing was learned from them",
}


def keep(
    evaluation: Evaluation, groups: Mapping[str, Collection[str]], name: str, about: Mapping[str, Any], path: Path
) -> None:
    """Put the means of the folder `name` beside those of others at `path`; `about` has its date and its sentences.

    Raises `ValueError` when the file is not what this wrote.
    """
    told = _read(path)
    told[name] = {
        "about": dict(about),
        "groups": {
            group: {key: cell for key in SHOWN if (cell := _cell(evaluation, members, key)) is not None}
            for group, members in groups.items()
        },
    }
    path.write_text(json.dumps(dict(sorted(told.items())), indent=1) + "\n", encoding="utf-8")


def section(path: Path) -> list[str]:
    """Markdown lines of what was kept. Empty without a file. Raises `ValueError` when the file is another."""
    told = _read(path)
    if not told:
        return []
    lines = [
        "## On other sentences",
        "",
        "Means over the languages (the worst of them; number of lines), each folder as it was measured on its day:",
        "`inloop evaluate --data tests/nlu/<folder> --report /tmp/page.md --keep docs/evaluation-further.json`.",
        "",
        "| sentences | languages | " + " | ".join(MEASURES[key].title for key in SHOWN) + " |",
        "| --- | --- |" + " --- |" * len(SHOWN),
    ]
    try:
        for name in sorted(told, key=lambda name: (list(HOW).index(name) if name in HOW else len(HOW), name)):
            about, how = told[name]["about"], HOW.get(name, "")
            what = f"`{name}`, {about['sentences']} on {about['measured']}, flagged from {about['danger']}"
            for group, cells in told[name]["groups"].items():
                shown = (
                    f"{cells[k][0]:.3f} ({cells[k][1]:.2f}; n={cells[k][2]})" if k in cells else "-" for k in SHOWN
                )
                lines.append(f"| {what}{f': {how}' if how else ''} | {group} | " + " | ".join(shown) + " |")
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"{path}: {error!r}") from error
    return [*lines, ""]


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: {error!r}") from error
    if not isinstance(told, dict):
        raise ValueError(f"{path}: is no mapping of folders")
    return told


def _cell(evaluation: Evaluation, members: Collection[str], key: str) -> list[float] | None:
    """Mean, worst and number of lines; None when nothing was counted."""
    shares = [f.shares[key] for f in evaluation.languages if f.name in members and f.shares[key].n]
    if not shares:
        return None
    values = [share.value for share in shares]
    worst = min(values) if MEASURES[key].good else max(values)
    return [round(sum(values) / len(values), 4), round(worst, 4), sum(share.n for share in shares)]
