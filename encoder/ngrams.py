"""The fallback encoder: hashed character n-grams, no model file needed."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from encoder.text import clean

DIMENSION = 1024
SIZES = (2, 3, 4, 5)


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
