"""What patterns and guards found in a text, as numbers the model weighs beside its own two views."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import numpy as np

from bot.understanding.danger import context_guards
from bot.understanding.danger.budget import Budget, Spent
from bot.understanding.danger.context_guards import Guard
from bot.understanding.danger.patterns import ASK, Hit

NAMES: Final = (*(guard.value for guard in Guard), "emergency", "urgent", "excused")


def of(folded: str, hits: Sequence[Hit], budget: Budget | None = None) -> np.ndarray:
    """0/1 float32 of shape (len(NAMES),).

    Guards anywhere in the text, patterns that count, patterns that are excused. Plain ones need no weighing. When the
    `budget` is spent, no guard is found.
    """
    hits = [hit for hit in hits if not hit.plain]
    found: frozenset[Guard] = frozenset()
    with suppress(Spent):
        found = context_guards.anywhere(folded, budget)
    counted = {hit.urgency for hit in hits if hit.counts}
    excused = any(not hit.counts and hit.urgency != ASK for hit in hits)
    flags = [guard in found for guard in Guard] + ["emergency" in counted, "urgent" in counted, excused]
    return np.array(flags, np.float32)
