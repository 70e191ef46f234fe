"""The trained model at run time: numpy only, read from .npz without pickle.

Two views of a text are scored and then weighed against each other by a calibrated logistic function:

* *meaning*: a radial-basis network over the encoder's vector (the same weights in every language, so a language that
  nobody wrote training sentences in is understood as far as the encoder reaches);
* *letters*: linear models over hashed character n-grams and word pairs. They also stand alone when there is no vector.
  Beside how much a text looks like danger they say how much it looks like what only alarms, and like a topic: what is
  plainly a question on papers needs more to be danger.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.domain.signals import SIGNALS
from bot.understanding.danger import model_files, ngram_features
from bot.understanding.danger.model_files import ModelError

FILE: Final = "danger.npz"
MANIFEST: Final = "manifest.json"
HEADS: Final = ("danger", "emergency", *SIGNALS)
"""The columns of every weight matrix. All but the first are learned on dangers only."""
VOTES: Final = 2
"""What speaks against danger in the letters: that a text only alarms, and the topic it is most like."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities: of danger, of an emergency given danger, of each signal given danger."""

    danger: float
    emergency: float
    signals: dict[str, float]


def centred(vectors: np.ndarray, mean: np.ndarray, scale: float) -> np.ndarray:
    """Vectors (n, d) around the mean of the training sentences, of length about one."""
    shifted: np.ndarray = ((vectors - mean) / np.float32(scale)).astype(np.float32)
    return shifted


def squares(vectors: np.ndarray) -> np.ndarray:
    """The squared length of each row (n, d): (n,)."""
    lengths: np.ndarray = np.einsum("nd,nd->n", vectors, vectors)
    return lengths


def kernel(vectors: np.ndarray, landmarks: np.ndarray, lengths: np.ndarray | None = None) -> np.ndarray:
    """exp(-|v - l|^2) for every vector (n, d) and landmark (m, d): float32 (n, m). `lengths` are the landmarks'
    `squares`, where they are known already.
    """
    lengths = squares(landmarks) if lengths is None else lengths
    distance = squares(vectors)[:, None] + lengths[None] - 2 * vectors @ landmarks.T
    similar: np.ndarray = np.exp(-np.maximum(distance, 0))
    return similar


def sigmoid(values: np.ndarray) -> np.ndarray:
    """The logistic function, without overflow."""
    squashed: np.ndarray = 1 / (1 + np.exp(-np.clip(values, -40, 40)))
    return squashed


class Meaning:
    """A radial-basis network over the encoder's vector."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self._mean = arrays["mean"].astype(np.float32)
        self._scale = float(arrays["scale"])
        self._landmarks = arrays["landmarks"].astype(np.float32)
        self._lengths = squares(self._landmarks)
        self._weights = arrays["meaning"].astype(np.float32)
        self.dim = int(self._mean.shape[0])

    def of(self, vector: np.ndarray) -> np.ndarray:
        """The scores (heads,), or the score (), of one vector (dim,)."""
        near = kernel(centred(vector[None], self._mean, self._scale), self._landmarks, self._lengths)[0]
        scores: np.ndarray = near @ self._weights
        return scores


class Model:
    """Scores texts. Immutable after loading, so any number of threads may use it."""

    def __init__(self, arrays: dict[str, np.ndarray], sentences: list[str], languages: list[str]) -> None:
        self._meaning = Meaning(arrays)
        self._letters = arrays["letters"].astype(np.float32)
        self._letters_bias = arrays["letters_bias"].astype(np.float32)
        self._harmless = arrays["harmless"]  # float16: a column for what only alarms, and one for each topic
        self._harmless_bias = arrays["harmless_bias"].astype(np.float32)
        self._rarity = arrays["rarity"].astype(np.float32)
        self._both = arrays["calibration_both"].astype(np.float32)
        self._alone = arrays["calibration_letters"].astype(np.float32)
        known = arrays["known"].astype(np.float32)
        self._known = known / np.maximum(np.linalg.norm(known, axis=1, keepdims=True), 1e-9)
        self._sentences = sentences
        self._by_language = {lang: np.flatnonzero(np.array(languages) == lang) for lang in sorted(set(languages))}
        self.dim = self._meaning.dim

    def scores(self, folded: str, vector: np.ndarray | None, found: np.ndarray) -> Scores:
        """Score a folded text.

        `vector` is the encoder's float32 (dim,), or None for letters alone; `found` is its evidence.
        """
        letters, votes = self._by_letters(folded)
        if vector is None:
            views = np.vstack([letters, votes, np.repeat(found[:, None], len(HEADS), axis=1)])
            weights = self._alone
        else:
            views = np.vstack([self._meaning.of(vector), letters, votes, np.repeat(found[:, None], len(HEADS), axis=1)])
            weights = self._both
        combined = weights[:, 0] + (weights[:, 1:] * views.T).sum(axis=1)
        values = sigmoid(combined)
        return Scores(
            float(values[0]), float(values[1]), {name: float(p) for name, p in zip(SIGNALS, values[2:], strict=True)}
        )

    def _by_letters(self, folded: str) -> tuple[np.ndarray, np.ndarray]:
        """(heads,) and (VOTES, heads): the votes count for danger itself, the first head."""
        row = ngram_features.letters(folded)
        length = float(np.linalg.norm(self._rarity[row])) or 1.0
        letters = self._letters[row].sum(axis=0) / length + self._letters_bias
        harmless = self._harmless[row].sum(axis=0, dtype=np.float32) / length + self._harmless_bias
        votes = np.zeros((VOTES, len(HEADS)), np.float32)
        votes[:, 0] = harmless[0], harmless[1:].max()
        return letters, votes

    def nearest(self, vector: np.ndarray, lang: str | None, count: int = 2) -> list[str]:
        """The known danger sentences nearest to `vector`, in the person's language where we have some."""
        rows = self._by_language.get(lang or "")
        known = self._known if rows is None else self._known[rows]
        if not len(known):
            return []
        best = np.argsort(-(known @ vector))[:count]
        return [self._sentences[int(index if rows is None else rows[index])] for index in best]


def load(folder: Path) -> Model | None:
    """The model of `folder`, None when nothing was trained there; `ModelError` when it is there but broken."""

    def made(arrays: dict[str, np.ndarray], told: dict[str, Any]) -> Model:
        if told["heads"] != list(HEADS):
            raise ModelError(f"{folder}: trained by another version; train again")
        return Model(arrays, told["sentences"], told["languages"])

    return model_files.read(folder / FILE, folder / MANIFEST, made)
