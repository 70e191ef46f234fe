"""`inloop evaluate-talks`: conversations measured through `inloop converse`, and the page about them."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.cli.commands.converse import converse
from bot.evaluation import talks
from bot.evaluation.talks import LOOKED_AT, Figures
from bot.settings import Settings

HEAD = """\
# How well conversations are held

Made by `inloop evaluate-talks` from the conversations of [tests/talks](../tests/talks/README.md), which were written
apart from all training data. Each figure: share (Wilson 95 % interval; number of cases). Thresholds were looked at on
nl, en and ro.
"""


def run_all(settings: Settings, found: Mapping[str, list[dict[str, Any]]]) -> dict[str, Mapping[str, Any]]:
    """What `inloop converse` says of the conversations, by id."""
    lines = [
        json.dumps({"id": talk["id"], "lang": language, "turns": [str(turn["text"]) for turn in talk["turns"]]})
        for language, their in found.items()
        for talk in their
    ]
    sink = io.StringIO()
    asyncio.run(converse(lines, settings, sink))
    return {line["id"]: line for line in map(json.loads, sink.getvalue().splitlines())}


def run(settings: Settings, folder: Path, report: Path) -> int:
    """Writes the page; the exit code."""
    found = talks.read(folder)
    results = run_all(settings, found)

    def of(languages: Iterable[str]) -> Figures:
        return talks.measure((talk for code in languages for talk in found[code]), results)

    others = [code for code in found if code not in LOOKED_AT]
    together = {"all": of(found), "looked at": of(c for c in found if c in LOOKED_AT), "the others": of(others)}
    by_language = {code: of([code]) for code in found}
    report.write_text("\n".join([HEAD, *talks.page(by_language, together), ""]), encoding="utf-8")
    return 0
