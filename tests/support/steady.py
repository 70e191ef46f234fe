"""A clock of seconds that moves only when a test moves it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Steady:
    """Seconds of a clock that never jumps."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now
