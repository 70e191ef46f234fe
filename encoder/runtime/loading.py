"""Choose the encoder: the transformer where its folder is there, character n-grams otherwise."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from encoder.runtime.manifest import read_manifest
from encoder.runtime.ngrams import NgramEncoder

FOLDER_VARIABLE = "INLOOP_ENCODER_DIR"


class TextEncoder(Protocol):
    """What every encoder offers; ``name`` changes whenever the same text would get another vector."""

    name: str
    dim: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 of shape (len(texts), dim), each row of length 1."""
        ...


def default_folder() -> Path:
    """The folder of the encoder: what the operator says, or ``models/encoder`` below the current folder."""
    return Path(os.environ.get(FOLDER_VARIABLE) or "models/encoder")


def load(folder: Path | str | None = None, *, workers: int = 1) -> TextEncoder:
    """Return the transformer in ``folder``, or the n-gram fallback when there is none.

    ``workers`` is the number of batches that run at once; one is right for serving, two for filling the
    cache. A folder that is there but broken raises ``OSError`` or ``ValueError``: going on silently with a
    much weaker encoder would be worse than not starting.
    """
    path = Path(folder) if folder is not None else default_folder()
    if not (path / "model.bin").is_file():
        return NgramEncoder()
    from encoder.runtime.encoder import Encoder

    return Encoder(path, workers=workers)


def identity(folder: Path | str | None = None) -> str:
    """The ``name`` that ``load`` would give, without loading the model."""
    path = Path(folder) if folder is not None else default_folder()
    return read_manifest(path).name if (path / "model.bin").is_file() else NgramEncoder.name
