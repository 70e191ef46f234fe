"""How many streams one conversation may have open. One more ends the oldest: whoever has a talk open in a new place
goes on there, and a thousand streams of one token are as many as a few."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST = 6


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
