"""A few lines more or less for the model of danger, without learning it from nothing (docs/decisions/0045).

The meaning is learned exactly as it would be from all lines with the same landmarks: the sums of its equations are kept
(`sums.npz`), and a line is added to them or taken from them. The letters take one step for a line. How the views are
weighed against each other stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from bot.text.normalise import clean, fold
from bot.training.danger import corpus, fitting, labels
from bot.understanding.danger import model_files, ngram_features
from bot.understanding.danger.model import FILE, MANIFEST, centred, kernel
from encoder.making import differences
from encoder.making.differences import Differences
from encoder.runtime import linear

SUMS: Final = "sums.npz"
RATE: Final = 6.0
"""The step of the letters for danger, what only alarms, and topics. With it 300 lines got the scores that they have in
a model that had learned them, and all others moved no more than between two such models."""
HEADS_RATE: Final = 2.0
"""The same for an emergency and the signals, which are learned on dangers alone."""
UNSEEN: Final = 2.0
"""What a line weighs that the encoder was not tuned on: its vector is as unsure as that of a new message."""
SERIOUS: Final = 3.0
"""What a danger or an alarming harmless line weighs beside an ordinary one, of which there are many more."""

Encode = Callable[[list[str]], np.ndarray]


def learn(folder: Path, mark: str, code: str, lines: Sequence[corpus.Line], encode: Encode) -> int | None:
    """Bring the model in `folder` to what `lines` are now: how many of them changed. None where it has to be learned
    from nothing; then nothing was changed."""
    found = differences.since(folder, code, [labels.row(line) for line in lines])
    if found is None:
        return None
    known = labels.topics([labels.of_row(told)[0] for told in found.before])
    if known != labels.topics(lines):
        return None
    try:
        kept, held = model_files.arrays(folder / FILE), model_files.arrays(folder / SUMS)
        told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        _meaning(kept, held, found, encode)
    except (OSError, ValueError, KeyError, np.linalg.LinAlgError):
        return None
    _letters(kept, found, known, lines)
    shown = [line for line in lines if line.kind == corpus.DANGER and corpus.is_shown(line)]
    kept["known"] = np.asarray(encode([line.reading for line in shown]), np.float16)
    told |= {
        "fingerprint": mark,
        "languages": [line.lang for line in shown],
        "sentences": [line.text for line in shown],
    }
    differences.forget(folder)
    model_files.write(folder / FILE, kept, folder / MANIFEST, told)
    np.savez(folder / SUMS, **held)  # type: ignore[arg-type]
    differences.keep(folder, code, [labels.row(line) for line in lines], found.count)
    return len(found.added) + len(found.removed)


def _meaning(arrays: dict[str, np.ndarray], sums: dict[str, np.ndarray], found: Differences, encode: Encode) -> None:
    """Put the changed lines into `sums`, and the weights that follow from them into `arrays`."""
    changed = [(1.0, *labels.of_row(told)) for told in found.added]
    changed += [(-1.0, *labels.of_row(told)) for told in found.removed]
    changed = [entry for entry in changed if entry[2]]
    if not changed:
        return
    lines = [line for _, line, _, _ in changed]
    points = centred(
        np.asarray(encode([line.reading for line in lines]), np.float32), arrays["mean"], float(arrays["scale"])
    )
    near = kernel(points, sums["landmarks"]).astype(np.float64)
    signs = 2.0 * labels.targets(lines) - 1
    direction = np.array([way for way, *_ in changed])
    fresh = np.where([unseen for *_, unseen in changed], UNSEEN, 1.0)
    serious = np.array([SERIOUS if line.kind != corpus.ORDINARY else 1.0 for line in lines])
    danger = np.array([line.kind == corpus.DANGER for line in lines])
    weights = []
    for name, columns, weigh in (
        ("first", slice(0, 1), direction * fresh * serious),
        ("rest", slice(1, None), np.where(danger, direction * fresh, 0)),
    ):
        gram = fitting.unpacked(sums[f"{name}_gram"])
        gram += (near * weigh[:, None]).T @ near
        sums[f"{name}_gram"] = fitting.packed(gram)
        sums[f"{name}_side"] = sums[f"{name}_side"] + (near * weigh[:, None]).T @ signs[:, columns]
        weights.append(fitting.solved(gram, sums[f"{name}_side"]))
    arrays["meaning"] = np.hstack(weights)


def _letters(arrays: dict[str, np.ndarray], found: Differences, known: list[str], lines: Sequence[corpus.Line]) -> None:
    """Take a step for each changed line: what is gone first, and of that the last first, so that what was added and is
    taken out again leaves nothing behind."""
    letters, rarity = arrays["letters"], arrays["rarity"]
    shift, harmless_shift = arrays["letters_bias"], arrays["harmless_bias"]
    shares = labels.targets([line for line in lines if line.kind == corpus.DANGER])[:, 1:].mean(axis=0)

    def rows(told: Sequence[tuple[str, ...]]) -> list[np.ndarray]:
        return [ngram_features.letters(fold(clean(labels.of_row(one)[0].reading))) for one in told]

    removed, added = found.removed[::-1], rows(found.added)
    linear.first_seen(rarity, added, len(lines))
    for step, told, buckets in (
        (linear.forget, removed, rows(removed)),
        (linear.learn, found.added, added),
    ):
        for one, row in zip(told, buckets, strict=True):
            line = labels.of_row(one)[0]
            kind = labels.kinds([line], known)[0]
            target = (np.arange(2 + len(known)) == kind).astype(np.float64)
            rate = np.full(len(target), RATE)
            step(letters[:, :1], shift[:1], rarity, row, target[:1], rate[:1])
            step(arrays["harmless"], harmless_shift, rarity, row, target[1:], rate[1:])
            if line.kind == corpus.DANGER:
                heads = labels.targets([line])[0, 1:]
                rate = HEADS_RATE * labels.balance(heads, shares)
                step(letters[:, 1:], shift[1:], rarity, row, heads, rate)
