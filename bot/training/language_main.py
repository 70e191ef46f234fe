"""`python -m bot.training.language_main <models> [--anew]`: learns the languages in a process of its own.

Progress goes to standard error.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.settings import ROOT
from bot.training.language import train

if __name__ == "__main__":
    train(ROOT, Path(sys.argv[1]), lambda text: sys.stderr.write(f"{text}\n"), anew="--anew" in sys.argv[2:])
