"""A bounded wait for something that few can do at once: who finds it full is told, who has gone holds no place."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """As many wait as may."""


class HungUp(Exception):
    """Nobody waits for this any more."""


class WaitingRoom:
    """`at_once` are served, at most `seats` wait, in the order in which they came."""

    def __init__(self, at_once: int, seats: int) -> None:
        self._free = at_once
        self._seats = seats
        self._waiting: deque[asyncio.Future[bool]] = deque()

    @asynccontextmanager
    async def served(self, gone: asyncio.Future[None] | None = None) -> AsyncIterator[None]:
        """For the length of the block. `gone` is done when whoever asked has hung up: their seat is free at once.
        Raises `Full`, `HungUp`."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(gone)
        try:
            yield
        finally:
            self._next()

    async def _wait(self, gone: asyncio.Future[None] | None) -> None:
        if len(self._waiting) >= self._seats:
            raise Full
        seat: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(seat)

        def leave(_: object) -> None:
            if not seat.done():
                self._waiting.remove(seat)
                seat.set_result(False)

        if gone is not None:
            gone.add_done_callback(leave)
        try:
            if not await seat:
                raise HungUp
        except asyncio.CancelledError:
            if seat.done() and not seat.cancelled() and seat.result():
                self._next()
            elif seat in self._waiting:
                self._waiting.remove(seat)
            raise
        finally:
            if gone is not None:
                gone.remove_done_callback(leave)

    def _next(self) -> None:
        while self._waiting:
            seat = self._waiting.popleft()
            if not seat.done():
                seat.set_result(True)
                return
        self._free += 1
