"""How often something came lately, for many at once: two numbers each, fading, and never more than so many of them."""

from __future__ import annotations

import math
from collections import OrderedDict


class Recent:
    """`count` of a key is about how often it came within the last `seconds`. Of more than `limit` keys those are
    forgotten that have been away longest."""

    def __init__(self, seconds: float = 60.0, limit: int = 50_000) -> None:
        self._seconds = seconds
        self._limit = limit
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def count(self, key: str, now: float) -> float:
        """At `now`, in seconds of a clock that should only go forward."""
        count, at = self._seen.get(key, (0.0, now))
        return count * math.exp(min(0.0, at - now) / self._seconds)

    def last(self, key: str) -> float:
        """When it came for the last time; long ago, if it never did."""
        return self._seen.get(key, (0.0, -math.inf))[1]

    def add(self, key: str, now: float, weight: float = 1.0) -> float:
        """Counts one more, or `weight` more; the count with it."""
        count = self.count(key, now) + weight
        self._seen[key] = (count, now)
        self._seen.move_to_end(key)
        while len(self._seen) > self._limit:
            self._seen.popitem(last=False)
        return count
