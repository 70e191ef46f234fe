"""Whether the page of a person is open, as far as this gateway process knows. Nothing of it is written down."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

MOST = 20_000
"""Conversations of which it is remembered when their page was closed."""


class Pages:
    """The open pages, by conversation: each has a stream."""

    def __init__(self) -> None:
        self._open: Counter[int] = Counter()
        self._shut: OrderedDict[int, datetime] = OrderedDict()
        self._watched: set[int] = set()

    @contextmanager
    def one(self, number: int, now: Callable[[], datetime], changed: Callable[[], None]) -> Iterator[None]:
        """Count one open page for the length of the block. `changed` is called when the first page of a watched
        conversation opens, or its last one closes."""
        self._open[number] += 1
        if self._open[number] == 1:
            self._tell(number, changed)
        try:
            yield
        finally:
            self._open[number] -= 1
            if not self._open[number]:
                del self._open[number]
                self._shut.pop(number, None)
                self._shut[number] = now()
                while len(self._shut) > MOST:
                    self._shut.popitem(last=False)
                self._tell(number, changed)

    def watch(self, number: int) -> tuple[bool, datetime | None] | None:
        """Return whether a page is open, and since when none is; None where nothing is known. The next change is
        told."""
        self._watched.add(number)
        if number in self._open:
            return True, None
        return (False, self._shut[number]) if number in self._shut else None

    def _tell(self, number: int, changed: Callable[[], None]) -> None:
        if number in self._watched:
            self._watched.discard(number)
            changed()
