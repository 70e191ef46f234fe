"""Small classifiers over sentence vectors, each a network of ``encoder.runtime.network`` with the names of its classes.

Several stand in one file of plain arrays, so that loading one never runs code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from encoder.runtime.network import Network, Recipe, softmax, train

FIELDS = ("mean", "w1", "b1", "w2", "b2")


@dataclass(frozen=True)
class Head:
    """A classifier; ``labels`` are its classes, in the order of the network's."""

    labels: tuple[str, ...]
    network: Network

    @property
    def dim(self) -> int:
        """Size of the vectors that are understood."""
        return self.network.dim

    def ranking(self, vector: np.ndarray, most: int) -> list[tuple[str, float]]:
        """The ``most`` likeliest labels of one vector (dim,), each with its share, the likeliest first."""
        shares = softmax(self.network.logits(vector[None]))[0]
        best = np.argsort(-shares, kind="stable")[:most]
        return [(self.labels[int(number)], float(shares[number])) for number in best]

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Plain arrays for ``numpy.savez``; ``read`` takes them back."""
        parts = {f"{name}.{field}": np.asarray(getattr(self.network, field), np.float32) for field in FIELDS}
        labels = np.frombuffer(json.dumps(self.labels).encode(), np.uint8)
        return {**parts, f"{name}.scale": np.array(self.network.scale), f"{name}.labels": labels}


def read(path: Path) -> dict[str, Head]:
    """All classifiers of an ``.npz`` file, by name. Raises ``ValueError``, ``KeyError`` or ``OSError``."""
    with np.load(path, allow_pickle=False) as data:
        arrays = {name: data[name] for name in data.files}
    heads = {}
    for name in dict.fromkeys(key.rpartition(".")[0] for key in arrays):
        fields = {field: arrays[f"{name}.{field}"] for field in FIELDS}
        network = Network(scale=float(arrays[f"{name}.scale"]), **fields)
        heads[name] = Head(tuple(json.loads(arrays[f"{name}.labels"].tobytes())), network)
    return heads


def fit(vectors: np.ndarray, labels: Sequence[str], recipe: Recipe) -> Head:
    """Learn from ``vectors`` (n, dim) with their ``labels`` (n). The seed is that of the recipe: always the same."""
    names = tuple(sorted(set(labels)))
    number = {name: place for place, name in enumerate(names)}
    classes = np.array([number[label] for label in labels])
    return Head(names, train(vectors, classes, len(names), recipe, lambda _: None))
