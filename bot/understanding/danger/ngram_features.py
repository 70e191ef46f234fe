"""What the models see of a text besides its vector: hashed character n-grams of the folded text and pairs of words, the
rarer the heavier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from bot.text.normalise import buckets, clean, fold, rows

BITS: Final = 18
SIZES: Final = (2, 3, 4, 5)
VERSION: Final = "ngrams-2"
"""Changes whenever the same text would get other buckets: models of another version are not loaded."""


def letters(folded: str) -> np.ndarray:
    """Return the sorted distinct buckets (int64) of a folded text."""
    return buckets(folded, BITS, SIZES, words=True)


def matrix(texts: Sequence[str]) -> Any:
    """Return the sparse matrix (n, 2**BITS) of ones, float32, for training."""
    from scipy.sparse import csr_matrix

    columns, counts = rows([fold(clean(text)) for text in texts], BITS, SIZES, words=True)
    ends = np.concatenate(([0], np.cumsum(counts)))
    return csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape=(len(texts), 1 << BITS))


def rarity(matrix: Any) -> np.ndarray:
    """Return the weight of each bucket, float32 (2**BITS,): its inverse document frequency (IDF), 0 where a single text
    has it."""
    used = np.bincount(matrix.indices, minlength=matrix.shape[1])
    weights: np.ndarray = (np.log((1 + matrix.shape[0]) / (1 + used)) + 1).astype(np.float32)
    weights[used < 2] = 0
    return weights


def weighted(matrix: Any, rarity: np.ndarray) -> Any:
    """Return `matrix` with its columns multiplied by `rarity`, and rows of length 1."""
    from scipy.sparse import diags

    heavy = (matrix @ diags(rarity)).tocsr()
    heavy.eliminate_zeros()
    lengths = np.sqrt(np.asarray(heavy.multiply(heavy).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(lengths, 1e-9)) @ heavy).tocsr().astype(np.float32)
