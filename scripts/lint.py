"""`make lint`: ruff's rules and formatting of names, mypy (strict for `bot/`), and the rooms (import-linter)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
COMMANDS = (
    (sys.executable, "-m", "ruff", "check", "."),
    (sys.executable, "-m", "mypy"),
    (str(BIN / "lint-imports"), "--no-logo", "--cache-dir", ".cache/import-linter"),
)


def main() -> int:
    worst = 0
    for command in COMMANDS:
        worst |= subprocess.run(command, check=False).returncode
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
