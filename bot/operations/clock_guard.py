"""Whether the time of day can be believed before anything is deleted by it.

A clock that is a year ahead for an hour would delete every talk. So nothing is deleted by a clock that has jumped while
this process ran, or that is before the last run or long after it: not until a day has passed with the clock as it is
now, which a gateway that was off for a week waits for too, or until somebody says that it is right
(`inloop purge --yes`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

JUMP = timedelta(hours=1)
AWAY = timedelta(days=3)
"""After the last run, at the start of a process."""
BELIEVED = timedelta(days=1)


def likely(now: datetime, last: datetime | None) -> bool:
    """Whether it can be `now`, when the last run was then."""
    return last is None or last - JUMP <= now <= last + AWAY


class ClockGuard:
    """`steady` counts seconds and never jumps."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steady = steady
        self._known: tuple[datetime, float] | None = None
        self._doubted: tuple[datetime, float] | None = None

    def trusts(self, last: datetime | None) -> bool:
        """Whether to go on now; `last`: when it last did, here or in another process."""
        now, counted = self._clock(), self._steady()
        confirmed = self._doubted is not None and last is not None and abs(now - last) <= JUMP
        good = likely(now, last) if self._known is None else self._goes(self._known, now, counted)
        if not good and not confirmed:
            if self._doubted is None or not self._goes(self._doubted, now, counted):
                self._doubted = (now, counted)
            if counted - self._doubted[1] < BELIEVED.total_seconds():
                return False
        self._known, self._doubted = (now, counted), None
        return True

    @staticmethod
    def _goes(since: tuple[datetime, float], now: datetime, counted: float) -> bool:
        """Whether the clock has gone as far as time has passed."""
        at, before = since
        return abs(now - at - timedelta(seconds=counted - before)) <= JUMP
