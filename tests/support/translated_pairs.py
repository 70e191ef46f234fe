"""Pairs of a sentence and its translation by other hands, and what of them the checks mark."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from bot.translation import check


def marked(path: Path, names: Collection[str]) -> tuple[Counter[str], Counter[str], Counter[str], int]:
    """By kind: how many `bad` translations there are in the file, how many of them are marked, and how many `good`
    ones are; and the number of lines."""
    bad, found, wrongly = Counter[str](), Counter[str](), Counter[str]()
    pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for pair in pairs:
        wrongly[pair["kind"]] += bool(check([(pair["x"], pair["good"])], pair["s"], pair["t"], names))
        if "bad" in pair:
            bad[pair["kind"]] += 1
            found[pair["kind"]] += bool(check([(pair["x"], pair["bad"])], pair["s"], pair["t"], names))
    return bad, found, wrongly, len(pairs)
