"""`make lint`: ruff's rules and formatting of names, and mypy (strict for `bot/`)."""

from __future__ import annotations

import subprocess
import sys

COMMANDS = (
    ("ruff", "check", "."),
    ("mypy",),
)


def main() -> int:
    worst = 0
    for command in COMMANDS:
        worst |= subprocess.run([sys.executable, "-m", *command], check=False).returncode
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
