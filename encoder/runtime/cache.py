"""Vectors of training sentences, kept between trainings in one SQLite file.

A row is (encoder, sha256 of the text, vector as float16): no text. Only sentences of the training files are
ever put here, never what a person wrote.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from encoder.runtime.loading import TextEncoder, identity, load

DEFAULT_PATH = Path("models/vectors.sqlite")
_CHUNK = 512
_PART = 4096
"""Sentences that are encoded before they are written: at its end one of the workers waits for the other."""


def digest(text: str) -> bytes:
    """The key of a text: 32 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class VectorCache:
    """One file, any number of encoders. Several processes may read; a writer waits for another."""

    def __init__(self, path: Path | str = DEFAULT_PATH) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as connection, connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors"
                " (encoder TEXT NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL,"
                " PRIMARY KEY (encoder, text)) WITHOUT ROWID"
            )

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=60)

    def get(self, encoder: str, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """Return the float32 vectors of those ``texts`` that are kept."""
        keys = {digest(text): text for text in texts}
        wanted = list(keys)
        found: dict[str, np.ndarray] = {}
        with closing(self._connect()) as connection:
            for start in range(0, len(wanted), _CHUNK):
                chunk = wanted[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = connection.execute(
                    f"SELECT text, vector FROM vectors WHERE encoder = ? AND text IN ({marks})",  # noqa: S608
                    [encoder, *chunk],
                )
                for key, blob in rows:
                    found[keys[key]] = np.frombuffer(blob, np.float16).astype(np.float32)
        return found

    def put(self, encoder: str, texts: Sequence[str], vectors: np.ndarray) -> None:
        """Keep one vector for each text."""
        halves = vectors.astype(np.float16, copy=False)
        rows = [(encoder, digest(text), half.tobytes()) for text, half in zip(texts, halves, strict=True)]
        with closing(self._connect()) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)


def vectors_for(
    texts: Sequence[str],
    *,
    folder: Path | None = None,
    cache: VectorCache | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> np.ndarray:
    """Return float32 (len(texts), dim): from the cache, and from the encoder (then kept) where the cache has
    none.

    The encoder is loaded only if something is missing. ``progress(done, missing)`` is called after each part.
    """
    cache = cache or VectorCache()
    name = identity(folder)
    found = cache.get(name, texts)
    missing = list(dict.fromkeys(text for text in texts if text not in found))
    encoder: TextEncoder | None = load(folder, workers=workers) if missing or not texts else None
    if encoder is not None:
        missing.sort(key=len)
        for start in range(0, len(missing), _PART):
            part = missing[start : start + _PART]
            # As it will be found the next time, so that both trainings end with the same model.
            encoded = encoder.encode(part).astype(np.float16)
            cache.put(name, part, encoded)
            found.update(zip(part, encoded.astype(np.float32), strict=True))
            if progress:
                progress(start + len(part), len(missing))
        if not texts:
            return np.zeros((0, encoder.dim), np.float32)
    return np.stack([found[text] for text in texts])
