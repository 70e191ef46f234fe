"""One line more or less for linear models over n-grams, each of one class against the rest.

A model that was learned from 120,000 lines is as good after one step for a new line as one that is learned from all of
them again: the two differ no more than two that saw the lines in another order (docs/decisions/0045).

The weights are as they are used: ``weights`` (buckets, k) with the rarity of the bucket in them, ``bias`` (k,),
``rarity`` (buckets,). A row is the sorted distinct buckets of a text.
"""

from __future__ import annotations

from typing import Any

import numpy as np

BIAS = 0.01
"""How much of a step the bias takes: that of scikit-learn for sparse rows."""
_HALVINGS = 40


def learn(
    weights: np.ndarray, bias: np.ndarray, rarity: np.ndarray, row: np.ndarray, target: np.ndarray, rate: np.ndarray
) -> None:
    """Change ``weights`` and ``bias`` in place so that the line ``row`` is more like ``target`` (k,) of 0 and 1.

    ``rate`` (k,) is the length of the step. What is left to do is measured after the step, so none goes too far.
    """
    parts, length = _parts(rarity, row)
    score = _score(weights, bias, row, length)
    reach = rate * (float(parts @ parts) / length**2 + BIAS)
    low, high = np.where(target > 0, score, score - reach), np.where(target > 0, score + reach, score)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        beyond = middle - score > reach * (target - _sigmoid(middle))
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    _step(weights, bias, row, parts, length, rate * (target - _sigmoid((low + high) / 2)))


def forget(
    weights: np.ndarray, bias: np.ndarray, rarity: np.ndarray, row: np.ndarray, target: np.ndarray, rate: np.ndarray
) -> None:
    """Take the step of ``learn`` back, in place."""
    parts, length = _parts(rarity, row)
    left = target - _sigmoid(_score(weights, bias, row, length))
    _step(weights, bias, row, parts, length, -rate * left)


def first_seen(rarity: np.ndarray, rows: list[np.ndarray], texts: int) -> None:
    """Give a weight, in place, to buckets that several of the new ``rows`` have and none had: as to whatever stands in
    two of ``texts`` lines."""
    if rows:
        found, counts = np.unique(np.concatenate(rows), return_counts=True)
        new = found[(counts > 1) & (rarity[found] == 0)]
        rarity[new] = np.log((1 + texts) / 3) + 1


def by_use(matrix: Any) -> tuple[Any, np.ndarray]:
    """The sparse ``matrix`` (n, m) with its columns numbered anew, those of most rows first, and the new number of each
    column, int32 (m,).

    Gradient descent goes from weight to weight of a row. Those that most rows have then stand side by side and stay in
    the processor's cache; what is learned is the same.
    """
    from scipy.sparse import csr_matrix

    used = np.bincount(matrix.indices, minlength=matrix.shape[1])
    places = np.empty(len(used), np.int32)
    places[np.argsort(-used, kind="stable")] = np.arange(len(used), dtype=np.int32)
    return csr_matrix((matrix.data, places[matrix.indices], matrix.indptr), shape=matrix.shape), places


def _parts(rarity: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, float]:
    parts = rarity[row].astype(np.float64)
    return parts, float(np.linalg.norm(parts)) or 1.0


def _score(weights: np.ndarray, bias: np.ndarray, row: np.ndarray, length: float) -> np.ndarray:
    score: np.ndarray = weights[row].sum(axis=0, dtype=np.float64) / length + bias
    return score


def _step(
    weights: np.ndarray, bias: np.ndarray, row: np.ndarray, parts: np.ndarray, length: float, step: np.ndarray
) -> None:
    change = np.outer(parts * parts / length, step)
    weights[row] = (weights[row] + change).astype(weights.dtype)
    bias += (BIAS * step).astype(bias.dtype)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    squashed: np.ndarray = 1 / (1 + np.exp(-np.clip(values, -40, 40)))
    return squashed
