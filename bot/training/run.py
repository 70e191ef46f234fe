"""Everything that is learned: the encoder's conversion, the danger and language models, the Rasa model.

Each part skips itself when nothing it depends on changed. Vectors are kept by the hash of their text, so a sentence
is encoded once in the life of a checkout. With a cache, models and vectors outlive the checkout.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from bot.dialogue.engine_process import ENGINE_PYTHON, engine_environment
from bot.settings import ROOT
from encoder.making.model_cache import ModelCache
from encoder.runtime.loading import identity

Progress = Callable[[str], None]
NICE = 5
VECTORS = "vectors.sqlite"


class TrainingFailed(RuntimeError):
    """A part could not be trained; what was trained before is still there and still used."""


class Beside:
    """Commands that run while this process does something else; none is left behind."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._well = True

    def start(self, command: list[str], environment: dict[str, str]) -> None:
        """A failure to start is told by `well`."""
        try:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            self._running.append(process)
            # What this process does takes longest and is done by one thread: that one waits for no core.
            os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        except OSError as error:
            sys.stderr.write(f"{Path(command[0]).name}: {error.strerror}\n")
            self._well = False

    def well(self) -> bool:
        """Waits for all; whether all ended well."""
        codes = [process.wait() for process in self._running]
        return self._well and not any(codes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
                process.wait()


def train(
    models: Path,
    progress: Progress,
    encoder_dir: Path | None = None,
    *,
    anew: bool = False,
    cache_dir: Path | None = None,
) -> float:
    """Train what is not trained yet, below `models`: from nothing where much changed since, or where `anew` wants it.

    What `cache_dir` has is taken from there, and what is learned from nothing is kept there. Return the seconds it
    took. Raises `TrainingFailed`.
    """
    began = time.monotonic()
    progress = timed(progress)
    models.mkdir(parents=True, exist_ok=True)
    try:
        cache = ModelCache(cache_dir)
    except (OSError, ValueError) as error:
        raise TrainingFailed(f"the cache of models cannot be used: {error}") from error
    folder = prepare_encoder(models, progress, encoder_dir)
    from bot.training import acts
    from bot.training.danger import corpus
    from encoder.making.corpus import questions
    from encoder.making.fill import fill
    from encoder.making.talks import turns
    from encoder.runtime.transliteration import native

    progress("sentence vectors")
    vectors = models / VECTORS
    if not vectors.is_file():
        cache.restore("vectors", encoder_mark(folder), models, [VECTORS])
    read = functools.cache(corpus.read)  # all that is learned from it here is learned from the same
    shown = [line.reading for line in read(ROOT) if corpus.is_shown(line)]
    talk = [line.reading for line in acts.read(ROOT)] + list(questions(ROOT / "data"))
    talk += [native(turn.text, turn.language) for turn in turns(ROOT / "data")]
    if fill([*shown, *(line.reading for line in corpus.read_traded(ROOT)), *talk], folder, vectors):
        cache.replace("vectors", encoder_mark(folder), models, [VECTORS])

    def encode(texts: Sequence[str]) -> np.ndarray:
        from encoder.runtime.cache import VectorCache, vectors_for

        return vectors_for(list(texts), folder=folder, cache=VectorCache(vectors))

    from bot.training.danger.train import train as train_danger
    from bot.training.danger.train_exploitation import train as train_traded

    # The dialogue model is trained by a process of its own, beside the gateway's danger model: there are two cores or
    # more. The languages, a fifth of the time of either, have one too, and share its core: so both cores end together.
    dialogue = [str(ENGINE_PYTHON), "-m", "engine.training.train", "--out", str(models.absolute() / "rasa")]
    languages = [sys.executable, "-m", "bot.training.language_main", str(models.absolute())]
    progress("dialogue model, danger and languages")
    if anew:
        dialogue.append("--force")
        languages.append("--anew")
    if cache_dir is not None:
        for command in (dialogue, languages):
            command += ["--cache", str(cache_dir.absolute())]
    with Beside() as beside:
        beside.start(dialogue, engine_environment(folder))
        beside.start(languages, dict(os.environ))
        train_danger(ROOT, models, encode, progress, read, anew=anew, cache=cache)
        train_traded(ROOT, models, encode, progress, read, cache=cache)
        acts.train(ROOT, models, encode, progress)
        progress("waiting for the dialogue model and the languages")
        if not beside.well():
            raise TrainingFailed("the dialogue model or the languages could not be learned: see above")
    return time.monotonic() - began


def timed(progress: Progress) -> Progress:
    """Return `progress` with the seconds since now before each text."""
    began = time.monotonic()
    return lambda text: progress(f"{time.monotonic() - began:4.0f} s  {text}")


def encoder_mark(folder: Path) -> str:
    """Return what the vectors of an encoder are kept under."""
    return hashlib.sha256(identity(folder).encode()).hexdigest()


def prepare_encoder(models: Path, progress: Progress, encoder_dir: Path | None = None) -> Path:
    """The folder of the encoder; converts the packaged weights once unless another encoder is named."""
    if encoder_dir is not None:
        return encoder_dir
    from encoder.making.convert import convert
    from encoder.making.tuning import CONTEXT

    folder = models / "encoder"
    progress("sentence encoder")
    convert(folder)
    convert(models / "context", tuning=CONTEXT)
    return folder
