"""Which training sentences are kept back from tuning the encoder, and which are shown to the models on top of it.

A sentence the encoder was tuned on gets a vector that is surer of itself than the vector of a new sentence is. Whatever
sets a confidence or a threshold must therefore look only at sentences that were kept back, here, by their text alone:
a sentence stays on its side when others come and go, and in whatever file or language it stands.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

PARTS = 25
HELD = frozenset({3, 11, 19})
"""Three of 25 parts: 12 % of the sentences."""
SHOWN = frozenset({0})
LATER = Path(__file__).with_name("later.txt")
"""Sums (CRC-32, hex) of the sentences that came after the encoder was tuned. Whoever tunes it anew empties the file."""
_LATER = frozenset(int(line, 16) for line in LATER.read_text(encoding="ascii").split())


def _sum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def is_never_tuned_on(text: str) -> bool:
    """Whether no round of tuning may learn from ``text``."""
    return _sum(text) % PARTS in HELD


def is_held_out(text: str) -> bool:
    """Whether the encoder was not tuned on ``text``: it was kept back, or came later."""
    number = _sum(text)
    return number % PARTS in HELD or number in _LATER


def is_taught(text: str) -> bool:
    """Whether the models on the encoder's vectors learn from this sentence.

    What the encoder has learned they need not be shown once more: all that it has not, and one in five of the others,
    give as good models in half of the time.
    """
    return is_held_out(text) or _sum(text) % PARTS % 5 in SHOWN


def held_out(texts: Sequence[str]) -> np.ndarray:
    """The same for many: bool of shape (len(texts),)."""
    return np.fromiter((is_held_out(text) for text in texts), bool, len(texts))
