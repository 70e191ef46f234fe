"""How often something may be done before it is slowed down: messages of one conversation, those of all conversations of
one source together, and return codes that one chat of Telegram tries. Never a block by address, and never in the way of
a message that is dangerous: the service asks only after the assessment. What a new talk of the web costs while very
many begin is `admission.py`'s."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

TOGETHER: Final = 5
"""Conversations that write as much as one may, from one source, before the source is slowed down: a shelter's twenty
people behind one address write less than that together."""

LONG_TALK: Final = 4000
"""Messages of both sides, after which a talk grows slowly: whatever somebody sends, it does not fill the disk. People
write tens, seldom hundreds."""
KEPT_OF_LONG: Final = 1
"""Messages a minute that are kept of a long talk, and as many dangerous ones again."""

PICTURES: Final = 6
"""Pictures a minute of one conversation; `TOGETHER` times that of one source."""

_source: ContextVar[str | None] = ContextVar("source", default=None)


@contextmanager
def counted_for(source: str | None) -> Iterator[None]:
    """What is taken within is on the account of this (hashed) source, too. A door says whose it is, since the service
    has no request; None: it is on nobody's."""
    before = _source.set(source)
    try:
        yield
    finally:
        _source.reset(before)


def accounted() -> str | None:
    """Return on whose account it is now."""
    return _source.get()


class TooMany(Exception):
    """Too often; nothing was stored. `retry_after` is in whole seconds, at least 1."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many")
        self.retry_after = retry_after


class Limits:
    """Counts in the memory of this process: a limit is a courtesy here, not a fact to keep."""

    def __init__(self, messages_per_minute: int, conversations_per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._message = RateLimitItemPerMinute(messages_per_minute)
        self._together = RateLimitItemPerMinute(TOGETHER * messages_per_minute)
        self._conversation = RateLimitItemPerMinute(conversations_per_minute)
        self._picture = RateLimitItemPerMinute(PICTURES)
        self._pictures = RateLimitItemPerMinute(TOGETHER * PICTURES)
        self._long = RateLimitItemPerMinute(KEPT_OF_LONG)

    async def long_talk(self, conversation: int, length: int, *, danger: bool) -> None:
        """One more message of a talk that has `length`; those in danger have a count of their own. Raises `TooMany`."""
        if length >= LONG_TALK:
            await self._hit(self._long, "danger" if danger else "long", str(conversation))

    async def message(self, conversation: int) -> None:
        """One message of a conversation, and of its source, where a door has told it. Raises `TooMany`."""
        await self._hit(self._message, "message", str(conversation))
        source = _source.get()
        if source is not None:
            await self._hit(self._together, "source", source)

    async def picture(self, conversation: int) -> None:
        """One picture of a conversation, and of its source: each costs the work of making it anew. Raises `TooMany`."""
        await self._hit(self._picture, "picture", str(conversation))
        if (source := _source.get()) is not None:
            await self._hit(self._pictures, "pictures", source)

    async def conversation(self, source: str) -> None:
        """One more conversation that a (hashed) source begins or opens. Raises `TooMany`."""
        await self._hit(self._conversation, "conversation", source)

    async def _hit(self, item: RateLimitItemPerMinute, *identifiers: str) -> None:
        if not await self._limiter.hit(item, *identifiers):
            wait = (await self._limiter.get_window_stats(item, *identifiers)).reset_time - time.time()
            raise TooMany(max(1, math.ceil(wait)))
