"""Waiting that a clock which jumps does not disturb.

What is stored is a time of day: it must survive a restart. From the first moment that this process sees it, a clock
counts that never jumps, so whoever sets the machine's clock back by an hour makes nobody in danger wait an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import datetime, timedelta


class Timers:
    """`clock` tells the time of day, `steady` seconds of a clock that only goes on."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float]) -> None:
        self._clock = clock
        self._steady = steady
        self._ends: dict[Hashable, float] = {}

    def over(self, key: Hashable, due_at: datetime, longest: timedelta) -> bool:
        """Whether what is due at `due_at` is due now; seen for the first time, no later than after `longest`."""
        if key not in self._ends:
            left = min(max((due_at - self._clock()).total_seconds(), 0.0), longest.total_seconds())
            self._ends[key] = self._steady() + left
        return self._steady() >= self._ends[key]

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forgets everything else."""
        for key in self._ends.keys() - set(keys):
            del self._ends[key]
