"""What a folder says about the encoder in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

FILE_NAME = "manifest.json"
_SAMPLE_BYTES = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """``name`` identifies the vectors; ``prefix`` is put before every text, as the model was trained.

    ``tuned`` tells whether the encoder has learned the training sentences: see ``encoder.runtime.holdout``.
    """

    name: str
    prefix: str
    tuned: bool = False


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of ``folder``; one that an operator made by hand needs no manifest file.

    Raises ``OSError`` when there is no model in the folder.
    """
    fields: dict[str, object] = {}
    if (folder / FILE_NAME).is_file():
        fields = dict(json.loads((folder / FILE_NAME).read_text(encoding="utf-8")))
    source = str(fields.get("source") or _sample(folder / "model.bin"))
    parts = (
        fields.get("name", "custom"),
        source[:12],
        fields.get("quantization", "as-is"),
        fields.get("format", 0),
    )
    name = "{}-{}-{}-v{}".format(*parts)
    tuning = str(fields.get("tuning") or "")
    return Manifest(f"{name}-{tuning}" if tuning else name, str(fields.get("prefix", "")), bool(tuning))


def _sample(path: Path) -> str:
    """A digest of the size and the last MiB of a file: enough to tell two models apart without reading all of
    one.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _SAMPLE_BYTES))
        return hashlib.sha256(str(size).encode() + file.read()).hexdigest()
