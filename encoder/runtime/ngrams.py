"""The fallback encoder: hashed character n-grams, no model file needed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from encoder.runtime.text import clean

DIMENSION = 1024
SIZES = (2, 3, 4, 5)


AT_ONCE = 100
"""Texts whose n-grams are computed together: what is computed then stays in the processor's cache."""


def _table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0xEDB88320), table >> 1).astype(np.uint32)
    return table


_TABLE = _table()
"""What CRC-32 (RFC 1952, section 8) makes of each byte."""


def bucket_rows(texts: Sequence[str], modulo: int) -> tuple[np.ndarray, np.ndarray]:
    """The sorted distinct ``buckets`` modulo ``modulo`` of many texts, a fifth of the time for each: those of all, one
    after the other (int32), and how many each has (n,).
    """
    found = [_distinct(texts[start : start + AT_ONCE], modulo) for start in range(0, len(texts), AT_ONCE)]
    columns = [np.zeros(0, np.int32), *(columns for columns, _ in found)]
    return np.concatenate(columns), np.concatenate([np.zeros(0, np.int64), *(counts for _, counts in found)])


def _distinct(texts: Sequence[str], modulo: int) -> tuple[np.ndarray, np.ndarray]:
    padded = [f" {text} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), np.uint32)
    lengths = [len(text) for text in padded]
    owner = np.repeat(np.arange(len(texts)), lengths)
    end = np.repeat(np.cumsum(lengths), lengths)
    sums = np.full(len(codes), 0xFFFFFFFF, np.uint32)
    keys = []
    for size in range(1, max(SIZES) + 1):  # an n-gram's sum goes on from that of the one a character shorter
        count = max(0, len(codes) - size + 1)
        sums, last = sums[:count], codes[size - 1 :]
        for shift in (0, 8, 16, 24):
            sums = _TABLE[(sums ^ (last >> np.uint32(shift))) & np.uint32(255)] ^ (sums >> np.uint32(8))
        if size in SIZES:
            own = np.arange(count) + size <= end[:count]
            keys.append(owner[:count][own] * modulo + (sums[own] ^ np.uint32(0xFFFFFFFF)) % modulo)
    distinct = np.unique(np.concatenate(keys))
    return (distinct % modulo).astype(np.int32), np.bincount(distinct // modulo, minlength=len(texts))


def buckets(text: str, sizes: Sequence[int] = SIZES) -> np.ndarray:
    """Return the crc32 of every distinct character n-gram of ``text`` as uint32, words set apart by one
    space.

    crc32 and not ``hash``: the numbers must be the same in every process and every Python.
    """
    padded = f" {text} ".encode("utf-32-le")
    length = len(padded) // 4
    grams = {
        padded[4 * start : 4 * (start + size)] for size in sizes for start in range(max(0, length - size + 1))
    }
    return np.fromiter((zlib.crc32(gram) for gram in grams), np.uint32, len(grams))


class NgramEncoder:
    """Same interface as the transformer; weaker, but it never fails to load.

    The top bit of a hash gives the sign, so that collisions cancel out rather than add up.
    """

    name = f"ngrams-{DIMENSION}-v1"
    dim = DIMENSION

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 of shape (len(texts), 1024), each row of length 1."""
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            hashes = buckets(clean(text).casefold())
            signs = np.where(hashes >> 31, np.float32(-1), np.float32(1))
            np.add.at(row, hashes % DIMENSION, signs)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return vectors
