"""Train the Rasa model: ``python -m engine.training.train --out models/rasa``.

Nothing is done when the model in place was made from the same sentences, rules, settings and code.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from engine.server.quiet import prepare_environment

prepare_environment()

import encoder  # noqa: E402
from encoder.making import differences  # noqa: E402
from encoder.making.alone import alone  # noqa: E402
from encoder.making.model_cache import NO_CACHE, ModelCache  # noqa: E402
from encoder.runtime.cache import DEFAULT_PATH  # noqa: E402
from engine.server.quiet import silence  # noqa: E402
from engine.training.update import lines_of, update  # noqa: E402

MODEL = "inloop.tar.gz"
FINGERPRINT = "fingerprint.json"
SOURCES = (
    "config.yml", "domain.yml", "data/nlu/**/*.yml", "data/questions/**/*.yml", "data/talks/*.yml",
    "data/acts/*.yml", "content/questions.yml", "data/rules/*.yml", "data/stories/*.yml",
)  # fmt: skip
FILES = (MODEL, differences.LEARNED, FINGERPRINT)
"""What a model is in a cache."""
READING = (
    "making/corpus.py", "making/talks.py", "runtime/arabic_words.py", "runtime/descent.py", "runtime/heads.py",
    "runtime/holdout.py", "runtime/lexical.py", "runtime/linear.py", "runtime/marks.py", "runtime/network.py",
    "runtime/*.txt", "runtime/ngrams.py", "runtime/text.py", "runtime/transliteration.*",
)  # fmt: skip
CODE = (
    "engine/*.py", "engine/nlu/*.py", "engine/server/*.py", "engine/training/*.py",
    *(f"encoder/{name}" for name in READING),
)  # fmt: skip
OF_LINES = ("data/nlu/**/*.yml", "encoder/runtime/later.txt", "encoder/runtime/needed.txt")
"""Of all these, what decides how single sentences are learned, and nothing else."""

log = logging.getLogger("engine.training.train")


def fingerprint(root: Path, but: Sequence[str] = ()) -> str:
    """A digest of everything that the model depends on, but the files of the patterns ``but``."""
    digest = hashlib.sha256(encoder.identity().encode())
    left_out = {path for pattern in but for path in root.glob(pattern)}
    for pattern in (*SOURCES, *CODE, "engine/uv.lock"):
        for path in sorted(set(root.glob(pattern)) - left_out):
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def up_to_date(out: Path, wanted: str) -> bool:
    """Whether the model in ``out`` was made from what is there now."""
    try:
        made_from = json.loads((out / FINGERPRINT).read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError):
        return False
    return made_from == wanted and (out / MODEL).is_file()


def train(root: Path, out: Path, wanted: str) -> None:
    """Train and put the model in its place at once. Raises ``RuntimeError`` when Rasa made none."""
    from rasa.model_training import train as train_model

    silence()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=out) as work:
        # Rasa's cache of component results would hash 30,000 sentences twice to save one short training.
        os.environ["RASA_MAX_CACHE_SIZE"] = "0"
        os.environ["RASA_CACHE_DIRECTORY"] = str(Path(work) / "cache")
        result = train_model(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=[str(root / name) for name in ("data/nlu", "data/questions", "data/rules")],
            output=work,
            fixed_model_name="inloop",
            force_training=True,
        )
        if result.code != 0 or not result.model:
            raise RuntimeError("Rasa made no model")
        differences.forget(out)
        Path(result.model).replace(out / MODEL)
    _told(out, wanted)


def _told(out: Path, wanted: str) -> None:
    (out / FINGERPRINT).write_text(json.dumps({"fingerprint": wanted}) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Train if needed; progress goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.train", description="Train the Rasa model.")
    parser.add_argument("--out", type=Path, default=Path("models/rasa"))
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    parser.add_argument("--cache", type=Path, default=None, help="folder where models are kept by their hash")
    options = parser.parse_args(arguments)
    silence()
    root = Path.cwd()
    wanted = fingerprint(root)
    if not options.force and up_to_date(options.out, wanted):
        log.info("the model is up to date")
        return 0
    with alone(options.out, log.info):
        if not options.force and up_to_date(options.out, wanted):
            log.info("the model is up to date")
        else:
            learn(root, options.out, wanted, anew=options.force, cache=ModelCache(options.cache))
    return 0


def learn(root: Path, out: Path, wanted: str, *, anew: bool, cache: ModelCache = NO_CACHE) -> None:
    """Bring the model in ``out`` to what is there now: from ``cache`` where it is there, a little where that does, or
    from nothing, as ``anew`` wants it in any case."""
    if not anew and cache.restore("rasa", wanted, out, FILES):
        log.info("taken from the cache")
        return
    began = time.monotonic()
    lines, mark = lines_of(root), fingerprint(root, OF_LINES)
    changed = None if anew else update(out / MODEL, mark, lines, None, DEFAULT_PATH)
    if changed is not None:
        _told(out, wanted)
        log.info("%d sentences changed, learned in %.0f s", changed, time.monotonic() - began)
        return
    log.info("training on the sentences of %d files", len(list(root.glob("data/nlu/*/*.yml"))))
    # Rasa prints progress of its own, a bar for every rule; our log lines hold on to the real standard error.
    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        train(root, out, wanted)
    differences.keep(out, mark, lines)
    cache.keep("rasa", wanted, out, FILES)
    log.info("trained in %.0f s", time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
