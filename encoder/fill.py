"""Encode every training sentence once, before anything is trained: ``python -m encoder.fill``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from encoder.cache import DEFAULT_PATH, VectorCache, vectors_for
from encoder.corpus import sentences


def main(arguments: list[str] | None = None) -> int:
    """Fill the cache; progress goes to standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m encoder.fill", description="Encode the training sentences."
    )
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder with nlu/ and danger/")
    parser.add_argument("--cache", type=Path, default=DEFAULT_PATH)
    parser.add_argument(
        "--encoder", type=Path, default=None, help="folder of the encoder (default: models/encoder)"
    )
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args(arguments)
    texts = list(dict.fromkeys(sentences(options.data)))
    began = time.monotonic()

    def progress(done: int, total: int) -> None:
        sys.stderr.write(f"encoder: {done} of {total} new sentences\n")

    if texts:
        vectors_for(
            texts,
            folder=options.encoder,
            cache=VectorCache(options.cache),
            workers=options.workers,
            progress=progress,
        )
    sys.stderr.write(f"encoder: {len(texts)} sentences ready after {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
