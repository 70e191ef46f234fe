"""Languages learned from our own sentences: a linear model over hashed character n-grams, numpy at run time."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from bot.text import normalise
from bot.text.normalise import buckets, clean
from encoder.making import differences, spelling
from encoder.making.alone import alone
from encoder.making.model_cache import NO_CACHE, ModelCache
from encoder.runtime import descent, linear

BITS: Final = 16
SIZES: Final = (1, 2, 3, 4, 5)
FILE: Final = "language.npz"
MANIFEST: Final = "manifest.json"
FILES: Final = (FILE, differences.LEARNED, MANIFEST)
"""What a model is in a cache."""
VERSION: Final = "language-1"
"""Of the file; what a model is learned with is told by the fingerprint."""
HELD: Final = 0.1
"""The share of the sentences that is only measured with, so that what is measured is the model that is kept."""
ROUNDS: Final = 2
"""How often each sentence is seen."""
BEYOND: Final = "beyond.yml"
"""Sentences of languages that are none of ours: one language to this model, called `OTHER`."""
OTHER: Final = "other"
FEWEST: Final = 50
"""A language with fewer sentences than this is not learned."""


class LanguageModelError(ValueError):
    """The model folder is broken or of another version."""


def row(text: str) -> np.ndarray:
    """Buckets of a text; diacritics and writing system stay, they tell languages apart."""
    return buckets(clean(text).lower(), BITS, SIZES)


class LetterModel:
    """P(language) among the learned ones, and `OTHER`. Immutable."""

    def __init__(self, codes: list[str], weights: np.ndarray, bias: np.ndarray, sharpness: float) -> None:
        self.codes = tuple(codes)
        self._weights = weights.astype(np.float32)
        self._bias = bias.astype(np.float32)
        self._sharpness = sharpness

    def probabilities(self, text: str) -> dict[str, float]:
        """Every learned language, likeliest first; the probabilities add up to one."""
        found = row(text)
        scores = self._weights[found].sum(axis=0) / np.sqrt(max(len(found), 1)) + self._bias
        values = _softmax(scores[None] * self._sharpness)[0]
        order = np.argsort(-values)
        return {self.codes[index]: float(values[index]) for index in order}


def load(folder: Path) -> LetterModel | None:
    """The model of `folder`; None when nothing was trained; `LanguageModelError` when broken."""
    if not (folder / MANIFEST).is_file() or not (folder / FILE).is_file():
        return None
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise LanguageModelError(f"{folder}: trained by another version; train again")
        with (folder / FILE).open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return LetterModel(told["languages"], arrays["weights"], arrays["bias"], float(arrays["sharpness"]))
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise LanguageModelError(f"{folder}: {error!r}") from error


def train(
    root: Path, models: Path, progress: Callable[[str], object], *, anew: bool = False, cache: ModelCache = NO_CACHE
) -> None:
    """Learn from `data/nlu`, `data/danger` and `data/beyond.yml`; skipped when nothing changed, or next to nothing,
    unless `anew`. What `cache` has is taken from there; what is learned is kept there. Raises `ValueError` without
    data."""
    folder = models / "language"
    files = sorted([*(root / "data" / "danger").glob("*.yml"), *(root / "data" / "nlu").glob("*/*.yml")])
    files += [file for file in [root / "data" / BEYOND] if file.is_file()]
    mark = _fingerprint(files)
    if not anew and _current(folder, mark):
        progress("language: nothing changed")
        return
    with alone(folder, progress):
        if not anew and _current(folder, mark):
            progress("language: nothing changed")
        elif not anew and cache.restore("language", mark, folder, FILES):
            progress("language: taken from the cache")
        elif _learn(root, folder, mark, files, progress, anew):
            cache.keep("language", mark, folder, FILES)


def _learn(
    root: Path, folder: Path, mark: str, files: list[Path], progress: Callable[[str], object], anew: bool
) -> bool:
    """Return whether anything was learned, or the model that is there does as well."""
    texts, labels = _read(files)
    codes = sorted(label for label, count in Counter(labels).items() if count >= FEWEST)
    learned = list(zip(labels, texts, strict=True))
    if not anew and _does(folder, mark, codes, learned):
        progress("language: a few sentences changed, which change no language")
        return False
    if len(codes) < 2:
        raise ValueError(f"sentences of fewer than two languages under {root / 'data'}")
    progress(f"language: learning {len(codes)} languages from {len(texts)} sentences")
    known = [index for index, label in enumerate(labels) if label in codes]
    held = np.random.default_rng(7).random(len(known)) < HELD
    typed = _otherwise([texts[index] for index in known], [labels[index] for index in known])
    matrix = _matrix([texts[index] for index in known] + [text for _, text in typed])
    target = np.array([codes.index(labels[index]) for index in known + [known[origin] for origin, _ in typed]])
    held = np.concatenate((held, held[[origin for origin, _ in typed]]))
    learned_from = target[~held]
    balance = descent.balanced(learned_from, len(codes))
    weights, bias = descent.fit(matrix[~held], learned_from, balance, len(codes), ROUNDS)
    scores = matrix[held] @ weights + bias
    sharpness = _sharpness(scores, target[held])
    right = scores.argmax(axis=1) == target[held]
    accuracy = {code: round(float(right[target[held] == index].mean()), 4) for index, code in enumerate(codes)}
    (folder / MANIFEST).unlink(missing_ok=True)
    differences.forget(folder)
    np.savez(folder / FILE, weights=weights.astype(np.float16), bias=bias, sharpness=np.array(sharpness))
    manifest = {"version": VERSION, "fingerprint": mark, "languages": codes, "held_out_accuracy": accuracy}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    differences.keep(folder, _fingerprint([]), learned)
    progress(f"language: ready, {np.mean(list(accuracy.values())):.3f} of held-out sentences recognised")
    return True


def _otherwise(texts: list[str], labels: list[str]) -> list[tuple[int, str]]:
    """Some sentences again as they are typed without marks or in Latin letters: (its index, the text)."""
    dice = random.Random(7)
    made = []
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if dice.random() < 2 * spelling.LATIN.get(label, 0):
            made.append((index, spelling.in_latin(text, label, dice)))
        elif dice.random() < spelling.BARE.get(label, spelling.BARE_ELSEWHERE):
            made.append((index, spelling.without_marks(text)))
    return [(index, text) for index, text in made if text != texts[index]]


def _sharpness(scores: np.ndarray, target: np.ndarray) -> float:
    """The factor under which the softmax of held-out scores is best calibrated."""
    factors = (0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2)
    rows = np.arange(len(target))
    return min(factors, key=lambda f: float(-np.log(_softmax(scores * f)[rows, target] + 1e-9).mean()))


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _matrix(texts: list[str]) -> Any:
    from scipy.sparse import csr_matrix

    columns, counts = normalise.rows([clean(text).lower() for text in texts], BITS, SIZES)
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    ends = np.concatenate(([0], np.cumsum(counts)))
    return csr_matrix((values, columns, ends), shape=(len(texts), 1 << BITS))


def _read(files: list[Path]) -> tuple[list[str], list[str]]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts: list[str] = []
    labels: list[str] = []
    ours = {file.parent.name for file in files} | {file.stem for file in files}
    for file in files:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=loader) or {}  # noqa: S506 - a safe loader
        if file.parent.name == "danger":
            found = [str(entry["text"]) for kind in ("danger", "safe") for entry in content.get(kind) or []]
            code = content["language"]
        elif file.name == BEYOND:
            found, code = [str(text) for of in sorted(content.keys() - ours) for text in content[of]], OTHER
        else:
            lines = [line for block in content.get("nlu") or [] for line in block["examples"].splitlines()]
            found = [line.strip().removeprefix("-").strip() for line in lines if line.strip()]
            code = file.parent.name
        texts += found
        labels += [code] * len(found)
    return texts, labels


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    code = [Path(str(module.__file__)) for module in (normalise, descent, linear, spelling)]
    for file in [*files, *code, Path(__file__)]:
        digest.update(f"{file.parent.name}/{file.name}".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _does(folder: Path, mark: str, codes: list[str], lines: Sequence[differences.Line]) -> bool:
    """Whether the model that is there does for `lines` as well: so few of 120,000 are others that no language looks
    otherwise for it. What it was learned from stays noted, so that many small changes are a great one."""
    if not (folder / FILE).is_file() or differences.since(folder, _fingerprint([]), lines) is None:
        return False
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if told.get("languages") != codes:
        return False
    (folder / MANIFEST).write_text(json.dumps({**told, "fingerprint": mark}, indent=1), encoding="utf-8")
    return True


def _current(folder: Path, mark: str) -> bool:
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(told.get("fingerprint") == mark) and (folder / FILE).is_file()
