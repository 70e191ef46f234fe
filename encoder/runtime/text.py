"""Make any string safe and short before it reaches a tokenizer."""

from __future__ import annotations

import unicodedata

from encoder.runtime.invisible import seen

MAX_CHARACTERS = 2000
_RAW_LIMIT = 20_000
BEFORE = 160
"""Characters of the message before that are kept in front of one that follows it."""
_THEN = " » "


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return ``text`` in NFKC, with single spaces, no control characters and none that are not seen,
    at most ``limit`` characters.

    Of a text that is too long the beginning and the end are kept: what someone needs is often said last. Lone
    surrogates become ``?``. The raw text is cut first, so that the work is bounded whatever comes in; it is
    cut again after NFKC, which can make one character (U+FDFA) into eighteen.
    """
    text = _ends(text, _RAW_LIMIT).encode("utf-8", "replace").decode("utf-8")
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _ends(" ".join(seen(text).split()), limit * 2))
    text = "".join(c if c.isprintable() or unicodedata.category(c) == "Cf" else " " for c in text)
    return _ends(" ".join(text.split()), limit)


def after(before: str, text: str) -> str:
    """Return ``text`` as it is read after the message ``before``, of which the end is kept."""
    return before.strip()[-BEFORE:] + _THEN + text


def last(text: str) -> str:
    """Return what follows in the result of ``after``; any other text as it is."""
    return text.rpartition(_THEN)[2]


def _ends(text: str, limit: int) -> str:
    """Keep the first and the last half of ``limit`` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return text[:half] + " " + text[-(limit - half - 1) :]
