"""What was learned on top of the packaged weights: ``tuning.npz`` beside this module, written by
``scripts/tune_encoder.py``.

For a matrix ``NAME`` (out, in) the file holds ``NAME.up`` (out, rank) and ``NAME.down`` (rank, in), whose product is
added; for a vector ``NAME`` what is added to it. All float16. Without the file the encoder is the plain one.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import numpy as np

from encoder.making.weights import Weights, WeightsError

TUNING = Path(__file__).with_name("tuning.npz")
CONTEXT = Path(__file__).with_name("context.npz")
"""The same for the encoder that reads a message in the light of what was said before it (``scripts/tune_context.py``).
"""
_DIGEST = 12


class TunedWeights:
    """The packaged weights with the difference added; the interface is that of ``encoder.making.weights.Weights``."""

    def __init__(self, weights: Weights, path: Path) -> None:
        """Read ``path``. Raises ``WeightsError`` when it is not plain numbers for tensors that there are."""
        self._weights = weights
        self.pieces, self.shape = weights.pieces, weights.shape
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                self._parts = {name: arrays[name] for name in arrays.files}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise WeightsError(f"{path.name} cannot be read: {error}") from error
        for name, part in self._parts.items():
            whole = name.removesuffix(".up").removesuffix(".down")
            if whole not in weights.names or part.dtype.kind != "f" or not bool(np.isfinite(part).all()):
                raise WeightsError(f"{path.name}: {name} is of no tensor, or not of finite numbers")

    def tensor(self, name: str, *shape: int) -> np.ndarray:
        """Return one tensor as float32 of ``shape``; ``WeightsError`` when it or its change does not fit."""
        value = self._weights.tensor(name, *shape)
        change = self._change(name)
        if change is None:
            return value
        if change.shape != shape:
            raise WeightsError(f"the change of {name} is not of shape {shape}")
        result: np.ndarray = value + change
        return result

    def _change(self, name: str) -> np.ndarray | None:
        whole, up, down = (self._parts.get(name + part) for part in ("", ".up", ".down"))
        if whole is not None:
            return np.asarray(whole, np.float32)
        if up is None and down is None:
            return None
        if up is None or down is None or up.ndim != 2 or up.shape[1:] != down.shape[:1]:
            raise WeightsError(f"the two factors of {name} do not fit together")
        return np.asarray(up.astype(np.float32) @ down.astype(np.float32))


def digest(path: Path | None) -> str:
    """Return the digest that names the tuning in the encoder's name; empty for the plain encoder."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGEST] if path and path.is_file() else ""
