"""What the models see of a text besides its vector: hashed character n-grams of the folded text and pairs of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from bot.core.ngrams import buckets, clean, fold, rows

BITS: Final = 17
SIZES: Final = (2, 3, 4, 5)
VERSION: Final = "ngrams-1"
"""Changes whenever the same text would get other buckets: models of another version are not loaded."""


def letters(folded: str) -> np.ndarray:
    """Sorted distinct buckets (int64) of a folded text; each counts 1 / sqrt(how many there are)."""
    return buckets(folded, BITS, SIZES, words=True)


def matrix(texts: Sequence[str]) -> Any:
    """The sparse matrix (n, 2**BITS) of float32 for training, rows of length 1."""
    from scipy.sparse import csr_matrix

    columns, counts = rows([fold(clean(text)) for text in texts], BITS, SIZES, words=True)
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    ends = np.concatenate(([0], np.cumsum(counts)))
    return csr_matrix((values, columns, ends), shape=(len(texts), 1 << BITS))
