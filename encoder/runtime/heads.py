"""Small classifiers: a network over sentence vectors, and beside it linear models over letters, which err elsewhere.

Several stand in one file of plain arrays, so that loading one never runs code.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from encoder.runtime import lexical
from encoder.runtime.lexical import Lexical
from encoder.runtime.network import Network, Recipe, softmax, train

FIELDS = ("mean", "w1", "b1", "w2", "b2")
OF_LETTERS = ("weights", "bias", "rarity")
BUCKETS = 1 << 15
"""Places for n-grams: a fifth of the room of those of the topics costs a hundredth of what the letters bring."""


@dataclass(frozen=True)
class Head:
    """A classifier; ``labels`` are its classes, in the order of the network's. The logits of the ``letters`` are added
    to those of the network with a ``weight``, and the sum is divided by the ``temperature``."""

    labels: tuple[str, ...]
    network: Network
    letters: Lexical | None = None
    weight: float = 0.0
    temperature: float = 1.0

    @property
    def dim(self) -> int:
        """Size of the vectors that are understood."""
        return self.network.dim

    def shares(self, vector: np.ndarray, text: str = "") -> np.ndarray:
        """The share of each label, (labels,), for one vector (dim,) and the text it is of."""
        likely = np.log(softmax(self.network.logits(vector[None])) + 1e-9)
        if self.letters is not None:
            likely = likely + self.weight * self.letters.scores(lexical.features([text], BUCKETS))
        return np.asarray(softmax(likely / self.temperature)[0])

    def ranking(self, vector: np.ndarray, most: int, text: str = "") -> list[tuple[str, float]]:
        """The ``most`` likeliest labels, each with its share, the likeliest first."""
        shares = self.shares(vector, text)
        best = np.argsort(-shares, kind="stable")[:most]
        return [(self.labels[int(number)], float(shares[number])) for number in best]

    def arrays(self, name: str) -> dict[str, np.ndarray]:
        """Plain arrays for ``numpy.savez``; ``read`` takes them back."""
        parts = {f"{name}.{field}": np.asarray(getattr(self.network, field), np.float32) for field in FIELDS}
        if self.letters is not None:
            parts |= {f"{name}.letters_{field}": getattr(self.letters, field) for field in OF_LETTERS}
            parts[f"{name}.summed"] = np.array([self.weight, self.temperature], np.float32)
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
        head = Head(tuple(json.loads(arrays[f"{name}.labels"].tobytes())), network)
        if f"{name}.summed" in arrays:
            letters = Lexical(**{field: arrays[f"{name}.letters_{field}"] for field in OF_LETTERS})
            weight, temperature = (float(value) for value in arrays[f"{name}.summed"])
            head = replace(head, letters=letters, weight=weight, temperature=temperature)
        heads[name] = head
    return heads


def fit(vectors: np.ndarray, labels: Sequence[str], recipe: Recipe) -> Head:
    """Learn from ``vectors`` (n, dim) with their ``labels`` (n). The seed is that of the recipe: always the same."""
    names = tuple(sorted(set(labels)))
    number = {name: place for place, name in enumerate(names)}
    classes = np.array([number[label] for label in labels])
    return Head(names, train(vectors, classes, len(names), recipe, lambda _: None))


def with_letters(
    head: Head, texts: Sequence[str], labels: Sequence[str], weight: float, temperature: float = 1.0
) -> Head:
    """Return ``head`` with letters beside it, learned from ``texts`` (n) with their ``labels`` (n): each label of the
    head is among them, and no other."""
    number = {name: place for place, name in enumerate(head.labels)}
    classes = np.array([number[label] for label in labels])
    letters = lexical.fit(lexical.features(texts, BUCKETS), classes, len(head.labels))
    return replace(head, letters=letters, weight=weight, temperature=temperature)
