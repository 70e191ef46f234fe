"""Who is writing at this moment, told to the streams that listen now: no word of it, and nothing is kept for later."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

EVERY = 2.0
"""Seconds between two signs of one writer that are passed on; those in between are dropped."""
MOST = 10_000
"""Writers whose last sign is remembered."""


class Signs:
    """What one stream has not told yet: in what somebody writes, each once."""

    def __init__(self) -> None:
        self._new: dict[int, None] = {}
        self._come = asyncio.Event()

    def add(self, where: int) -> None:
        self._new[where] = None
        self._come.set()

    def drop(self) -> None:
        """Forgets what was not told yet: what was being written has come."""
        self._new.clear()

    async def until(self, waiter: asyncio.Future[None], seconds: float) -> AsyncIterator[int]:
        """Those that come until `waiter` is woken, or for `seconds`: whichever comes first."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not waiter.done() and (left := end - loop.time()) > 0:
            coming = asyncio.ensure_future(self._come.wait())
            either: set[asyncio.Future[Any]] = {waiter, coming}
            try:
                await asyncio.wait(either, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            finally:
                coming.cancel()
            self._come.clear()
            while self._new:
                yield self._new.popitem()[0]


class Writing:
    """`on`: whether it is told at all. `now`: a monotonic clock."""

    def __init__(self, on: bool = True, now: Callable[[], float] = time.monotonic) -> None:
        self._on = on
        self._now = now
        self._last: OrderedDict[str, float] = OrderedDict()
        self._listening: defaultdict[str, list[Signs]] = defaultdict(list)

    def may(self, writer: str) -> bool:
        """Whether a sign of `writer` is passed on now."""
        now = self._now()
        if not self._on or now - self._last.get(writer, -EVERY) < EVERY:
            return False
        self._last[writer] = now
        self._last.move_to_end(writer)
        while len(self._last) > MOST:
            self._last.popitem(last=False)
        return True

    def tell(self, reader: str, where: int) -> None:
        """Somebody writes in `where` what `reader` will read."""
        for signs in self._listening.get(reader, ()):
            signs.add(where)

    @contextmanager
    def listening(self, reader: str) -> Iterator[Signs]:
        """The signs for one stream of `reader`, for the length of the block."""
        signs = Signs()
        self._listening[reader].append(signs)
        try:
            yield signs
        finally:
            self._listening[reader].remove(signs)
            if not self._listening[reader]:
                del self._listening[reader]
