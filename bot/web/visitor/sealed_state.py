"""What a browser holds of a talk, so that it is worth nothing once the talk is closed there.

Without scripts a page carries the conversation's token from step to step, sealed, in a hidden field. A browser keeps
what a form sent: in the tab's history, and in a file so that a closed tab can be opened again. So the field is worth
nothing without the gateway's key, opens the talk for a short time only, and nothing at all once the person has left
(the token inside is dead then).

With scripts a page keeps return code, draft and unsent messages over a reload, sealed under a key that it asks for
again with its token. A browser writes down what a page keeps, and leaves it there: it opens as long as the token does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.storage.sealing.envelopes import SealingError, unwrap, wrap

READABLE = timedelta(minutes=30)
"""How long a page that was made can open the talk again."""

_ROW = "talk"


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """`fresh`: still within the time. A slip that is not may bring a message, and shows nothing."""

    token: str
    code: str
    language: str
    fresh: bool = True

    def __repr__(self) -> str:
        return f"Slip(fresh={self.fresh}, ...)"


class Slips:
    """Writes and reads slips. Every gateway has the same `key` (32 bytes); the database has it not."""

    def __init__(self, key: bytes, clock: Callable[[], datetime]) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:talk").digest()
        self._clock = clock

    def write(self, slip: Slip) -> str:
        """The value of the field, made now: plain characters."""
        said = [int(self._clock().timestamp()), slip.token, slip.code, slip.language]
        return base64.urlsafe_b64encode(wrap(self._key, json.dumps(said).encode(), _ROW)).decode()

    def read(self, field: str) -> Slip | None:
        """The slip of a field; None for what we did not write."""
        try:
            made, token, code, language = json.loads(unwrap(self._key, _decoded(field), _ROW))
        except (SealingError, ValueError, binascii.Error):
            return None
        age = self._clock().timestamp() - made
        return Slip(token, code, language, fresh=age < READABLE.total_seconds())


class TabKeys:
    """Makes the keys of what pages with scripts keep. Nothing of them is stored: a key is made anew of the `key` of the
    installation (32 bytes, the same at every gateway) and a token. Whoever asks has shown that the token is good."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:tab").digest()

    def of(self, token: str) -> str:
        """Return the 32 bytes that belong to a token, in Base64."""
        return base64.b64encode(hashlib.blake2b(token.encode(), digest_size=32, key=self._key).digest()).decode()


def _decoded(field: str) -> bytes:
    return base64.b64decode(field, altchars=b"-_", validate=True)
