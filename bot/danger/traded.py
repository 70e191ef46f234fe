"""Is somebody sold, under age with clients, or paying a debt with sex? A second, small model beside that of danger.

To the model of danger such a message is a topic: it tells of a debt, or of sex work, and of nobody who is hit or locked
in. Learned together with the other dangers it would blur them (docs/decisions/0043-traded.md); so it is asked apart,
and can only raise what the other said.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.danger import features, saved
from bot.danger.model import Meaning, sigmoid

FILE: Final = "traded.npz"
MANIFEST: Final = "traded.json"


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely it is (0..1, calibrated), the nearest known sentence in the person's language where there are some,
    and the signals of the nearest in any."""

    probability: float
    sentence: str
    signals: tuple[str, ...]


class Traded:
    """Immutable after loading, so any number of threads may use it."""

    def __init__(self, arrays: dict[str, np.ndarray], told: dict[str, Any]) -> None:
        self._meaning = Meaning(arrays)
        self._letters = arrays["letters"].astype(np.float32)
        self._bias = float(arrays["letters_bias"])
        self._rarity = arrays["rarity"].astype(np.float32)
        self._calibration = arrays["calibration"].astype(np.float32)
        self._known = arrays["known"].astype(np.float32)
        self._sentences = [str(text) for text in told["sentences"]]
        self._languages = np.array(told["languages"])
        self._signals = [tuple(names) for names in told["signals"]]

    def like(self, folded: str, vector: np.ndarray, lang: str | None) -> Likeness:
        """`vector` is the encoder's float32 (dim,) of the text, `folded` its letters."""
        row = features.letters(folded)
        length = float(np.linalg.norm(self._rarity[row])) or 1.0
        letters = float(self._letters[row].sum()) / length + self._bias
        views = np.array([1.0, float(self._meaning.of(vector)), letters], np.float32)
        alike = self._known @ vector
        own = np.flatnonzero(self._languages == lang)
        shown = int(own[np.argmax(alike[own])]) if len(own) else int(np.argmax(alike))
        probability = float(sigmoid(np.array(self._calibration @ views)))
        return Likeness(probability, self._sentences[shown], self._signals[int(np.argmax(alike))])


def load(folder: Path) -> Traded | None:
    """The model of `folder`, None when nothing was trained there; `ModelError` when it is there but broken."""
    return saved.read(folder / FILE, folder / MANIFEST, Traded)
