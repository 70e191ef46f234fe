"""Train the danger model from the sentences in `data/`: about a minute, some seconds when few of them changed, skipped
when nothing did."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from bot.text.normalise import clean, fold
from bot.training.danger import corpus, examples, fitting, incremental, labels
from bot.training.danger.incremental import SERIOUS, UNSEEN
from bot.training.danger.report import summary
from bot.understanding.danger import model_files, ngram_features, pattern_features, patterns
from bot.understanding.danger.budget import Budget
from bot.understanding.danger.model import FILE, HEADS, MANIFEST, VOTES, centred, sigmoid
from encoder.making import differences
from encoder.making.alone import alone
from encoder.making.model_cache import NO_CACHE, ModelCache
from encoder.runtime import descent

LANDMARKS: Final = 3000
ORDINARY_KEPT: Final = 60_000
"""Topic lines that the meaning is learned from at most; the letters learn from all that there are."""
TRIES: Final = 50
SEED: Final = 20261124
ROUNDS: Final = 3
"""How often each line is seen by the letters of danger and of topics."""
FILES: Final = (FILE, incremental.SUMS, differences.LEARNED, MANIFEST)
"""What a model is in a cache."""
LEAST: Final = 10
"""So many unseen lines of both kinds, or all lines calibrate."""


def train(
    root: Path,
    models: Path,
    encode: Callable[[list[str]], np.ndarray],
    progress: Callable[[str], None],
    read: Callable[[Path], list[corpus.Line]] = corpus.read,
    *,
    anew: bool = False,
    cache: ModelCache = NO_CACHE,
) -> None:
    """Write `models/danger/`: nothing where nothing changed, a little where few sentences did, unless `anew`.

    What `cache` has is taken from there; what is learned from nothing is kept there.

    `encode` gives float32 (n, dim) rows of length 1. Raises `ValueError` without danger data.
    """
    folder = models / "danger"
    probe = np.asarray(encode(["danger"]), np.float32)[0]
    beside = probe.astype(np.float16).tobytes().hex(), patterns.source()
    mark = corpus.fingerprint([*corpus.sources(root), *corpus.code()], *beside)
    code = corpus.fingerprint([file for file in corpus.code() if file not in corpus.OF_LINES], *beside)
    if not anew and model_files.is_current(folder / FILE, folder / MANIFEST, mark):
        progress("danger: nothing changed")
        return
    with alone(folder, progress):
        if not anew and model_files.is_current(folder / FILE, folder / MANIFEST, mark):
            progress("danger: nothing changed")
            return
        if not anew and cache.restore("danger", mark, folder, FILES):
            progress("danger: taken from the cache")
            return
        written = read(root)
        changed = None if anew else incremental.learn(folder, mark, code, written, encode)
        if changed is None:
            _learn(root, folder, mark, code, written, encode, progress)
            cache.keep("danger", mark, folder, FILES)
        progress("danger: ready" if changed is None else f"danger: ready, {changed} sentences changed")


def _learn(
    root: Path,
    folder: Path,
    mark: str,
    code: str,
    written: list[corpus.Line],
    encode: Callable[[list[str]], np.ndarray],
    progress: Callable[[str], None],
) -> None:
    """From nothing."""
    if not any(line.kind == corpus.DANGER for line in written):
        raise ValueError(f"no danger lines under {root / 'data' / 'danger'}")
    extra = examples.joined(written)
    lines = written + [line for line, _ in extra]
    folds = np.array([examples.fold_of(line) for line in written] + [fold for _, fold in extra])
    progress(f"danger: {len(lines)} sentences in {len({line.lang for line in lines})} languages")
    # Of what was put together only the letters learn.
    shown = np.flatnonzero([corpus.is_shown(line) for line in written])
    vectors = np.asarray(encode([lines[index].reading for index in shown]), np.float32)
    progress("danger: learning")
    # Messages that were put together hold sentences that the encoder may have been tuned on.
    unseen = np.array([corpus.is_unseen(line) for line in lines])
    unseen[len(written) :] = False
    with threadpool_limits(1, "blas"):  # a second thread only takes the core on which the dialogue model is learned
        arrays, held_out, sums = fit(lines, shown, vectors, folds, unseen, progress)
    places = [place for place, index in enumerate(shown) if lines[index].kind == corpus.DANGER]
    known = shown[places]
    arrays["known"] = vectors[places].astype(np.float16)
    manifest = {
        "fingerprint": mark,
        "heads": list(HEADS),
        "held_out": summary(lines, held_out),
        "languages": [written[index].lang for index in known],
        "sentences": [written[index].text for index in known],
    }
    differences.forget(folder)
    model_files.write(folder / FILE, arrays, folder / MANIFEST, manifest)
    if sums:
        np.savez(folder / incremental.SUMS, **sums)  # type: ignore[arg-type]
        differences.keep(folder, code, [labels.row(line) for line in written])


def fit(
    lines: list[corpus.Line],
    shown: np.ndarray,
    vectors: np.ndarray,
    folds: np.ndarray,
    unseen: np.ndarray,
    progress: Callable[[str], None],
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Learn everything: the arrays of the model, held-out probabilities (`both`, `letters`: (n, heads)), and what
    `update` needs, unless some lines stand for others.

    `shown` (m,) are the places of the lines that the meaning is learned from, in order, `vectors` (m, dim) theirs; the
    letters are learned from all. `unseen` (n,) are the lines the encoder was not tuned on: they alone calibrate, and
    they alone are reported.
    """
    serious = np.array([line.kind != corpus.ORDINARY for line in lines])
    danger = np.array([line.kind == corpus.DANGER for line in lines])
    targets = labels.targets(lines)
    weights = np.where(serious, SERIOUS, 1.0).astype(np.float32)
    dice = np.random.default_rng(SEED)
    mean = vectors.mean(axis=0)
    scale = float(vectors.std(axis=0).mean() * np.sqrt(vectors.shape[1]))
    points = centred(vectors, mean, scale)
    ordinary = np.flatnonzero(~serious[shown])
    kept = np.sort(dice.choice(ordinary, min(ORDINARY_KEPT, len(ordinary)), replace=False))
    places = np.concatenate((np.flatnonzero(serious[shown]), kept))
    rows = shown[places]
    counts = np.where(serious[rows], 1, len(ordinary) / max(len(kept), 1)).astype(np.float32)
    fresh = np.where(unseen, UNSEEN, 1.0).astype(np.float32)
    row_weights = weights[rows] * counts * fresh[rows]
    landmarks = points[_landmarks(serious[shown], danger[shown], [lines[index].text for index in shown])]
    signs = (2 * targets - 1).astype(np.float32)
    first = fitting.meaning(points[places], landmarks, signs[rows, :1], row_weights, folds[rows])
    theirs = np.flatnonzero(danger[shown])
    only = shown[theirs]
    rest = fitting.meaning(points[theirs], landmarks, signs[only, 1:], fresh[only], folds[only])
    meaning = np.zeros((len(lines), len(HEADS)), np.float32)
    meaning[rows, :1], meaning[only, 1:] = first.held_out, rest.held_out
    progress("danger: learning the letters")
    letters, scores = _letters(lines, targets, weights, folds, danger, unseen)
    judged = rows, only, counts
    each = [_mixed(only if head else rows, unseen, targets[:, head])[0] for head in range(len(HEADS))]
    found = _evidence(lines, np.unique(np.concatenate(each)))
    both, alone, held_out = _calibration(meaning, scores, found, targets, judged, unseen)
    arrays = {
        "mean": mean,
        "scale": np.array(scale),
        "landmarks": landmarks.astype(np.float16),
        "meaning": np.hstack((first.weights, rest.weights)),
        **letters,
        "calibration_both": both,
        "calibration_letters": alone,
    }
    if len(kept) < len(ordinary):
        return arrays, held_out, {}
    sums = {
        "landmarks": landmarks,
        "first_gram": fitting.packed(first.gram),
        "first_side": first.side,
        "rest_gram": fitting.packed(rest.gram),
        "rest_side": rest.side,
    }
    return arrays, held_out, sums


def _landmarks(serious: np.ndarray, danger: np.ndarray, texts: list[str]) -> np.ndarray:
    """Rows to measure every vector against: mostly dangers and what looks like them."""
    shares = ((danger, 0.4), (serious & ~danger, 0.3), (~serious, 0.3))
    chosen = []
    for mask, share in shares:
        rows = np.flatnonzero(mask)
        chosen.append(rows[examples.drawn([texts[row] for row in rows], int(LANDMARKS * share))])
    return np.sort(np.concatenate(chosen))


def _letters(
    lines: list[corpus.Line],
    targets: np.ndarray,
    weights: np.ndarray,
    folds: np.ndarray,
    danger: np.ndarray,
    unseen: np.ndarray,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The linear models over n-grams: their arrays, and scores (n, heads + votes), held out where they calibrate."""
    counted = ngram_features.matrix([line.reading for line in lines])
    rarity = ngram_features.rarity(counted)
    matrix = ngram_features.weighted(counted, rarity)
    only = np.flatnonzero(danger)
    small = matrix[only]
    columns = np.zeros((matrix.shape[1], len(HEADS)), np.float32)
    bias = np.zeros(len(HEADS), np.float32)
    scores = np.zeros((len(lines), len(HEADS) + VOTES), np.float32)

    def left_out(rows: np.ndarray, head: int) -> list[np.ndarray]:
        """The lines that will calibrate: one part of them, or each fifth of all where all have to."""
        if len(_mixed(rows, unseen, targets[:, head])[0]) < len(rows):
            return [unseen[rows]]
        return [folds[rows] == fold for fold in range(fitting.FOLDS)]

    # Danger, what only alarms, and every topic, each against all others: a text may look like danger and like a topic.
    topics = labels.topics(lines)
    kinds = labels.kinds(lines, topics)
    if len(topics) < 2 or not (kinds == 1).any():
        raise ValueError("danger is learned beside harmless lines that alarm, and at least two topics")
    every = np.arange(len(lines))
    learn = partial(descent.fit, count=2 + len(topics), rounds=ROUNDS)
    found, shift, seen = fitting.letters(learn, matrix, kinds, np.ones(len(lines)), left_out(every, 0))
    columns[:, 0], bias[0], scores[:, 0] = found[:, 0], shift[0], seen[:, 0]
    scores[:, len(HEADS) :] = np.column_stack((seen[:, 1], seen[:, 2:].max(axis=1)))
    one = fitting.one_or_not(2e-5, 5)
    for head in range(1, len(HEADS)):
        target = targets[only, head]
        if 0 < target.sum() < len(target):
            weigh = labels.balance(target, target.mean())
            fitted = fitting.letters(one, small, target, weigh, left_out(only, head))
            columns[:, head], bias[head], scores[only, head] = (part[..., 0] for part in fitted)
    arrays = {
        "rarity": rarity,
        "letters": (columns * rarity[:, None]).astype(np.float16),
        "letters_bias": bias,
        "harmless": (found[:, 1:] * rarity[:, None]).astype(np.float16),
        "harmless_bias": shift[1:],
    }
    return arrays, scores


def _evidence(lines: list[corpus.Line], rows: np.ndarray) -> np.ndarray:
    """What patterns and guards find, (n, evidence); zero outside `rows`."""
    known = patterns.load()
    patterns.check(known)
    found = np.zeros((len(lines), len(pattern_features.NAMES)), np.float32)
    for index in rows:
        folded, written = fold(clean(lines[index].reading)), fold(clean(lines[index].text))
        found[index] = pattern_features.of(folded, patterns.find_in_both(known, folded, written, Budget(math.inf)))
    return found


def _calibration(
    meaning: np.ndarray,
    letters: np.ndarray,
    found: np.ndarray,
    targets: np.ndarray,
    judged: tuple[np.ndarray, np.ndarray, np.ndarray],
    unseen: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """How the two views are weighed, per head, from held-out scores of `unseen` lines.

    (heads, 3 + votes + evidence), (heads, 2 + votes + evidence), probabilities. `judged`: rows of the first head, rows
    of the others, how many lines each of the first stands for.
    """
    rows, only, counts = judged
    votes, extra = np.zeros((len(meaning), VOTES), np.float32), found.shape[1]
    both = np.zeros((len(HEADS), 3 + VOTES + extra), np.float32)
    alone = np.zeros((len(HEADS), 2 + VOTES + extra), np.float32)
    probabilities = {name: np.zeros(meaning.shape, np.float32) for name in ("both", "letters")}
    for head in range(len(HEADS)):
        every = rows if head == 0 else only
        fitted, target = _mixed(every, unseen, targets[:, head])
        if not 0 < target.sum() < len(target):
            both[head, 0] = alone[head, 0] = 8.0 if target.all() else -8.0
            continue
        against = votes if head else letters[:, len(HEADS) :]
        pair = np.column_stack((meaning[:, head], letters[:, head], against, found))
        stands_for = counts[np.isin(every, fitted)] if head == 0 else None
        both[head] = fitting.calibrate(pair[fitted], target, stands_for)
        alone[head] = fitting.calibrate(pair[fitted, 1:], target, stands_for)
        probabilities["both"][:, head] = sigmoid(both[head, 0] + pair @ both[head, 1:])
        probabilities["letters"][:, head] = sigmoid(alone[head, 0] + pair[:, 1:] @ alone[head, 1:])
    # Rows the meaning was not learned from have no held-out score of it; those the encoder knows have no honest one.
    honest = np.zeros(len(meaning), bool)
    honest[_mixed(rows, unseen, targets[:, 0])[0]] = True
    for values in probabilities.values():
        values[~honest, 0] = np.nan
    return both, alone, probabilities


def _mixed(rows: np.ndarray, unseen: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those of `rows` that are `unseen`, and their targets; all of them where too few are to tell anything."""
    kept = rows[unseen[rows]]
    counts = np.bincount(target[kept], minlength=2)
    chosen = kept if counts.min() >= LEAST else rows
    return chosen, target[chosen]
