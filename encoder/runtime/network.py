"""A small neural network over sentence vectors, in numpy: one hidden layer, dropout, softmax."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Recipe:
    """How to train; chosen on held-out sentences, see docs/decisions/0021-pipeline-and-policies.md."""

    hidden: int = 512
    epochs: int = 12
    batch: int = 512
    rate: float = 4e-3
    dropout: float = 0.6
    input_dropout: float = 0.3
    decay: float = 0.1
    smoothing: float = 0.1
    seed: int = 7
    balance: float = 1.0
    """1: every class weighs the same, however many lines it has; 0: as many as it has, as in what people write."""


@dataclass(frozen=True)
class Network:
    """``w1`` (dim, hidden), ``w2`` (hidden, classes); inputs are centred by ``mean`` and multiplied by
    ``scale``.
    """

    mean: np.ndarray
    scale: float
    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray

    @property
    def dim(self) -> int:
        """Size of the vectors that are understood."""
        return int(self.w1.shape[0])

    def logits(self, vectors: np.ndarray) -> np.ndarray:
        """Scores of shape (n, classes), not calibrated."""
        hidden = np.maximum((vectors - self.mean) * self.scale @ self.w1 + self.b1, 0)
        return np.asarray(hidden @ self.w2 + self.b2)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of probabilities."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def train(
    vectors: np.ndarray,
    classes: np.ndarray,
    count: int,
    recipe: Recipe,
    tell: Callable[[int], None],
    start: Network | None = None,
) -> Network:
    """Train on ``vectors`` (n, dim) with class numbers ``classes`` (n,) below ``count``; ``tell(epochs
    done)``. From nothing, or from what ``start`` has learned already.

    AdamW with a cosine schedule, dropout before and after the hidden layer, smoothed labels.
    """
    random = np.random.default_rng(recipe.seed)
    if start is None:
        mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
        scale = float(1.0 / max(float((vectors - mean).std()), 1e-6))
    else:
        mean, scale = start.mean, start.scale
    inputs = ((vectors - mean) * np.float32(scale)).astype(np.float32)
    dim = inputs.shape[1]
    # Rare topics weigh as much as common ones: how many lines were written says nothing of how often it is
    # asked.
    weights = (len(classes) / (count * np.maximum(np.bincount(classes, minlength=count), 1)))[classes]
    weights = (weights**recipe.balance).astype(np.float32)
    targets = np.eye(count, dtype=np.float32)[classes] * np.float32(1 - recipe.smoothing)
    targets += np.float32(recipe.smoothing / count)
    if start is None:
        parameters = [
            (random.standard_normal((dim, recipe.hidden)) * np.sqrt(2 / dim)).astype(np.float32),
            np.zeros(recipe.hidden, np.float32),
            (random.standard_normal((recipe.hidden, count)) * np.sqrt(1 / recipe.hidden)).astype(np.float32),
            np.zeros(count, np.float32),
        ]
    else:
        parameters = [part.copy() for part in (start.w1, start.b1, start.w2, start.b2)]
    adam = _AdamW(parameters, recipe.decay)
    batches = -(-len(classes) // recipe.batch)
    total = recipe.epochs * batches
    step = 0
    for epoch in range(recipe.epochs):
        order = random.permutation(len(classes))
        for first in range(0, len(order), recipe.batch):
            rows = order[first : first + recipe.batch]
            x = inputs[rows] * _mask(random, (len(rows), dim), recipe.input_dropout)
            z = x @ parameters[0] + parameters[1]
            kept = (z > 0) * _mask(random, z.shape, recipe.dropout)
            hidden = z * kept
            error = softmax(hidden @ parameters[2] + parameters[3]) - targets[rows]
            error *= weights[rows, None] / np.float32(len(rows))
            back = (error @ parameters[2].T) * kept
            gradients = [x.T @ back, back.sum(axis=0), hidden.T @ error, error.sum(axis=0)]
            step += 1
            adam.step(gradients, recipe.rate * 0.5 * (1 + np.cos(np.pi * step / total)), step)
        tell(epoch + 1)
    return Network(mean, scale, *parameters)


def _mask(random: np.random.Generator, shape: tuple[int, ...], share: float) -> np.ndarray:
    """A dropout mask that keeps the expected sum."""
    return (random.random(shape, dtype=np.float32) >= share) * np.float32(1 / (1 - share))


class _AdamW:
    """Adam with decoupled weight decay on the matrices."""

    def __init__(self, parameters: list[np.ndarray], decay: float) -> None:
        self._parameters = parameters
        self._decay = np.float32(decay)
        self._first = [np.zeros_like(p) for p in parameters]
        self._second = [np.zeros_like(p) for p in parameters]

    def step(self, gradients: list[np.ndarray], rate: float, number: int) -> None:
        """Change the parameters in place."""
        bias_first, bias_second = np.float32(1 - 0.9**number), np.float32(1 - 0.999**number)
        rows = zip(self._parameters, gradients, self._first, self._second, strict=True)
        for parameter, gradient, first, second in rows:
            np.add(first, (gradient - first) * np.float32(0.1), out=first)
            np.add(second, (gradient * gradient - second) * np.float32(0.001), out=second)
            change = (first / bias_first) / (np.sqrt(second / bias_second) + np.float32(1e-8))
            if parameter.ndim == 2:
                change += self._decay * parameter
            np.subtract(parameter, np.float32(rate) * change, out=parameter)
