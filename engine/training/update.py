"""A few sentences more or less for the topics of a trained model, without learning it from nothing and without Rasa
(docs/decisions/0045).

The letters take one step for a sentence; the networks go on from where they are, over all sentences, with the new ones
several times. How letters and networks are weighed stays as it is. In the archive of the model one file is put in
the place of another.
"""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from encoder.making import differences
from encoder.making.differences import Differences, Line
from encoder.runtime import lexical, linear
from encoder.runtime.cache import VectorCache, vectors_for
from encoder.runtime.holdout import is_held_out
from encoder.runtime.lexical import Lexical
from encoder.runtime.network import Recipe, train
from encoder.runtime.transliteration import native
from engine.nlu.topics import TopicModel
from engine.training.sentences import sentences_of

FOLDER = "components/train_engine.nlu.classifier.TopicClassifier1/"
ARRAYS, TOPICS = FOLDER + "topics.npz", FOLDER + "topics.json"
RATE = 8.0
"""The step of the letters: see ``bot/training/danger/incremental.py``."""
RECIPE = Recipe(epochs=2, rate=1e-3)
MORE = 4
"""So many times more often than the others the networks see a new sentence: they have two rounds for it, not twelve."""


def lines_of(root: Path) -> list[Line]:
    """All that the topics are learned from: (language, topic, sentence, what is learned of it and how)."""
    return [
        (path.parent.name, topic, text, f"{'shown' if shown else ''} {'unseen' if is_held_out(text) else ''}")
        for path in sorted((root / "data" / "nlu").glob("*/*.yml"))
        for topic, text, shown in sentences_of(path.absolute())
    ]


def update(archive: Path, mark: str, lines: Sequence[Line], encoder: Path | None, cache: Path) -> int | None:
    """Bring the model in ``archive`` to what ``lines`` are now: how many of them changed. None where it has to be
    learned from nothing; then nothing was changed."""
    folder = archive.parent
    found = differences.since(folder, mark, lines)
    if found is None:
        return None
    try:
        members = _read(archive)
        topics = json.loads(members[TOPICS])
        model = TopicModel.read(io.BytesIO(members[ARRAYS]))
    except (OSError, EOFError, ValueError, KeyError, tarfile.TarError, zipfile.BadZipFile):
        return None
    if topics != sorted({topic for _, topic, *_ in lines}):
        return None
    numbers = {topic: number for number, topic in enumerate(topics)}
    _letters(model.lexical, found, numbers, len(lines))
    networks = model.networks
    if any("shown" in line[3] for line in (*found.added, *found.removed)):
        shown = [line for line in lines if "shown" in line[3]]
        rows, classes = _rows(shown, set(found.added), numbers)
        texts = [native(text, language) for language, _, text, _ in shown]
        vectors = vectors_for(texts, folder=encoder, cache=VectorCache(cache))[rows]
        networks = tuple(
            train(vectors, classes, len(topics), replace(RECIPE, seed=RECIPE.seed + n), lambda _: None, network)
            for n, network in enumerate(networks)
        )
    made = io.BytesIO()
    replace(model, networks=networks).write(made)
    differences.forget(folder)
    _write(archive, members | {ARRAYS: made.getvalue()})
    differences.keep(folder, mark, lines, found.count)
    return len(found.added) + len(found.removed)


def _letters(known: Lexical, found: Differences, numbers: dict[str, int], lines: int) -> None:
    """Take a step for each changed sentence, in place: what is gone first, and of that the last first, so that what
    was added and is taken out again leaves nothing behind."""
    rates = np.full(len(numbers), RATE)

    def rows(told: Sequence[Line]) -> list[np.ndarray]:
        counted = lexical.features([native(text, language) for language, _, text, _ in told])
        return np.split(counted.indices, counted.indptr[1:-1]) if told else []

    removed, added = found.removed[::-1], rows(found.added)
    linear.first_seen(known.rarity, added, lines)
    for step, told, buckets in (
        (linear.forget, removed, rows(removed)),
        (linear.learn, found.added, added),
    ):
        for (_, topic, *_), row in zip(told, buckets, strict=True):
            target = (np.arange(len(numbers)) == numbers[topic]).astype(np.float64)
            step(known.weights, known.bias, known.rarity, row, target, rates)


def _rows(shown: Sequence[Line], added: set[Line], numbers: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which of the ``shown`` lines the networks see, some of them several times, and their classes."""
    unseen = np.array(["unseen" in line[3] for line in shown])
    new = np.array([line in added for line in shown])
    times = (1 + unseen) * (1 + MORE * new)
    rows = np.repeat(np.arange(len(shown)), times)
    return rows, np.array([numbers[topic] for _, topic, *_ in shown])[rows]


def _read(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive, "r:gz") as content:
        return {
            member.name: file.read() for member in content if (file := content.extractfile(member)) is not None
        }


def _write(archive: Path, members: dict[str, bytes]) -> None:
    """The archive appears whole or not at all."""
    partial = archive.with_name(f"new-{archive.name}")
    with tarfile.open(partial, "w:gz", compresslevel=1) as content:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            content.addfile(member, io.BytesIO(data))
    partial.replace(archive)
