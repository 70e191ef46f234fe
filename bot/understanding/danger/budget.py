"""What patterns may cost: one account of processor time for all of them, for each reading of a message."""

from __future__ import annotations

import math
import time
from typing import Final

import regex

SECONDS: Final = 0.03
"""Of the processor. All patterns take a three hundredth of it on an ordinary message, half on the worst one known."""

HELD: Final = 0.002
"""Seconds that one search may keep every other thread waiting: `regex` lets them work meanwhile only if it is told to
before it begins, and for a short search that costs more than it gives."""


class Spent(Exception):
    """Nothing is left: what was not looked for by now is not known."""


class Budget:
    """Searches as long as there is something left. Of one thread, for one text."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds
        self.spent = False
        """Whether something was not looked for."""

    def search(self, pattern: regex.Pattern[str], text: str) -> regex.Match[str] | None:
        """As `pattern.search(text)`; raises `Spent`."""
        if math.isinf(self._left):
            return pattern.search(text)
        longest, concurrent = HELD, False
        while self._left > 0:
            began = time.thread_time()
            try:
                return pattern.search(text, timeout=min(longest, self._left), concurrent=concurrent)
            except TimeoutError:  # by a clock that the other threads turn too: only what this one took is counted
                longest, concurrent = SECONDS, True
            finally:
                self._left -= time.thread_time() - began
        self.spent = True
        raise Spent
