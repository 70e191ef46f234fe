"""Encode every training sentence once, before anything is trained: ``python -m encoder.making.fill``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from encoder.making.corpus import sentences
from encoder.runtime.cache import DEFAULT_PATH, VectorCache, vectors_for

WORKERS = min(2, os.cpu_count() or 1)


def main(arguments: list[str] | None = None) -> int:
    """Fill the cache; progress goes to standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m encoder.making.fill", description="Encode the training sentences."
    )
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with nlu/ and danger/")
    parser.add_argument("--cache", type=Path, default=DEFAULT_PATH)
    parser.add_argument(
        "--encoder", type=Path, default=None, help="folder of the encoder (default: models/encoder)"
    )
    parser.add_argument("--workers", type=int, default=WORKERS)
    options = parser.parse_args(arguments)
    fill(list(sentences(options.data)), options.encoder, options.cache, options.workers)
    return 0


def fill(texts: Sequence[str], encoder: Path | None, cache: Path, workers: int = WORKERS) -> int:
    """Encode those of ``texts`` that have no vector in ``cache`` yet and return how many those were; progress goes to
    standard error."""
    texts = list(dict.fromkeys(texts))
    began, new = time.monotonic(), 0

    def progress(done: int, total: int) -> None:
        nonlocal new
        new = total
        sys.stderr.write(f"encoder: {done} of {total} new sentences\n")

    if texts:
        vectors_for(texts, folder=encoder, cache=VectorCache(cache), workers=workers, progress=progress)
    sys.stderr.write(f"encoder: {len(texts)} sentences ready after {time.monotonic() - began:.1f} s\n")
    return new


if __name__ == "__main__":
    raise SystemExit(main())
