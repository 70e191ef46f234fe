"""`python -m bot.content [folder] [--language xx]`: the same as `inloop content check`."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.content.audit import audit, report


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.content", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("content"))
    parser.add_argument(
        "--language", action="append", default=[], help="check it too, though it is not registered"
    )
    options = parser.parse_args()
    return report(audit(options.folder, datetime.now(UTC).date(), options.language), sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
