"""`python -m bot.training.language_main <models> [--anew] [--cache <folder>]`: learn the languages in a process of its
own.

Progress goes to standard error.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bot.settings import ROOT
from bot.training.language import train
from encoder.making.model_cache import ModelCache


def main() -> None:
    """Learn, as `train` does."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.language_main")
    parser.add_argument("models", type=Path)
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--cache", type=Path, default=None)
    asked = parser.parse_args()
    cache = ModelCache(asked.cache)
    train(ROOT, asked.models, lambda text: sys.stderr.write(f"{text}\n"), anew=asked.anew, cache=cache)


if __name__ == "__main__":
    main()
