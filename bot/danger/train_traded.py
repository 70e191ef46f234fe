"""Learn the model of `bot/danger/traded.py`: five to eight seconds, skipped when nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from bot.danger import data, examples, features, fitting, saved
from bot.danger.traded import FILE, MANIFEST
from encoder.alone import alone

LANDMARKS: Final = 2000
"""All such sentences and what is like them and is none; the others are drawn from the other harmless lines."""
TRADED_WEIGHS: Final = 8.0
"""Beside a harmless line, of which there are 25 times as many."""
LIKE_WEIGHS: Final = 3.0
"""What was written to look like it and is none."""
PENALTY: Final = 1e-6
ROUNDS: Final = 3

Encode = Callable[[list[str]], np.ndarray]


def train(
    root: Path,
    models: Path,
    encode: Encode,
    progress: Callable[[str], None],
    read: Callable[[Path], list[data.Line]] = data.read,
) -> None:
    """Write `models/danger/traded.*`; nothing where there are no such sentences.

    `encode` gives float32 (n, dim) rows of length 1.
    """
    folder = models / "danger"
    probe = np.asarray(encode(["danger"]), np.float32)[0]
    sources = [*data.sources(root), *data.traded_sources(root), *data.code()]
    mark = data.fingerprint(sources, probe.astype(np.float16).tobytes().hex())
    if saved.is_current(folder / FILE, folder / MANIFEST, mark):
        return
    with alone(folder, progress):
        if not saved.is_current(folder / FILE, folder / MANIFEST, mark):
            _learn(root, folder, mark, encode, progress, read)


def _learn(
    root: Path,
    folder: Path,
    mark: str,
    encode: Encode,
    progress: Callable[[str], None],
    read: Callable[[Path], list[data.Line]],
) -> None:
    traded = data.read_traded(root)
    if not any(line.kind == data.DANGER for line in traded):
        return
    # Other dangers are left out: they are neither.
    beside = [line for line in read(root) if line.kind != data.DANGER and data.is_shown(line)]
    lines = [*(line for line in traded if line.kind == data.DANGER), *(x for x in traded if x.kind != data.DANGER)]
    ours = len(lines)
    lines += beside
    progress(f"traded: {ours} sentences beside {len(beside)} harmless ones")
    with threadpool_limits(1, "blas"):
        arrays = fit(lines, ours, np.asarray(encode([line.reading for line in lines]), np.float32))
    known = [line for line in lines if line.kind == data.DANGER]
    told = {
        "fingerprint": mark,
        "sentences": [line.text for line in known],
        "languages": [line.lang for line in known],
        "signals": [line.signals for line in known],
    }
    saved.write(folder / FILE, arrays, folder / MANIFEST, told)


def fit(lines: list[data.Line], ours: int, vectors: np.ndarray) -> dict[str, np.ndarray]:
    """The arrays of the model. The first `ours` of the `lines` are traded ones (dangers, first) and what is like them;
    `vectors` (n, dim) are those of all.
    """
    target = np.array([line.kind == data.DANGER for line in lines], np.int8)
    count = int(target.sum())
    weights = np.ones(len(lines), np.float32)
    weights[:count], weights[count:ours] = TRADED_WEIGHS, LIKE_WEIGHS
    folds = np.array([examples.fold_of(line) for line in lines])
    mean = vectors.mean(axis=0)
    scale = float(vectors.std(axis=0).mean() * np.sqrt(vectors.shape[1]))
    points = ((vectors - mean) / np.float32(scale)).astype(np.float32)
    drawn = examples.drawn([line.text for line in lines[ours:]], max(LANDMARKS - ours, 0))
    landmarks = points[np.concatenate((np.arange(ours), ours + drawn))]
    signs = (2.0 * target[:, None] - 1).astype(np.float32)
    with ThreadPoolExecutor(1) as beside:  # after a few changed sentences the other core is soon idle
        meant = beside.submit(fitting.meaning, points, landmarks, signs, weights, folds)
        counted = features.matrix([line.reading for line in lines])
        rarity = features.rarity(counted)
        left_out = [folds == fold for fold in range(fitting.FOLDS)]
        columns, bias, scores = fitting.letters(
            fitting.one_or_not(PENALTY, ROUNDS), features.weighted(counted, rarity), target, weights, left_out
        )
        meaning = meant.result()
    known = vectors[:count] / np.maximum(np.linalg.norm(vectors[:count], axis=1, keepdims=True), 1e-9)
    return {
        "mean": mean,
        "scale": np.array(scale),
        "landmarks": landmarks.astype(np.float16),
        "meaning": meaning.weights[:, 0],
        "letters": (columns[:, 0] * rarity).astype(np.float16),
        "letters_bias": bias[0],
        "rarity": rarity,
        "calibration": fitting.calibrate(np.column_stack((meaning.held_out[:, 0], scores[:, 0])), target),
        "known": known.astype(np.float16),
    }
