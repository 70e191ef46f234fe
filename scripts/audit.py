"""Known vulnerabilities of everything in the two locks, asked of OSV (https://osv.dev) by uv.

    python3 scripts/audit.py                            # or: make audit
    python3 scripts/audit.py --database pypi-all.zip    # without a network: see docs/known-holes.md

Ends with 0 when nothing is known but what docs/known-holes.md names (with why it is out of reach), with 1 when there is
something new, with 3 when there was no answer: without a network nothing is said to be well, nor by a database that is
missing, damaged, or older than `--at-most-days` (30). With a database nothing leaves this machine; else the names and
versions of the packages do. Standard library only (a database needs `make sync` first).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import setup  # noqa: E402 - beside this file; it finds uv, or installs it by hash

PROJECTS = {"gateway": ROOT, "engine": ROOT / "engine"}
LISTED = ROOT / "docs" / "known-holes.md"
IDENTIFIER = re.compile(r"\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d+)\b")
PATIENCE = 120
NOTHING_NEW, SOMETHING, NO_ANSWER = 0, 1, 3


def listed() -> list[str]:
    """Every identifier that the list names."""
    return sorted(set(IDENTIFIER.findall(LISTED.read_text(encoding="utf-8"))))


def audit(uv: str, project: Path, more: list[str]) -> int:
    """Of one lock, as it is. `more` are options of `uv audit`."""
    command = [uv, "audit", "--frozen", "--no-dev", "--preview-features", "audit-command", "--project", str(project)]
    command += [option for name in listed() for option in ("--ignore", name)]
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        done = subprocess.run(
            [*command, *more], env=environment, timeout=PATIENCE, check=False, capture_output=True, text=True
        )
    except subprocess.TimeoutExpired:
        print(f"no answer within {PATIENCE} s", file=sys.stderr)
        return NO_ANSWER
    print(done.stdout, end="")
    print(done.stderr, end="", file=sys.stderr)
    if done.returncode not in {0, 1}:  # 1: found something; everything else is uv's or the network's fault
        return NO_ANSWER
    return SOMETHING if done.returncode else NOTHING_NEW


def offline(path: Path, most_days: int, today: date) -> int:
    """What a copy of OSV's database says of both locks, and how old it is."""
    if importlib.util.find_spec("packaging") is None:  # it is in the gateway's environment
        own = ROOT / ".venv" / "bin" / "python"
        if not own.exists() or Path(sys.prefix) == ROOT / ".venv":
            print("there is no environment yet: make sync", file=sys.stderr)
            return NO_ANSWER
        return subprocess.run([str(own), __file__, *sys.argv[1:]], check=False).returncode
    import osv_database
    import sbom

    try:
        database = osv_database.read(path)
    except osv_database.Unusable as error:
        print(error, file=sys.stderr)
        return NO_ANSWER
    age = (today - database.newest).days
    print(f"[audit] {database.count} vulnerabilities, the newest of {database.newest}", file=sys.stderr)
    if age > most_days:
        print(f"the database is {age} days old: fetch it anew, or say --at-most-days {age}", file=sys.stderr)
        return NO_ANSWER
    known, worst = set(listed()), NOTHING_NEW
    for name, project in PROJECTS.items():
        for package in sbom.locked(project):
            for hole in database.holes(package["name"], package["version"]):
                if not known & set(hole.names):
                    worst = SOMETHING
                    print(f"{name}: {hole.package} {hole.version}: {' '.join(hole.names)} {hole.summary}".rstrip())
    return worst


def main(arguments: list[str]) -> int:
    asked = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0], epilog="Other options go to `uv audit`."
    )
    asked.add_argument("--database", type=Path, help="a copy of OSV's database: its zip file, or a folder")
    asked.add_argument("--at-most-days", type=int, default=30, help="how old the newest entry of the database may be")
    given, more = asked.parse_known_args(arguments)
    if given.database is not None:
        return offline(given.database, given.at_most_days, datetime.now(UTC).date())
    environment = setup.with_every_pyenv_python(dict(os.environ))
    try:
        uv = setup.find_uv(environment)
    except SystemExit as error:  # it is not there and cannot be brought
        print(error, file=sys.stderr)
        return NO_ANSWER
    os.environ.update(environment)
    worst = NOTHING_NEW
    for name, project in PROJECTS.items():
        print(f"[audit] {name}", file=sys.stderr)
        worst = max(worst, audit(str(uv), project, more))
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
