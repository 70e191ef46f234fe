"""The mathematics of training: closed forms where there is one, so that it is quick and gives the same model twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from bot.understanding.danger.model import kernel

Learn = Callable[[Any, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""From sparse rows (n, buckets), targets (n,) and weights (n,) to weights (buckets, k) and bias (k,)."""

FOLDS: Final = 5
RIDGE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights learned on everything, and for each row the score of a model that had not seen its fold. `gram` (m, m),
    of which the upper half counts, and `side` (m, k) are the equations that the weights solve."""

    weights: np.ndarray
    held_out: np.ndarray
    gram: np.ndarray
    side: np.ndarray


def meaning(
    vectors: np.ndarray, landmarks: np.ndarray, targets: np.ndarray, weights: np.ndarray, folds: np.ndarray
) -> Fitted:
    """Kernel ridge regression on landmarks: `targets` (n, k) are -1 and 1, `weights` (n,) count the rows.

    The sums of each fold are kept apart, so that leaving one out costs a subtraction and not another pass.
    """
    from scipy.linalg.blas import ssyrk

    count = len(landmarks)
    grams, sides, scored = [], [], []
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold)
        near = kernel(vectors[rows], landmarks)
        scored.append((rows, near))
        halved = near * np.sqrt(weights[rows, None])
        grams.append(ssyrk(1.0, halved.T).astype(np.float64))  # its upper half, which is all that `solve` reads
        sides.append((near.T @ (weights[rows, None] * targets[rows])).astype(np.float64))
    prior = RIDGE * kernel(landmarks, landmarks).astype(np.float64) + 1e-3 * np.eye(count)
    gram, side = sum(grams[1:], grams[0]) + prior, sum(sides[1:], sides[0])
    held_out = np.zeros(targets.shape, np.float32)
    for fold, (rows, near) in enumerate(scored):
        held_out[rows] = near @ solved(gram - grams[fold], side - sides[fold])
    return Fitted(solved(gram, side), held_out, gram, side)


def solved(gram: np.ndarray, side: np.ndarray) -> np.ndarray:
    """The weights, float32 (m, k), for the upper half of `gram` (m, m) and `side` (m, k). `LinAlgError` where there are
    none."""
    from scipy.linalg import solve

    weights: np.ndarray = solve(gram, side, assume_a="pos").astype(np.float32)
    return weights


def packed(gram: np.ndarray) -> np.ndarray:
    """The upper half of `gram` (m, m), row by row."""
    return np.concatenate([row[place:] for place, row in enumerate(gram)])


def unpacked(half: np.ndarray) -> np.ndarray:
    """What `packed` had, with zeros below."""
    size = int(np.sqrt(2 * len(half)))
    gram = np.zeros((size, size), half.dtype)
    start = 0
    for place in range(size):
        gram[place, place:] = half[start : start + size - place]
        start += size - place
    return gram


def letters(
    learn: Learn, matrix: Any, target: np.ndarray, weights: np.ndarray, left_out: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Linear models over sparse n-grams: what `learn` made of all rows, weights (buckets, k) and bias (k,), float32,
    and scores (n, k).

    `left_out` are masks (n,) of rows: those of each are scored by a model that had not seen them, all others are not.
    """
    learned, bias = learn(matrix, target, weights)
    scores = np.zeros((len(target), len(bias)), np.float32)
    for mask in left_out:
        rows, others = np.flatnonzero(mask), np.flatnonzero(~mask)
        without, shift = learn(matrix[others], target[others], weights[others])
        scores[rows] = matrix[rows] @ without + shift
    return learned.astype(np.float32), bias.astype(np.float32), scores


def one_or_not(penalty: float, rounds: int) -> Learn:
    """Learns one class against the rest, `target` of 0 and 1: k is 1. Each row is seen `rounds` times."""
    from sklearn.linear_model import SGDClassifier

    def learn(matrix: Any, target: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        machine = SGDClassifier(
            loss="log_loss", alpha=penalty, max_iter=rounds, tol=None, average=True, random_state=7
        ).fit(matrix, target, sample_weight=weights)
        return machine.coef_.T, machine.intercept_

    return learn


def calibrate(scores: np.ndarray, target: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """Intercept and one weight per column of `scores` (n, k), fitted on held-out scores: float32 (k + 1,).

    `counts` (n,) says how many lines a row stands for.
    """
    from sklearn.linear_model import LogisticRegression

    machine = LogisticRegression(C=10.0, max_iter=500).fit(scores, target, sample_weight=counts)
    return np.concatenate((machine.intercept_, machine.coef_[0])).astype(np.float32)
