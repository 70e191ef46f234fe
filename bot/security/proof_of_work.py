"""Work that can be checked at once: numbers whose SHA-256, with a text nobody could know before, begins with zeros.

Several small puzzles and not a large one: how long it takes then hardly depends on luck, and a person who waits for a
phone has none to spare. `bot/web/visitor/static/work.js` solves the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

PARTS = 4
"""So many numbers are to be found: 2**2, so each puzzle has two bits less than the whole."""

DIGITS = 12
"""Digits of one number, at most."""


def zeros(digest: bytes) -> int:
    """How many bits at the front are zero."""
    return 8 * len(digest) - int.from_bytes(digest, "big").bit_length()


def is_solution(text: str, part: int, number: str, bits: int) -> bool:
    """Whether `number` solves one part of a puzzle of `bits` (the whole takes about 2**bits hashes)."""
    return zeros(hashlib.sha256(f"{text}:{part}:{number}".encode("utf-8", "replace")).digest()) >= bits - 2


def solved(text: str, bits: int, numbers: Sequence[str]) -> bool:
    """Whether these are the numbers: as many as there are parts, each short and of digits."""
    return len(numbers) == PARTS and all(
        number.isascii() and number.isdigit() and len(number) <= DIGITS and is_solution(text, part, number, bits)
        for part, number in enumerate(numbers)
    )
