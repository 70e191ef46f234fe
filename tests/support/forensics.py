"""A search of files for many secrets at once, in every form in which a program is likely to have left them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

SHORTEST = 8
"""Bytes of a needle: less is found by chance in files of this size."""
CHUNK = 8 * 1024 * 1024


def forms(secret: str | bytes) -> Iterator[bytes]:
    """The secret as it is, as UTF-16 of either kind, as hexadecimal digits, and inside base64 at any offset."""
    if isinstance(secret, str):
        yield secret.encode("utf-16-le")
        yield secret.encode("utf-16-be")
    raw = secret.encode() if isinstance(secret, str) else secret
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in range(3):
        first, last = (8 * before + 5) // 6, 8 * (before + len(raw)) // 6  # only what no neighbour has a bit in
        inside = base64.b64encode(bytes(before) + raw + b"\0\0")[first:last]
        yield inside
        yield inside.translate(bytes.maketrans(b"+/", b"-_"))


def of_number(number: int) -> Iterator[bytes]:
    """A number of eight bytes as it is in memory, and as SQLite has it in a row."""
    yield number.to_bytes(8, "little")
    yield number.to_bytes(8, "big")


class Search:
    """For all secrets in one pass over each file: by their first three bytes, then their first eight."""

    def __init__(self) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str]]] = {}
        self._starts = np.zeros(1 << 24, dtype=bool)
        self._longest = 0

    def add(self, label: str, needles: Iterable[bytes]) -> None:
        """`label` is what a hit is called."""
        for needle in needles:
            assert len(needle) >= SHORTEST, f"{label}: too short to be looked for"
            self._by_start.setdefault(needle[:SHORTEST], []).append((needle, label))
            self._starts[needle[0] << 16 | needle[1] << 8 | needle[2]] = True
            self._longest = max(self._longest, len(needle))

    def secret(self, label: str, secret: str | bytes) -> None:
        """In every form."""
        self.add(label, forms(secret))

    def files(self, paths: Iterable[Path]) -> list[str]:
        """`file: label` of everything that is found."""
        return sorted({f"{path.name}: {label}" for path in paths for label in self._in(path)})

    def _in(self, path: Path) -> Iterator[str]:
        try:
            raw = np.fromfile(path, dtype=np.uint8)
        except FileNotFoundError:  # a running Inloop has files for a moment
            return
        for start in range(0, len(raw), CHUNK):
            piece = raw[start : start + CHUNK + self._longest]
            if len(piece) < SHORTEST:
                continue
            wide = piece.astype(np.uint32)
            places = np.flatnonzero(self._starts[wide[:-2] << 16 | wide[1:-1] << 8 | wide[2:]])
            content = piece.tobytes()
            for place in places.tolist():
                for needle, label in self._by_start.get(content[place : place + SHORTEST], ()):
                    if content.startswith(needle, place):
                        yield label


def all_files(*folders: Path) -> list[Path]:
    """Everything under the folders that is a file of its own."""
    found = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return [path for path in found if path.is_file() and not path.is_symlink()]
