"""What `make fuzz` runs: at least 100,000 inputs to every parser of what others send, to every route and to the states.

    make fuzz                     # some minutes on two cores
    make fuzz ARGS="--times 4"    # four times as many

Beside them a search for the message that costs most processor time (`bench/hostile.py`), over as many again.

Prints how many inputs each parser got. Ends with 1 when anything was found, or when there were fewer than 100,000.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAST = 100_000
TESTS = ("tests/unit/fuzz", "tests/process/web/test_fuzz.py", "tests/contract/storage/test_handoff_states.py")


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--times", type=float, default=1.0, help="so many times the usual number of inputs")
    asked.add_argument(
        "--requests", type=int, default=40, help="of each route, as the contract has it and as it has it not"
    )
    asked.add_argument("--least", type=int, default=LEAST, help=f"fewer inputs are a failure (default {LEAST})")
    given, more = asked.parse_known_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        counts.touch()
        environment = dict(os.environ) | {
            "INLOOP_TEST_FUZZ_DEPTH": str(given.times),
            "INLOOP_TEST_FUZZ": str(max(1, int(given.requests * given.times))),
            "INLOOP_TEST_FUZZ_WALKS": str(max(1, int(100 * given.times))),
            "INLOOP_TEST_FUZZ_COUNTS": str(counts),
        }
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "2",
            "--dist",
            "load",
            "--timeout",
            "3600",
            *TESTS,
            *more,
        ]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        hostile = ["-m", "bench.hostile", "--inputs", str(int(LEAST * given.times))]
        code = subprocess.run([sys.executable, *hostile], cwd=ROOT, check=False).returncode or code
        found: Counter[str] = Counter()
        for line in counts.read_text(encoding="utf-8").splitlines():
            number, _, name = line.partition("\t")
            found[name] += int(number)
    for name, number in sorted(found.items()):
        print(f"{number:>9,}  {name}")
    took = (time.monotonic() - began) / 60
    end = "nothing was found" if code == 0 else "SOMETHING WAS FOUND"
    print(f"{found.total():>9,}  inputs in {took:.1f} minutes: {end}")
    if found.total() < given.least:
        print(f"fewer than {given.least:,}", file=sys.stderr)
        return 1
    return int(code != 0)


if __name__ == "__main__":
    raise SystemExit(main())
