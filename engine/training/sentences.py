"""The sentences of a file, read once in a training: Rasa asks for them three times."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from encoder.making.corpus import taught


@cache
def sentences_of(path: Path) -> tuple[tuple[str, str, bool], ...]:
    """``encoder.making.corpus.taught`` of one file, as it was when it was first asked for."""
    return tuple(taught(path))
