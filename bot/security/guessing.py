"""Failed log-ins, counted so that whoever guesses is slowed down and nobody else is.

By name alone, whoever types a colleague's name wrongly again and again would keep that colleague out, at night too. So
a browser that has logged in by that name before has a count of its own; a stranger has one for each name and source;
and what all strangers together have failed at a name costs them work (`admission.py`), and nobody a wait.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from datetime import timedelta

from bot.domain.names import name_key
from bot.domain.ports import Clock
from bot.security.rate_limits import TooMany

FREE_FAILURES = 5
LONGEST_DELAY = 60
"""Seconds."""
FORGOTTEN = timedelta(hours=1)

KNOWN_FOR = timedelta(days=90)
"""After the last log-in by a name on a device."""
MOST_NAMES = 8
"""Of those who share a device, the last ones."""
_ID = 16


def delay(failures: int) -> int:
    """Seconds from the last failure to the next try."""
    return 0 if failures < FREE_FAILURES else min(2 ** min(failures - FREE_FAILURES, 10), LONGEST_DELAY)


def work(failures: int) -> int:
    """Bits of work for a stranger, by what strangers have failed at this name lately; 0: none."""
    return 0 if failures < FREE_FAILURES else 14 + min(4, (failures - FREE_FAILURES) // 10)


class Attempts:
    """Of strangers, by name and (hashed) source, in the memory of this process: an address outlives it in no form."""

    def __init__(self, clock: Clock, limit: int = 50_000) -> None:
        self._clock = clock
        self._limit = limit
        self._failed: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def refuse_haste(self, name: str, source: str) -> None:
        """Raises `TooMany` for who has just failed too often from there."""
        failures, at = self._of(name, source)
        left = at + delay(failures) - self._now()
        if 0 < left <= LONGEST_DELAY:  # not when the clock was set back
            raise TooMany(int(left) + 1)

    def failed(self, name: str, source: str) -> None:
        """One more."""
        key = (name_key(name), source)
        self._failed[key] = (self._of(name, source)[0] + 1, self._now())
        self._failed.move_to_end(key)
        while len(self._failed) > self._limit:
            self._failed.popitem(last=False)

    def _now(self) -> float:
        return self._clock().timestamp()

    def _of(self, name: str, source: str) -> tuple[int, float]:
        failures, at = self._failed.get((name_key(name), source), (0, 0.0))
        return (failures, at) if self._now() - at < FORGOTTEN.total_seconds() else (0, 0.0)


class Devices:
    """Knows a browser again by a cookie: a number that says nothing, and for each name that has logged in there a mark
    that only this can make. It names nobody, and lets nobody in. Every gateway has the same `key` (32 bytes)."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:device").digest()
        self._clock = clock

    def known(self, cookie: str, name: str) -> bytes | None:
        """The device's number, when somebody of that name has logged in on it lately."""
        device, marks = _read(cookie)
        now = int(self._clock().timestamp())
        good = [end > now and hmac.compare_digest(mark, self._mark(device, end, name)) for end, mark in marks]
        return device if any(good) else None

    def marked(self, cookie: str, name: str) -> str:
        """The cookie after somebody of that name has logged in."""
        device, marks = _read(cookie)
        now = int(self._clock().timestamp())
        others = [
            (end, mark) for end, mark in marks if end > now and mark != self._mark(device, end, name)
        ]  # what is not ours stays, and is worth nothing
        ends = now + int(KNOWN_FOR.total_seconds())
        kept = [*others, (ends, self._mark(device, ends, name))][-MOST_NAMES:]
        return ".".join([_text(device), *(f"{end}-{_text(mark)}" for end, mark in kept)])

    def _mark(self, device: bytes, end: int, name: str) -> bytes:
        said = device + end.to_bytes(8, "big") + name_key(name).encode("utf-8", "replace")
        return hashlib.blake2b(said, key=self._key, digest_size=16).digest()


def _read(cookie: str) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Number and marks; a new number for a cookie that is none."""
    first, *rest = cookie[:1000].split(".")
    try:
        device = _bytes(first)
        parts = [part.split("-", 1) for part in rest[:MOST_NAMES]]
        marks = [(int(end), _bytes(mark)) for end, mark in parts if len(end) <= 12 and end.isascii() and end.isdigit()]
        if len(device) == _ID:
            return device, marks
    except (ValueError, binascii.Error):
        pass
    return secrets.token_bytes(_ID), []


def _text(raw: bytes) -> str:
    return base64.b16encode(raw).decode().lower()


def _bytes(text: str) -> bytes:
    return base64.b16decode(text, casefold=True)
