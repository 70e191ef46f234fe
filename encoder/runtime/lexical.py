"""Evidence from the letters themselves: linear models over hashed character n-grams, one for each topic or question.

They need no vector, so they learn from every sentence, and they err elsewhere than the sentence vector does: names of
papers, offices and places, and spellings that the encoder breaks into meaningless pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from encoder.runtime import descent
from encoder.runtime.ngrams import bucket_rows
from encoder.runtime.text import clean

BUCKETS = 1 << 18
LONGEST = 400
ROUNDS = 3
"""How often each sentence is seen."""


def features(texts: Sequence[str], buckets: int = BUCKETS) -> csr_matrix:
    """One row of ones at the n-grams of each text, shape (len(texts), buckets)."""
    indices, counts = bucket_rows([clean(text, LONGEST).casefold() for text in texts], buckets)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return csr_matrix((np.ones(len(indices), np.float32), indices, starts), shape=(len(texts), buckets))


@dataclass(frozen=True)
class Lexical:
    """``weights`` (buckets, classes) float16, the rarity of a bucket included; ``bias`` (classes,); ``rarity``
    (buckets,) for the length.
    """

    weights: np.ndarray
    bias: np.ndarray
    rarity: np.ndarray

    def scores(self, rows: csr_matrix) -> np.ndarray:
        """Logits of shape (n, classes), each of one topic against all others."""
        result = np.zeros((rows.shape[0], self.weights.shape[1]), np.float32)
        for number in range(rows.shape[0]):
            columns = rows.indices[rows.indptr[number] : rows.indptr[number + 1]]
            length = float(np.linalg.norm(self.rarity[columns])) or 1.0
            result[number] = self.weights[columns].sum(axis=0, dtype=np.float32) / length
        return np.asarray(result + self.bias)


def fit(rows: csr_matrix, classes: np.ndarray, count: int) -> Lexical:
    """Learn from ``rows`` with class numbers ``classes`` below ``count``, each of which is there.

    Rare topics weigh as much as common ones: how many lines were written says nothing of how often it is asked.
    """
    used = np.asarray((rows > 0).sum(axis=0)).ravel()
    rarity = (np.log((1 + rows.shape[0]) / (1 + used)) + 1).astype(np.float32)
    rarity[used < 2] = 0  # what was seen once says nothing
    heavy = (rows @ diags(rarity)).tocsr()
    heavy.eliminate_zeros()
    lengths = np.sqrt(np.asarray(heavy.multiply(heavy).sum(axis=1)).ravel())
    heavy = (diags(1 / np.maximum(lengths, 1e-9)) @ heavy).tocsr()
    learned, bias = descent.fit(heavy, classes, descent.balanced(classes, count), count, ROUNDS)
    return Lexical((learned * rarity[:, None]).astype(np.float16), bias, rarity)
