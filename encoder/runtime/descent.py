"""Linear models over n-grams, each of one class against the rest, learned from many lines at once.

AdaGrad (Duchi, Hazan and Singer, 2011) over small batches and all classes together, with one sum of squares for an
n-gram and not one for each of its weights: an n-gram that many lines have moves less the more it has moved, one that
few have moves as far as it must (docs/decisions/0046).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from encoder.runtime.linear import BIAS, by_use

BATCH = 512
SEED = 7
STEPS = 100
"""So many steps a round at least, where there are lines enough for it."""
RATE = 5.0
"""How long a step is in the beginning; in the end it is nothing."""
START = 0.3
"""What the sums of squares begin with: the first line that has an n-gram does not decide what it means."""


def balanced(classes: np.ndarray, count: int) -> np.ndarray:
    """Weights (n,) with which each of ``count`` classes, all of which are there, weighs as much as any other."""
    weights: np.ndarray = (len(classes) / (count * np.bincount(classes, minlength=count)))[classes]
    return weights


def fit(
    matrix: Any, classes: np.ndarray, weights: np.ndarray, count: int, rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weights, float32 (m, count), and bias (count,), for the sparse rows ``matrix`` (n, m) of length 1 with class
    numbers ``classes`` (n,) below ``count`` and ``weights`` (n,). Each row is seen ``rounds`` times."""
    from scipy.sparse import csr_matrix

    matrix, places = by_use(matrix)
    matrix = csr_matrix(matrix, dtype=np.float32)
    lines, columns = matrix.shape
    weights = weights.astype(np.float32)[:, None]
    learned, moved = np.zeros((columns, count), np.float32), np.full(columns, START, np.float32)
    bias, bias_moved = np.zeros(count, np.float32), np.ones(count, np.float32)
    there, number = np.zeros(columns, bool), np.zeros(columns, np.int32)
    batch = min(max(lines // STEPS, 1), BATCH)
    dice = np.random.default_rng(SEED)
    order = np.concatenate([dice.permutation(lines) for _ in range(rounds)])
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        some = matrix[rows]
        # Only the weights of n-grams that these rows have are touched: numbered from nought they make a small table.
        there[some.indices] = True
        used = np.flatnonzero(there)
        there[used] = False
        number[used] = np.arange(len(used), dtype=np.int32)
        some = csr_matrix((some.data, number[some.indices], some.indptr), shape=(len(rows), len(used)))
        table = learned[used]
        error = 1 / (1 + np.exp(-np.clip(some @ table + bias, -40, 40)))
        error[np.arange(len(rows)), classes[rows]] -= 1
        error *= weights[rows]
        step = some.T @ error
        moved[used] += np.einsum("ij,ij->i", step, step)
        rate = np.float32(RATE * (1 - start / len(order)))
        step *= (rate / np.sqrt(moved[used]))[:, None]
        table -= step
        learned[used] = table
        shift = error.sum(axis=0)
        bias_moved += shift * shift
        bias -= rate * np.float32(BIAS) * shift / np.sqrt(bias_moved)
    return learned[places], bias
