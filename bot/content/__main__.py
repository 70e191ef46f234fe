"""`python -m bot.content [folder] [--language xx]`: are the words whole? Prints all faults."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.content import ContentError, load


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.content", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("content"))
    parser.add_argument(
        "--language", action="append", default=[], help="check it too, though it is not registered"
    )
    options = parser.parse_args()
    try:
        catalogue = load(options.folder, also=options.language)
    except ContentError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    for fact in catalogue.stale(datetime.now(UTC).date()):
        sys.stdout.write(f"to be compared with its source again: {fact}\n")
    names = ", ".join(f"{language.code} ({language.answers})" for language in catalogue.languages)
    sys.stdout.write(f"whole: {len(catalogue.topics)} topics in {names}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
