"""How many streams one conversation may have open. One more ends the oldest: whoever has a talk open in a new place
goes on there, and a thousand streams of one token are as many as a few."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

MOST = 6


async def whole[T](reading: Coroutine[Any, Any, T]) -> T:
    """Reads to the end though whoever listens hangs up meanwhile. The stream is then cancelled again and again, and a
    reading that is cut off twice leaves its connection to SQLite half closed, which asyncio reports as an error."""
    return await asyncio.shield(asyncio.get_running_loop().create_task(reading))


class Streams:
    """The open streams of this process, by conversation."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._open: defaultdict[int, list[object]] = defaultdict(list)

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    @contextmanager
    def one(self, conversation: int, wake: Callable[[], None]) -> Iterator[Callable[[], bool]]:
        """One stream, for the length of the block. The value says whether it may go on; `wake` makes the others ask."""
        stream, streams = object(), self._open[conversation]
        streams.append(stream)
        if len(streams) > self._most:
            del streams[0]
            wake()
        try:
            yield lambda: stream in streams
        finally:
            if stream in streams:
                streams.remove(stream)
            if not streams:
                self._open.pop(conversation, None)
