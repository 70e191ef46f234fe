"""What says of a row that this program wrote it: a mark under a key that is not in the database.

Public keys that others are sealed to stand in the database, and so does who has which role. Whoever can write there
could put their own in their place. They cannot make the mark beside it.
"""

from __future__ import annotations

import hmac
import json
from hashlib import blake2b

from bot.storage.sealing.envelopes import digest

Part = bytes | str | int | bool | None


class Voucher:
    """Makes and checks marks. `root`: the key outside the database; without one nothing that a gateway marked holds."""

    def __init__(self, root: bytes = b"") -> None:
        self._key = digest(root.hex(), b"inloop:root")

    def mark(self, what: str, *parts: Part) -> bytes:
        """The mark of a row: of its kind, and of everything in it that decides who reads."""
        said = [part.hex() if isinstance(part, bytes) else part for part in parts]
        return blake2b(json.dumps([what, *said]).encode(), digest_size=32, key=self._key).digest()

    def holds(self, mark: bytes | None, what: str, *parts: Part) -> bool:
        """Whether this is the row's mark."""
        return mark is not None and hmac.compare_digest(bytes(mark), self.mark(what, *parts))
