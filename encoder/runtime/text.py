"""Make any string safe and short before it reaches a tokenizer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from encoder.runtime.invisible import seen

MAX_CHARACTERS = 2000
_RAW_LIMIT = 20_000
LEAST_WORDS, LEAST_LETTERS, LEAST_DENSE = 3, 12, 4
"""Words, or letters, that make a message one that others lean on; of scripts without blanks, their letters."""
_DENSE = "\u2e80"
RECENT = 3
"""Messages before one in whose light it is read; the first of a conversation comes on top of them."""


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


def can_be_leant_on(text: str) -> bool:
    """Return whether a later message may be read in the light of ``text``: a word or two say too little."""
    dense = sum(letter >= _DENSE for letter in text)
    return len(text.split()) >= LEAST_WORDS or len(text) >= LEAST_LETTERS or dense >= LEAST_DENSE


def leant_on(earlier: Sequence[str], newest: str = "") -> tuple[str, ...]:
    """Return what a message is read in the light of, newest first: the last ``RECENT`` of what was written ``earlier``
    (newest last) that can be leant on, and the first, which often says who writes. ``newest`` is what was asked last,
    by a button too."""
    able = [text for text in earlier if can_be_leant_on(text)]
    if newest and not (able and able[-1].endswith(newest)):
        able.append(newest)
    recent = able[::-1][:RECENT]
    return (*recent, able[0]) if len(able) > RECENT else tuple(recent)


def _ends(text: str, limit: int) -> str:
    """Keep the first and the last half of ``limit`` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return text[:half] + " " + text[-(limit - half - 1) :]
