"""How often something may be done before it is slowed down: messages of one conversation, and return codes that one
chat of Telegram tries. Never a block by address, and never in the way of a message that is dangerous: the service asks
only after the assessment. What a new talk of the web costs while very many begin is `admission.py`'s."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter


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
        self._conversation = RateLimitItemPerMinute(conversations_per_minute)

    async def message(self, conversation: int) -> None:
        """One message of a conversation. Raises `TooMany`."""
        await self._hit(self._message, "message", str(conversation))

    async def conversation(self, source: str) -> None:
        """One more conversation that a (hashed) source begins or opens. Raises `TooMany`."""
        await self._hit(self._conversation, "conversation", source)

    async def _hit(self, item: RateLimitItemPerMinute, *identifiers: str) -> None:
        if not await self._limiter.hit(item, *identifiers):
            wait = (await self._limiter.get_window_stats(item, *identifiers)).reset_time - time.time()
            raise TooMany(max(1, math.ceil(wait)))
