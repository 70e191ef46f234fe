"""The recovery key as it is printed: 27 English words (BIP 39), with a checksum, whole or in two halves.

32 random bytes, before them one byte that says what it is, after them four of a checksum: 296 bits, eleven a word. A
half alone says nothing about the key: the first is random, the second is the key under the first (XOR). Four letters of
each word are enough, and capitals and line ends do not matter.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bot.storage.database.errors import RecoveryRefused
from bot.storage.sealing.envelopes import KEY_BYTES, KeyPair, digest, pair_of
from bot.storage.sealing.return_codes import words_of

WHOLE, FIRST, SECOND = b"\x10", b"\x11", b"\x12"
NAMES = {WHOLE: "the whole key", FIRST: "the first half", SECOND: "the second half"}
WORDS = 27
_CHECK = 4
_SIZE = 1 + KEY_BYTES + _CHECK
_LETTERS = 4
_BITS = 11


def printed(pair: KeyPair, *, split: bool) -> list[str]:
    """The private half as one line for paper, or as two for two people."""
    if not split:
        return [_line(WHOLE, pair.private)]
    half = secrets.token_bytes(KEY_BYTES)
    return [_line(FIRST, half), _line(SECOND, _xor(pair.private, half))]


def read(lines: Sequence[str]) -> KeyPair:
    """The key from what was typed: one line, or both halves in any order. Raises `RecoveryRefused`, which holds nothing
    of it."""
    found = dict(part(line) for line in lines)
    if len(found) == len(lines) and found.keys() == {WHOLE}:
        return pair_of(found[WHOLE])
    if len(found) == len(lines) and found.keys() == {FIRST, SECOND}:
        return pair_of(_xor(found[FIRST], found[SECOND]))
    raise RecoveryRefused("the recovery key is one paper of 27 words, or the two different halves of one key")


def part(line: str) -> tuple[bytes, bytes]:
    """What a line is (a key of `NAMES`), and its 32 bytes. Raises `RecoveryRefused`."""
    typed = line.casefold().split()
    if len(typed) != WORDS:
        raise RecoveryRefused(f"that is {len(typed)} words, and should be {WORDS}")
    places = {word[:_LETTERS]: place for place, word in enumerate(words_of("en"))}
    number = 0
    for position, word in enumerate(typed, 1):
        place = places.get(word[:_LETTERS])
        if place is None:
            raise RecoveryRefused(f"word {position} is in no recovery key")
        number = number << _BITS | place
    if number.bit_length() > _SIZE * 8:
        raise RecoveryRefused("the recovery key is not complete, or a word is wrong")
    raw = number.to_bytes(_SIZE, "big")
    kind, secret = raw[:1], raw[1:-_CHECK]
    if kind not in NAMES or raw[-_CHECK:] != _checksum(raw[:-_CHECK]):
        raise RecoveryRefused("the recovery key is not complete, or a word is wrong")
    return kind, secret


def _line(kind: bytes, secret: bytes) -> str:
    body = kind + secret
    number = int.from_bytes(body + _checksum(body), "big")
    words = words_of("en")
    return " ".join(words[number >> _BITS * place & (1 << _BITS) - 1] for place in reversed(range(WORDS)))


def _checksum(body: bytes) -> bytes:
    return digest(body.hex(), b"inloop:recover")[:_CHECK]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
