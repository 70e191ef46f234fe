"""A trained model in its folder: arrays in an .npz, read without pickle, and a manifest that says what they are of."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bot.understanding.danger import ngram_features


class ModelError(ValueError):
    """The model folder is broken or of another version."""


def is_current(file: Path, manifest: Path, mark: str) -> bool:
    """Whether what is there was learned from what `mark` stands for."""
    try:
        told: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return told.get("fingerprint") == mark and file.is_file()


def write(file: Path, found: Mapping[str, np.ndarray], manifest: Path, told: Mapping[str, Any]) -> None:
    """The manifest last: whoever finds it finds the model it speaks of."""
    file.parent.mkdir(parents=True, exist_ok=True)
    manifest.unlink(missing_ok=True)
    partial = file.with_name(f"new-{file.name}")
    np.savez(partial, **found)  # type: ignore[arg-type]
    partial.replace(file)
    manifest.write_text(json.dumps({**told, "features": ngram_features.VERSION}, ensure_ascii=False, indent=1), "utf-8")


def arrays(file: Path) -> dict[str, np.ndarray]:
    """All arrays of an .npz. `ModelError` where it is none."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as found:
            return dict(found)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"{file}: {error!r}") from error


def read[T](file: Path, manifest: Path, make: Callable[[dict[str, np.ndarray], dict[str, Any]], T]) -> T | None:
    """What `make` makes of the arrays and of what the manifest tells; None when nothing was trained there. `ModelError`
    when it is there but broken."""
    if not file.is_file() or not manifest.is_file():
        return None
    try:
        told: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        if told["features"] != ngram_features.VERSION:
            raise ModelError(f"{file}: trained by another version; train again")
        return make(arrays(file), told)
    except ModelError:
        raise
    except (OSError, KeyError, ValueError) as error:
        raise ModelError(f"{file}: {error!r}") from error
