"""Text made comparable and its hashed character n-grams; danger and language share it, which may not import each other.

Everything is vectorised over the code points, so that a message of 50 words costs about a tenth of a millisecond, in
training and in production alike, with the same buckets in every process and on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from encoder.runtime.invisible import seen

LIMIT = 4000
"""Characters of a message that are looked at: half from its beginning, half from its end."""

AT_ONCE = 100
"""Texts whose n-grams are computed together: what is computed then stays in the processor's cache."""

_RAW_LIMIT = 20_000
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200c\u2028\u2029\s]+")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})
_LETTERS = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "ĳ": "ij", "ð": "d", "þ": "th"}
    | {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": ""}
)
_MARKS = re.compile(r"[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def clean(text: object, limit: int = LIMIT) -> str:
    """`text` in NFKC with single spaces, without control characters and signs that are not seen (between Arabic or
    Indian letters a non-joiner is a space), at most `limit` characters; never raises.

    Whatever is not a string becomes an empty one. Lone surrogates become `?`. Of a text that is too long the
    beginning and the end are kept: what somebody needs is often said last.
    """
    if not isinstance(text, str):
        return ""
    text = ends(text, _RAW_LIMIT)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8", "replace").translate(_APOSTROPHES)
        text = seen(text).replace("\u200d", "")
        text = unicodedata.normalize("NFKC", ends(text, 2 * limit))
    return ends(_UNPRINTABLE.sub(" ", text.replace("`", "'")).strip(), limit)


def fold(text: str) -> str:
    """Return a clean text in lower case, without diacritics, drawn-out letters shortened: "Héééélp" becomes "heelp"."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text))).translate(_LETTERS)
    return _REPEATED.sub(r"\1\1", text)


def buckets(text: str, bits: int, sizes: Sequence[int] = (2, 3, 4, 5), *, words: bool = False) -> np.ndarray:
    """Return the sorted distinct buckets (int64, each < 2**bits) of the character n-grams of `text`.

    N-grams stay within a word and its borders (one space on each side); `words` adds pairs of neighbouring words.
    """
    return _distinct([text], bits, sizes, words)[0]


def rows(
    texts: Sequence[str], bits: int, sizes: Sequence[int] = (2, 3, 4, 5), *, words: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """`buckets` of many texts at once, a third of the time for each: those of all, one after the other, and how many
    each has (n,), int64."""
    found = [_distinct(texts[start : start + AT_ONCE], bits, sizes, words) for start in range(0, len(texts), AT_ONCE)]
    nothing = np.zeros(0, np.int64)
    return np.concatenate([nothing, *(one for one, _ in found)]), np.concatenate([nothing, *(n for _, n in found)])


def _distinct(texts: Sequence[str], bits: int, sizes: Sequence[int], words: bool) -> tuple[np.ndarray, np.ndarray]:
    whole = "".join(f" {text} " for text in texts)
    codes = np.frombuffer(whole.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    # Whose each code point is: what reaches from one text into the next is none of either.
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), [len(text) + 2 for text in texts])
    space = codes == 32
    before = np.concatenate(([0], np.cumsum(space)))
    shift = np.uint64(64 - bits)
    found = []
    for size in sizes:
        count = len(codes) - size + 1
        if count <= 0:
            break
        hashes = np.full(count, size, np.uint64)
        for offset in range(size):
            hashes = (hashes + codes[offset : offset + count]) * _MULTIPLIER
            hashes ^= hashes >> np.uint64(29)
        inner = before[size - 1 : size - 1 + count] - before[1 : 1 + count]
        whose = owner[:count]
        own = (inner == 0) & (whose == owner[size - 1 :])
        found.append(whose[own] << bits | ((hashes[own] * _MIX) >> shift).astype(np.int64))
    if words:
        found.append(_word_pairs(codes, space, owner, bits))
    keys = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    return keys & ((1 << bits) - 1), np.bincount(keys >> bits, minlength=len(texts)).astype(np.int64)


def _word_pairs(codes: np.ndarray, space: np.ndarray, owner: np.ndarray, bits: int) -> np.ndarray:
    """Return the buckets of each two neighbouring words, with the number of the text that they are of above it."""
    ends = np.flatnonzero(space)
    powers = (codes + np.uint64(7)) * _MULTIPLIER
    powers ^= powers >> np.uint64(31)
    # A word is the sum of its letters, each mixed with its place in the word: one cumulative sum gives all words.
    place = np.arange(len(codes), dtype=np.uint64) - np.maximum.accumulate(
        np.where(space, np.arange(len(codes)), 0)
    ).astype(np.uint64)
    mixed = powers * (place * np.uint64(2) + np.uint64(1)) * _MIX
    total = np.cumsum(np.where(space, np.uint64(0), mixed), dtype=np.uint64)
    word = total[ends[1:]] - total[ends[:-1]]
    if len(word) < 2:
        return np.zeros(0, np.int64)
    pair = (word[:-1] * _MULTIPLIER ^ (word[1:] >> np.uint64(17))) + word[1:]
    whose = owner[ends]
    own = whose[:-2] == whose[2:]
    found: np.ndarray = whose[:-2][own] << bits | ((pair[own] * _MIX) >> np.uint64(64 - bits)).astype(np.int64)
    return found


def ends(text: str, limit: int) -> str:
    """Return `text`; of one longer than `limit` characters, its first and last halves of that length."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return text[:half] + " " + text[-(limit - half - 1) :]
