"""Wake-ups within one gateway process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.runtime.presence import Pages
from bot.runtime.writing import Writing


def conversation(number: int) -> str:
    """The topic of one conversation."""
    return f"conversation:{number}"


def desk_of(caseworker: int) -> str:
    """The topic of what is for one caseworker alone."""
    return f"desk:{caseworker}"


DESK = "desk"
CLOSING = 0.1
"""Seconds: who waits once more after the last wake-up goes round no faster than this."""


class Live:
    """`wake(topic)` ends every `wait(topic)` under way. Nothing is queued: who wakes reads the database. `writing`:
    whether people are told that the other side is writing."""

    def __init__(self, writing: bool = True) -> None:
        self._waiting: dict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._closed = False
        self.pages = Pages()
        self.writing = Writing(writing)

    def wake(self, topic: str) -> None:
        for waiter in self._waiting.pop(topic, ()):
            if not waiter.done():
                waiter.set_result(None)

    def listen(self, topic: str) -> asyncio.Future[None]:
        """A future that the next wake-up ends. Take it before reading the database, so that no wake-up falls
        between the reading and the waiting."""
        waiter = asyncio.get_running_loop().create_future()
        if self._closed:
            waiter.set_result(None)
        else:
            self._waiting[topic].add(waiter)
        return waiter

    @contextmanager
    def listening(self, topic: str) -> Iterator[asyncio.Future[None]]:
        """`listen` for the length of the block, however it ends."""
        waiter = self.listen(topic)
        try:
            yield waiter
        finally:
            self.forget(topic, waiter)

    def forget(self, topic: str, waiter: asyncio.Future[None]) -> None:
        """Gives up a `listen` that was not used."""
        waiters = self._waiting.get(topic)
        if waiters is not None:
            waiters.discard(waiter)
            if not waiters:
                del self._waiting[topic]

    async def wait(self, topic: str, waiter: asyncio.Future[None], seconds: float) -> None:
        """Until woken, or for `seconds`: whichever comes first."""
        try:
            if self._closed and waiter.done():
                await asyncio.sleep(min(seconds, CLOSING))
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            pass
        finally:
            self.forget(topic, waiter)

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Wakes everybody for the last time, so that open streams end."""
        self._closed = True
        for topic in list(self._waiting):
            self.wake(topic)
