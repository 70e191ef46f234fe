"""Which pages one phone gets by themselves: a flood of alarms must not make the one real call unheard.

What is part of no flood goes out at once, always. Of a flood one page a minute goes out by itself; the others wait for
a moment, and then go out as one page that counts them. Nothing is left out, and nothing waits longer than a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

MINUTE = 60.0
GATHER = 10.0
"""Seconds that the first page of a digest waits for others."""


class Paged(Protocol):
    @property
    def addressee(self) -> int: ...
    @property
    def conversation(self) -> int: ...


class Brake[P: Paged]:
    """`flood`: the flood that a conversation's alarm is part of. `steady` counts seconds and never jumps."""

    def __init__(self, flood: Callable[[int], int | None], steady: Callable[[], float] = time.monotonic) -> None:
        self._flood = flood
        self._steady = steady
        self._alone_at: dict[tuple[int, int], float] = {}
        self._held: dict[int, list[P]] = {}
        self._due: dict[int, float] = {}

    def at_once(self, pages: Sequence[P]) -> list[P]:
        """Return those that go out now, the ones that are part of no flood first; the others are kept here until their
        digest is due."""
        alone: list[P] = []
        first: list[P] = []
        for page in pages:
            flood = self._flood(page.conversation)
            if flood is None:
                alone.append(page)
            elif self._passes(page, flood):
                first.append(page)
        return alone + first

    def _passes(self, page: P, flood: int) -> bool:
        now, who = self._steady(), page.addressee
        if now - self._alone_at.get((who, flood), now - MINUTE) >= MINUTE:
            self._alone_at[who, flood] = now
            return True
        if who not in self._held:
            self._held[who] = []
            self._due[who] = max(now + GATHER, self._due.get(who, now - MINUTE) + MINUTE)
        self._held[who].append(page)
        return False

    def digests(self) -> list[list[P]]:
        """Return what is due, each list to go out as one page to one addressee; at most one a minute for each."""
        now = self._steady()
        self._alone_at = {key: at for key, at in self._alone_at.items() if now - at < MINUTE}
        return [self._held.pop(who) for who in [who for who in self._held if self._due[who] <= now]]
