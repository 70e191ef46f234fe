"""Alarms that are probably one sender's: many talks of one source that are in danger within minutes.

Nobody's card is slowed down by it, and no alarm is dropped or kept from ringing. But on the desk a flood is one row
that counts and can be opened, and on a phone one page that counts, so that a real alarm beside it is not buried. The
first alarms of each source are rows of their own, and so is a conversation that a caseworker has joined. How old a
conversation is changes nothing: a sender can prepare old ones. Sources are kept in the memory of this process only, and
are never stored.
"""

from __future__ import annotations

import itertools
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

FREE = 3
"""Talks of one source in danger within `WINDOW` that stand for themselves: a house may have several people in it."""
WINDOW = 300.0
OVER = 600.0
"""Seconds without a further alarm after which a flood is over; what comes then may be another."""
LONGEST = 12 * 3600.0
"""Seconds that a talk counts as part of its flood."""


@dataclass(slots=True)
class _Sender:
    """A source that alarms: when of late, and the number of its flood while there is one."""

    at: deque[float] = field(default_factory=lambda: deque(maxlen=FREE + 1))
    flood: int | None = None


class AlarmFloods:
    """`now` is a monotonic clock; of more than `limit` talks or sources the oldest are forgotten, and with them that
    they were part of a flood."""

    def __init__(self, now: Callable[[], float] = time.monotonic, limit: int = 50_000) -> None:
        self._now = now
        self._limit = limit
        self._senders: OrderedDict[str, _Sender] = OrderedDict()
        self._talks: OrderedDict[int, tuple[int | None, float]] = OrderedDict()
        """The flood of each talk that has alarmed, or None: then it stands for itself, and goes on to."""
        self._number = itertools.count(1)
        self._last = -math.inf
        """When a talk was last found to be part of one."""

    def alarmed(self, conversation: int, source: str | None) -> None:
        """Notes that a talk of a (hashed) source is in danger; each talk counts once. Without a source it stands for
        itself."""
        now = self._now()
        flood, since = self._talks.get(conversation, (0, -math.inf))
        if flood is None or now - since < LONGEST:
            return
        flood = None if source is None else self._flood_from(source, now)
        if flood is not None:
            self._last = now
        self._put(self._talks, conversation, (flood, now))

    def _flood_from(self, source: str, now: float) -> int | None:
        """Return the flood that one more alarm of `source` belongs to."""
        sender = self._senders.get(source) or _Sender()
        self._put(self._senders, source, sender)
        if sender.at and now - sender.at[-1] > OVER:
            sender.flood = None
        sender.at.append(now)
        if sender.flood is None and len(sender.at) > FREE and now - sender.at[0] < WINDOW:
            sender.flood = next(self._number)
        return sender.flood

    def taken(self, conversation: int) -> None:
        """Notes that a caseworker has taken it: from here on it stands for itself."""
        self._put(self._talks, conversation, (None, self._now()))

    def flood(self, conversation: int) -> int | None:
        """Return the number of the flood that a talk is part of."""
        found, at = self._talks.get(conversation, (None, 0.0))
        return found if self._now() - at < LONGEST else None

    def any(self) -> bool:
        """Return whether any talk can be part of a flood."""
        return self._now() - self._last < LONGEST

    def _put[K, V](self, into: OrderedDict[K, V], key: K, value: V) -> None:
        into[key] = value
        into.move_to_end(key)
        while len(into) > self._limit:
            into.popitem(last=False)
