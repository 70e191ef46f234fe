"""More examples out of the written ones: messages that run several things together, as frightened people do.

Lines are only put together within one fold, so that cross-validation stays honest.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from bot.training.danger.corpus import DANGER, ORDINARY, Line
from bot.training.danger.fitting import FOLDS

PER_LANGUAGE: Final = 40
"""How many of each of the three kinds are made for a language."""
JOINED: Final = "joined"
"""The `kind` of a harmless message that was put together; a danger that was stays "danger"."""


def fold_of(line: Line) -> int:
    """The fold of a line: by its text, so that it stays when other lines come and go."""
    return _sum(f"{line.lang}\0{line.text}") % FOLDS


def drawn(texts: Sequence[str], count: int) -> np.ndarray:
    """Places of `count` of the `texts` (all, where there are fewer), in a fixed order. Which, is told by each text
    alone: one more or less changes next to none, and no other judgement with it."""
    sums = np.array([_sum(f"landmark {text}") for text in texts], np.int64)
    return np.argsort(sums, kind="stable")[:count]


def joined(lines: list[Line]) -> list[tuple[Line, int]]:
    """Pairs (line, fold): danger after or before something ordinary, and harmless things in a row. Drawn by the text
    as well."""
    pools: dict[tuple[str, int, str], list[tuple[int, Line]]] = defaultdict(list)
    for line in lines:
        kind = line.kind if line.kind in (DANGER, ORDINARY) else "safe"
        pools[line.lang, fold_of(line), kind].append((_sum(line.text), line))
    made: list[tuple[Line, int]] = []
    for lang in sorted({line.lang for line in lines}):
        for number in range(PER_LANGUAGE):
            fold = number % FOLDS
            danger, ordinary, safe = (pools[lang, fold, kind] for kind in (DANGER, ORDINARY, "safe"))
            if not (danger and len(ordinary) > 1 and safe):
                continue
            place = f"{lang} {number}"
            serious, plain = _one(danger, f"{place} danger"), _one(ordinary, f"{place} plain")
            other, alarming = _one(ordinary, f"{place} other"), _one(safe, f"{place} safe")
            pair = [plain.text, serious.text]
            made.append((replace(serious, text=" ".join(pair if _sum(place) % 2 else pair[::-1])), fold))
            made.append((Line(f"{plain.text} {other.text}", lang, kind=JOINED), fold))
            made.append((Line(f"{other.text} {alarming.text}", lang, kind=JOINED), fold))
    return made


def _one(pool: Sequence[tuple[int, Line]], place: str) -> Line:
    """The line whose sum is nearest to that of `place`."""
    wanted = _sum(place)
    return min(pool, key=lambda entry: entry[0] ^ wanted)[1]


def _sum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))
