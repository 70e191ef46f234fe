"""Everything that is learned: the encoder's conversion, the danger and language models, the Rasa model.

Each part skips itself when nothing it depends on changed. Vectors are kept by the hash of their text, so a sentence
is encoded once in the life of a checkout.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bot.settings import ROOT

Progress = Callable[[str], None]
ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"


class TrainingFailed(RuntimeError):
    """A part could not be trained; what was trained before is still there and still used."""


def train(models: Path, progress: Progress, encoder_dir: Path | None = None) -> float:
    """Trains what is not trained yet, below `models`. Returns the seconds it took. Raises `TrainingFailed`."""
    began = time.monotonic()
    models.mkdir(parents=True, exist_ok=True)
    folder = prepare_encoder(models, progress, encoder_dir)
    from encoder import fill

    progress("sentence vectors")
    cache = models / "vectors.sqlite"
    arguments = ["--data", str(ROOT / "data"), "--cache", str(cache), "--encoder", str(folder)]
    if fill.main(arguments) != 0:
        raise TrainingFailed("the sentences could not be encoded")

    def encode(texts: Sequence[str]) -> np.ndarray:
        from encoder.cache import VectorCache, vectors_for

        return vectors_for(list(texts), folder=folder, cache=VectorCache(cache))

    from bot.danger.train import train as train_danger
    from bot.language.train import train as train_language

    # The dialogue model is trained by a process of its own, beside the gateway's models: there are two cores or more.
    # The languages, which need no vectors, come on its core when it is done.
    command = [str(ENGINE_PYTHON), "-m", "engine.train", "--out", str(models.absolute() / "rasa")]
    progress("dialogue model, danger and languages")
    with (
        subprocess.Popen(command, cwd=ROOT, env=engine_environment(folder), stdout=subprocess.DEVNULL) as dialogue,
        ThreadPoolExecutor(1) as second,
    ):

        def after() -> bool:
            if dialogue.wait() != 0:
                return True
            train_language(ROOT, models, progress)
            return False

        try:
            rest = second.submit(after)
            train_danger(ROOT, models, encode, progress)
            failed = rest.result()
        except BaseException:
            dialogue.kill()
            raise
    if failed:
        raise TrainingFailed("the dialogue model could not be trained: see above")
    return time.monotonic() - began


def prepare_encoder(models: Path, progress: Progress, encoder_dir: Path | None = None) -> Path:
    """The folder of the encoder; converts the packaged weights once unless another encoder is named."""
    if encoder_dir is not None:
        return encoder_dir
    from encoder.convert import convert

    folder = models / "encoder"
    progress("sentence encoder")
    convert(folder)
    return folder


def engine_environment(encoder_dir: Path) -> dict[str, str]:
    """What the engine's processes see of this machine: no secret, no database, no setting of ours but the encoder."""
    # The two of OpenBLAS say which kernels an old one may use where it knows the processor wrongly.
    names = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    return kept | {
        "HOME": str(ROOT / ".cache" / "engine-home"),
        "INLOOP_ENCODER_DIR": str(encoder_dir.absolute()),
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LOG_LEVEL": "ERROR",  # Rasa's own progress bars; ours are lines
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
