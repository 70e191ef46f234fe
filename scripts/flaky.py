"""Run a tier again and again, each time in another order and with other seeds, and list what failed at least once.

    make flaky                                   # the unit tier, twenty times
    make flaky ARGS="unit model --times 20"
    make flaky ARGS="push --times 5 --busy"      # every second time, something else keeps one core busy
    make flaky ARGS="tests/contract/storage/test_cases.py"

A run is told again by its number: it is the order of the tests, the seed of Hypothesis and that of Python's hashes.
Ends with 1 when anything failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree as XML

from test import PUSHED, QUICK, ROOT, environment, parallel, say, train  # beside this file

TIERS = {
    "unit": QUICK,
    "model": ("tests/model", *PUSHED),
    "push": PUSHED,
    "night": ("-m", "night"),
}
BUSY = "while True: pass"


def failed(report: Path) -> set[str]:
    """Return the tests of a JUnit report that did not pass; all of them when it is not whole."""
    try:
        cases = XML.parse(report).iter("testcase")
    except (OSError, XML.ParseError):
        return {"the run itself: it made no report"}
    return {
        f"{case.get('file') or case.get('classname')}::{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    }


def main() -> int:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("tiers", nargs="*", default=["unit"], help=f"{', '.join(TIERS)}, or a path of tests")
    asked.add_argument("--times", type=int, default=20)
    asked.add_argument("--first", type=int, default=1, help="the number of the first run")
    asked.add_argument("--busy", action="store_true", help="keep one core busy in every second run")
    given = asked.parse_args()
    env = environment(browser=not set(given.tiers) <= {"unit", "model"}, fixed=False)
    if env is None or (given.tiers != ["unit"] and not train(env)):
        return 1
    runs: dict[str, list[int]] = defaultdict(list)
    for number in range(given.first, given.first + given.times):
        for tier in given.tiers:
            found, took = one(tier, number, env, busy=given.busy and number % 2 == 0)
            say(f"{tier}, run {number}: {len(found)} failed, {took:.0f} s")
            for test in found:
                runs[test].append(number)
    for test, numbers in sorted(runs.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"{len(numbers)} of {given.times}: {test} (runs {', '.join(map(str, numbers))})")
    print(f"{' '.join(given.tiers)}, {given.times} times: {len(runs) or 'nothing'} failed at least once")
    return int(bool(runs))


def one(tier: str, number: int, env: dict[str, str], *, busy: bool) -> tuple[set[str], float]:
    """Run a tier once; return what failed, and how long it took."""
    changed = {"INLOOP_TEST_ORDER": str(number), "PYTHONHASHSEED": str(number)}
    tests = TIERS.get(tier, (tier,))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        report = Path(folder) / "report.xml"
        if busy:
            other = stack.enter_context(subprocess.Popen([sys.executable, "-c", BUSY]))
            stack.callback(other.kill)
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", *parallel(2)]
        command += [f"--hypothesis-seed={number}", f"--junitxml={report}", "-o", "junit_family=xunit1", *tests]
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env={**env, **changed}, capture_output=True, text=True, check=False
        )
        found = failed(report)
        if done.returncode and not found:
            found = {"the run itself: " + (done.stdout.strip().splitlines() or ["nothing"])[-1]}
        if found:
            print(done.stdout[-6000:], file=sys.stderr)
        return found, time.monotonic() - began


if __name__ == "__main__":
    raise SystemExit(main())
