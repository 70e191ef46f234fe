"""What cross-validation says of a trained model: figures per language for given thresholds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from bot.domain.signals import SIGNALS
from bot.training.danger.corpus import DANGER, ORDINARY, Line
from bot.training.danger.examples import JOINED

MOST: Final = 3
POINTS: Final = (0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)


def summary(lines: list[Line], held_out: dict[str, np.ndarray]) -> dict[str, Any]:
    """Recall and false alarms over all languages at several thresholds, for both modes."""
    return {
        mode: [{"threshold": point, **rates(lines, values, point)} for point in POINTS]
        for mode, values in held_out.items()
    }


def rates(
    lines: list[Line], values: np.ndarray, danger: float, emergency: float = 0.4, signal: float = 0.25
) -> dict[str, float]:
    """Shares (0..1) among the held-out probabilities `values` (n, heads); rows that were put together are left out."""
    kinds = np.array([line.kind for line in lines])
    known = ~np.isnan(values[:, 0])
    flagged = np.nan_to_num(values[:, 0]) >= danger
    dangers = (kinds == DANGER) & known
    ordinary = (kinds == ORDINARY) & known
    safe = ~np.isin(kinds, (DANGER, ORDINARY, JOINED)) & known
    urgent = np.array([line.urgency for line in lines])
    emergencies = dangers & (urgent == "emergency")
    rows = np.flatnonzero(dangers)
    order = np.argsort(-values[rows, 2:], axis=1)[:, :MOST]
    named = [
        {SIGNALS[int(i)] for place, i in enumerate(best) if place == 0 or values[row, 2 + i] >= signal}
        for best, row in zip(order, rows, strict=True)
    ]
    right = [bool(names & set(lines[row].signals)) for names, row in zip(named, rows, strict=True)]
    return {
        "recall": _share(flagged, dangers),
        "alarming_but_safe": _share(flagged, safe),
        "ordinary": _share(flagged, ordinary),
        "emergency_as_emergency": _share(flagged & (values[:, 1] >= emergency), emergencies),
        "urgent_as_emergency": _share(flagged & (values[:, 1] >= emergency), dangers & (urgent == "urgent")),
        "signal_right": round(float(np.mean(right)), 4) if right else float("nan"),
        "signals_named": round(float(np.mean([len(names) for names in named])), 2) if named else float("nan"),
    }


def _share(mask: np.ndarray, among: np.ndarray) -> float:
    return round(float(mask[among].mean()), 4) if among.any() else float("nan")
