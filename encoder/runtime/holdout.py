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
NEEDED = Path(__file__).with_name("needed.txt")
"""Sums of dangers, and of what is like them, that the models on the vectors are shown all the same: one in five of what
is told in one breath with a complaint, and every harmless line with the plain words of danger (docs/decisions/0025)."""
_NEEDED = frozenset(int(line, 16) for line in NEEDED.read_text(encoding="ascii").split())


def _sum(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def is_never_tuned_on(text: str) -> bool:
    """Whether no round of tuning may learn from ``text``."""
    return _sum(text) % PARTS in HELD


def is_held_out(text: str) -> bool:
    """Whether the encoder was not tuned on ``text``: it was kept back, or came later."""
    number = _sum(text)
    return number % PARTS in HELD or number in _LATER


def is_needed(text: str) -> bool:
    """Whether the models on the vectors learn from ``text``, though it is neither new to the encoder nor of a language
    with few sentences."""
    return _sum(text) in _NEEDED


def is_taught(text: str) -> bool:
    """Whether ``text`` was not learned by the encoder, or is among one in five of what was."""
    return is_held_out(text) or _sum(text) % PARTS % 5 in SHOWN


def held_out(texts: Sequence[str]) -> np.ndarray:
    """The same for many: bool of shape (len(texts),)."""
    return np.fromiter((is_held_out(text) for text in texts), bool, len(texts))
