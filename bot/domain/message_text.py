"""What may come in as a message, and in what shape it goes on."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = {"Cc", "Cs"}  # control characters and lone surrogates
KEPT = {"\n", "\t"}


class Refused(ValueError):
    """A message that is not taken. `code` is the contract's error code, `words` the key of what the person reads."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(text: str, limit: int) -> str:
    """`text` as it is stored and understood: no control characters, no lone surrogates (U+FFFD stands for each), no
    space around it. Raises `Refused("empty")` or `Refused("too_long")` (more than `limit` characters)."""
    if len(text) > limit:
        raise Refused("too_long")
    text = "".join(
        ch if ch in KEPT or unicodedata.category(ch) not in INVISIBLE else "\ufffd" if ch >= "\ud800" else " "
        for ch in text
    ).strip()
    if not text.strip("\ufffd \n\t"):
        raise Refused("empty")
    return text


def plain(text: str) -> str:
    """`text` as the engine may see it. Rasa takes what begins with `/`, after any blank of Unicode, for a forged
    intent: so it begins with neither. As `neutral` in the engine's `reading.py`, which trusts nobody to have done it.
    """
    return re.sub(r"^[\s/\x00-\x20\u200b\ufeff]+", "", text) or "?"
