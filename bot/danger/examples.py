"""More examples out of the written ones: messages that run several things together, as frightened people do.

Lines are only put together within one fold, so that cross-validation stays honest.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from dataclasses import replace
from typing import Final

from bot.danger.data import DANGER, ORDINARY, Line
from bot.danger.fitting import FOLDS

PER_LANGUAGE: Final = 40
"""How many of each of the three kinds are made for a language."""
JOINED: Final = "joined"
"""The `kind` of a harmless message that was put together; a danger that was stays "danger"."""


def fold_of(line: Line) -> int:
    """The fold of a line: by its text, so that it stays when other lines come and go."""
    return zlib.crc32(f"{line.lang}\0{line.text}".encode("utf-8", "replace")) % FOLDS


def joined(lines: list[Line]) -> list[tuple[Line, int]]:
    """Pairs (line, fold): danger after or before something ordinary, and harmless things in a row."""
    pools: dict[tuple[str, int, str], list[Line]] = defaultdict(list)
    for line in lines:
        kind = line.kind if line.kind in (DANGER, ORDINARY) else "safe"
        pools[line.lang, fold_of(line), kind].append(line)
    made: list[tuple[Line, int]] = []
    for lang in sorted({line.lang for line in lines}):
        dice = random.Random(f"joined {lang}")
        for number in range(PER_LANGUAGE):
            fold = number % FOLDS
            danger, ordinary, safe = (pools[lang, fold, kind] for kind in (DANGER, ORDINARY, "safe"))
            if not (danger and len(ordinary) > 1 and safe):
                continue
            serious, plain, other, alarming = *(dice.choice(p) for p in (danger, ordinary)), *_two(dice, ordinary, safe)
            pair = [plain.text, serious.text]
            dice.shuffle(pair)
            made.append((replace(serious, text=" ".join(pair)), fold))
            made.append((Line(f"{plain.text} {other.text}", lang, kind=JOINED), fold))
            made.append((Line(f"{other.text} {alarming.text}", lang, kind=JOINED), fold))
    return made


def _two(dice: random.Random, first: list[Line], second: list[Line]) -> tuple[Line, Line]:
    return dice.choice(first), dice.choice(second)
