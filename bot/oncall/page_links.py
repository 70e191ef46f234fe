"""The link on a page: signed, good for one page and for a time, and worth nothing but a tap on "I am coming"."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

_MARK = 16
_FORM = 1


class Links:
    """Signs and reads links. Every gateway has the same `key` (32 bytes); the database has it not."""

    def __init__(self, key: bytes, lasts: timedelta, clock: Callable[[], datetime]) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:link").digest()
        self._lasts = lasts
        self._clock = clock

    def sign(self, page: int) -> str:
        """What stands in the address of page `page` from now on, for the time that links last."""
        ends = int((self._clock() + self._lasts).timestamp())
        said = bytes([_FORM]) + page.to_bytes(6, "big") + ends.to_bytes(6, "big")
        return base64.urlsafe_b64encode(said + self._mark(said)).decode().rstrip("=")

    def read(self, token: str) -> tuple[int, bool] | None:
        """The number of the page and whether the link still lasts; None: nobody signed it."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        said, mark = raw[:-_MARK], raw[-_MARK:]
        if len(said) != 13 or said[0] != _FORM or not hmac.compare_digest(mark, self._mark(said)):
            return None
        return int.from_bytes(said[1:7], "big"), self._clock().timestamp() < int.from_bytes(said[7:], "big")

    def _mark(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, "sha256")[:_MARK]
