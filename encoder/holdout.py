"""Which training sentences are kept back from tuning the encoder.

A sentence the encoder was tuned on gets a vector that is surer of itself than the vector of a new sentence is. Whatever
sets a confidence or a threshold must therefore look only at sentences that were kept back, here, by their text alone:
a sentence stays on its side when others come and go, and in whatever file or language it stands.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

PARTS = 25
HELD = frozenset({3, 11, 19})
"""Three of 25 parts: 12 % of the sentences."""


def is_held_out(text: str) -> bool:
    """Whether ``text`` was kept back from tuning."""
    return zlib.crc32(text.encode("utf-8", "replace")) % PARTS in HELD


def held_out(texts: Sequence[str]) -> np.ndarray:
    """The same for many: bool of shape (len(texts),)."""
    return np.fromiter((is_held_out(text) for text in texts), bool, len(texts))
