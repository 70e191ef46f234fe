"""Topic evidence from the letters themselves: complement naive Bayes over hashed character n-grams.

Weak alone, but it errs elsewhere than the sentence vector does: names of papers, offices and places, and
spellings that the encoder breaks into meaningless pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from encoder.ngrams import buckets
from encoder.text import clean

BUCKETS = 1 << 16
LONGEST = 400
SMOOTHING = 0.3


def features(texts: Sequence[str]) -> csr_matrix:
    """One row of ones at the n-grams of each text, shape (len(texts), 65536)."""
    columns = [np.unique(buckets(clean(text, LONGEST).casefold()) % BUCKETS) for text in texts]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in columns])])
    indices = np.concatenate(columns).astype(np.int32) if columns else np.zeros(0, np.int32)
    return csr_matrix((np.ones(len(indices), np.float32), indices, starts), shape=(len(texts), BUCKETS))


@dataclass(frozen=True)
class Lexical:
    """``weights`` (buckets, classes) float16, the rarity of a bucket included; ``rarity`` (buckets,) for the
    length.
    """

    weights: np.ndarray
    rarity: np.ndarray

    def scores(self, rows: csr_matrix) -> np.ndarray:
        """Scores of shape (n, classes), centred per row; a factor makes them comparable with logits."""
        result = np.zeros((rows.shape[0], self.weights.shape[1]), np.float32)
        for number in range(rows.shape[0]):
            columns = rows.indices[rows.indptr[number] : rows.indptr[number + 1]]
            rarity = self.rarity[columns]
            length = float(np.sqrt((rarity * rarity).sum())) or 1.0
            result[number] = self.weights[columns].astype(np.float32).sum(axis=0) / length
        return np.asarray(result - result.mean(axis=1, keepdims=True))


def fit(rows: csr_matrix, classes: np.ndarray, count: int) -> Lexical:
    """Learn from ``rows`` with class numbers ``classes`` below ``count``."""
    used = np.asarray((rows > 0).sum(axis=0)).ravel()
    rarity = (np.log((1 + rows.shape[0]) / (1 + used)) + 1).astype(np.float32)
    rarity[used < 2] = 0  # what was seen once says nothing
    weighted = rows.multiply(rarity[None, :]).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    weighted = csr_matrix(weighted.multiply(1 / np.maximum(lengths, 1e-9)[:, None]))
    members = csr_matrix(
        (np.ones(len(classes), np.float32), (classes, np.arange(len(classes)))), (count, len(classes))
    )
    sums = np.asarray((members @ weighted).todense())
    others = sums.sum(axis=0, keepdims=True) - sums + SMOOTHING
    logs = -np.log(others / others.sum(axis=1, keepdims=True))
    # Only differences between the classes matter; without the common part the weights fit into float16.
    logs -= logs.mean(axis=0, keepdims=True)
    return Lexical((logs.T * rarity[:, None]).astype(np.float16), rarity)
