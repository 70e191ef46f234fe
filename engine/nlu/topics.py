"""The model behind the topic classifier: three networks over the sentence vector and the letters, calibrated
together.

Each network is trained without its share of the sentences that the encoder was not tuned on
(``encoder.runtime.holdout``), and the weight of the letters and the temperature are chosen on what neither has seen:
for that, letters are learned once without any of those sentences.
Kept as plain arrays, so that loading a model never runs code (a pickle would).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from encoder.runtime import lexical
from encoder.runtime.lexical import Lexical
from encoder.runtime.network import Network, Recipe, softmax, train

NETWORKS = 3
LETTER_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.5, 2.0)
TEMPERATURES = tuple(float(t) for t in np.geomspace(0.2, 3.0, 60))


@dataclass(frozen=True)
class TopicModel:
    """``letters`` is the weight of the lexical scores; ``temperature`` divides the sum."""

    networks: tuple[Network, ...]
    lexical: Lexical
    letters: float
    temperature: float

    @property
    def dim(self) -> int:
        """Size of the vectors that are understood."""
        return self.networks[0].dim

    def probabilities(self, vectors: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """Calibrated probabilities (n, classes). Raises ``ValueError`` for vectors of another size."""
        if vectors.ndim != 2 or vectors.shape[1] != self.dim:
            raise ValueError(f"vectors of {vectors.shape[-1]} values, the model was trained on {self.dim}")
        scores = sum(network.logits(vectors) for network in self.networks) / len(self.networks)
        scores = scores + self.letters * self.lexical.scores(lexical.features(texts))
        return softmax(scores / self.temperature)

    def save(self, path: Path) -> None:
        """Write an ``.npz`` file."""
        with path.open("wb") as file:
            self.write(file)

    def write(self, file: IO[bytes]) -> None:
        """The same into an open one."""
        arrays = {
            f"network{i}_{k}": np.asarray(v)
            for i, net in enumerate(self.networks)
            for k, v in vars(net).items()
        }
        arrays |= {f"lexical_{k}": v for k, v in vars(self.lexical).items()}
        np.savez(
            file, letters=self.letters, temperature=self.temperature, networks=len(self.networks), **arrays
        )

    @classmethod
    def load(cls, path: Path) -> TopicModel:
        """Read what ``save`` wrote."""
        with path.open("rb") as file:
            return cls.read(file)

    @classmethod
    def read(cls, file: IO[bytes]) -> TopicModel:
        """The same from an open file. Raises ``ValueError`` or ``KeyError`` where it is none of a model."""
        with np.load(file, allow_pickle=False) as data:
            kept = {name: data[name] for name in data.files}

        def part(prefix: str) -> dict[str, np.ndarray]:
            return {
                name.removeprefix(prefix): value for name, value in kept.items() if name.startswith(prefix)
            }

        networks = []
        for number in range(int(kept["networks"])):
            fields = part(f"network{number}_")
            scale = float(fields.pop("scale"))
            networks.append(Network(scale=scale, **fields))
        return cls(
            tuple(networks), Lexical(**part("lexical_")), float(kept["letters"]), float(kept["temperature"])
        )


def fit(
    vectors: np.ndarray,
    texts: Sequence[str],
    unseen: np.ndarray,
    classes: np.ndarray,
    count: int,
    recipe: Recipe,
    progress: Callable[[int, int], None],
) -> TopicModel:
    """Train on ``texts`` (n) as they are read, and their class numbers ``classes`` (n,), each below ``count`` among
    them. ``vectors`` (m, dim) are those of the first m texts; of the others the letters alone are learned.
    ``unseen`` (n,) tells which the encoder was not tuned on.

    A sentence that the encoder was tuned on would make the model too sure of itself, so only the others calibrate.
    These are shown twice: their vectors are as unsure as those of new messages.
    """
    rows = lexical.features(texts)
    theirs, fresh = classes[: len(vectors)], unseen[: len(vectors)]
    parts = np.random.default_rng(recipe.seed).integers(0, NETWORKS, len(vectors))
    folds = np.where(fresh, parts, -1)
    networks, logits = [], np.zeros((len(vectors), count), np.float32)
    for number in range(NETWORKS):
        held = folds == number
        before = number * recipe.epochs

        def tell(done: int, before: int = before) -> None:
            progress(before + done, NETWORKS * recipe.epochs)

        used = np.concatenate((np.flatnonzero(~held), np.flatnonzero(~held & fresh)))
        network = train(vectors[used], theirs[used], count, _seeded(recipe, number), tell)
        networks.append(network)
        logits[held] = network.logits(vectors[held])
    judged = np.flatnonzero(folds >= 0)
    known = np.flatnonzero(~unseen)
    letter_weight, temperature = 1.0, 1.0
    if len(judged) and len(np.unique(classes[known])) == count:
        letters = lexical.fit(rows[known], classes[known], count).scores(rows[judged])
        letter_weight, temperature = calibrate(logits[judged], letters, theirs[judged])
    return TopicModel(tuple(networks), lexical.fit(rows, classes, count), letter_weight, temperature)


def calibrate(logits: np.ndarray, letters: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
    """The weight of the letters and the temperature that make the true ``classes`` (n,) likeliest; both scores
    (n, classes) are of models that had not seen them."""
    rows = np.arange(len(classes))

    def loss(choice: tuple[float, float]) -> float:
        weight, temperature = choice
        likely = softmax((logits + weight * letters) / temperature)[rows, classes]
        return float(-np.log(likely + 1e-12).mean())

    return min(((w, t) for w in LETTER_WEIGHTS for t in TEMPERATURES), key=loss)


def _seeded(recipe: Recipe, number: int) -> Recipe:
    return Recipe(**{**vars(recipe), "seed": recipe.seed + number})
