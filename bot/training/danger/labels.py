"""What the models are taught of a line, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from bot.training.danger.corpus import DANGER, ORDINARY, Line, is_shown, is_unseen
from bot.understanding.danger.model import HEADS

LEAST: Final = 1e-3
"""The share that a signal nobody has is taken to have."""


def targets(lines: Sequence[Line]) -> np.ndarray:
    """0/1 of shape (n, heads)."""
    found = np.zeros((len(lines), len(HEADS)), np.int8)
    for row, line in zip(found, lines, strict=True):
        row[0] = line.kind == DANGER
        row[1] = line.urgency == "emergency"
        for signal in line.signals:
            row[HEADS.index(signal)] = 1
    return found


def topics(lines: Sequence[Line]) -> list[str]:
    """Those of the ordinary lines, in order."""
    return sorted({line.topic for line in lines if line.kind == ORDINARY})


def kinds(lines: Sequence[Line], known: Sequence[str]) -> np.ndarray:
    """What the letters tell apart, (n,): 0 a danger, 1 what only alarms, and from 2 on each of the topics `known`."""
    number = {topic: place for place, topic in enumerate(known, 2)}
    found = (0 if line.kind == DANGER else 1 if line.kind != ORDINARY else number[line.topic] for line in lines)
    return np.fromiter(found, np.int64, len(lines))


def balance(target: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """What a line with the `target` (n,) 0 or 1 weighs, where `share` of all have 1: so that both weigh the same."""
    return np.where(target, 0.5 / np.maximum(share, LEAST), 0.5 / np.maximum(1 - share, LEAST)).astype(np.float32)


def row(line: Line) -> tuple[str, ...]:
    """All that the models learn of a line, for `encoder.making.differences`."""
    how = f"{'shown' if is_shown(line) else ''} {'unseen' if is_unseen(line) else ''}"
    return line.text, line.lang, line.urgency, " ".join(line.signals), line.kind, line.topic, how


def of_row(told: Sequence[str]) -> tuple[Line, bool, bool]:
    """The line of a `row`, whether the meaning was learned from it, and whether the encoder had not seen it."""
    text, lang, urgency, signals, kind, topic, how = told
    return Line(text, lang, urgency, tuple(signals.split()), kind, topic), "shown" in how, "unseen" in how
