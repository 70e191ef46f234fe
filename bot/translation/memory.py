"""What was translated, for the pages that ask again: in the memory of this process, and not for long."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

CONVERSATIONS, TEXTS, SECONDS = 200, 300, 1800.0
"""What is kept at most: conversations, texts of each, seconds of each text since it was translated."""

Key = tuple[bytes, str, str]
"""A digest of the text, and the two languages."""


class Kept[Value]:
    """One conversation's."""

    __slots__ = ("_now", "_texts")

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._texts: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._texts)

    def get(self, key: Key) -> Value | None:
        since, value = self._texts.get(key, (0.0, None))
        return value if value is not None and self._now() - since < SECONDS else None

    def put(self, key: Key, value: Value) -> None:
        self._texts[key] = self._now(), value
        self._texts.move_to_end(key)
        if len(self._texts) > TEXTS:
            self._texts.popitem(last=False)

    def tidied(self) -> float | None:
        """Without what is too old; since when the oldest of the rest is kept."""
        before = self._now() - SECONDS
        while self._texts:
            since, _ = next(iter(self._texts.values()))
            if since > before:
                return since
            self._texts.popitem(last=False)
        return None


class Memory[Value]:
    """By conversation. What is too old goes by itself, whether or not anybody asks.

    `of` gives out a conversation's own texts. Who translates puts the result there: when the conversation was forgotten
    meanwhile, these are nobody's any more, and go with whoever holds them.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: OrderedDict[int, Kept[Value]] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(len(kept) for kept in self._kept.values())

    def of(self, conversation: int) -> Kept[Value]:
        kept = self._kept.get(conversation)
        if kept is None:
            kept = self._kept[conversation] = Kept(self._now)
            if len(self._kept) > CONVERSATIONS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(conversation)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SECONDS, self.tidy)
        return kept

    def forget(self, conversation: int) -> None:
        self._kept.pop(conversation, None)

    def tidy(self) -> None:
        """Lets go of what is too old, and comes back when the next is."""
        self._stop()
        oldest: float | None = None
        for conversation, kept in list(self._kept.items()):
            since = kept.tidied()
            if since is None:
                del self._kept[conversation]
            elif oldest is None or since < oldest:
                oldest = since
        if oldest is not None:
            wait = max(oldest + SECONDS - self._now(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(wait, self.tidy)

    def close(self) -> None:
        """Nothing is kept."""
        self._stop()
        self._kept.clear()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
