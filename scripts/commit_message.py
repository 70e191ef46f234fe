"""Check a commit message: `part: Imperative`, at most 72 characters, then an empty line and the why.

    python3 scripts/commit_message.py .git/COMMIT_EDITMSG

Standard library only. Called by pre-commit's `commit-msg` hook; see CONTRIBUTING.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

MAX_SUBJECT_CHARS = 72
SUBJECT = re.compile(r"[a-z][a-z0-9_./-]*: [A-Z]\S*")
INFLECTED = re.compile(r": (\w+(?:ed|ing))\b")
VERBS = {"Bring", "Embed", "Exceed", "Feed", "Need", "Ping", "Proceed", "Seed", "Speed"}
"""Imperatives that look like another form."""
EXEMPT = ("Merge ", "Revert ", "fixup! ", "squash! ")


def faults(message: str) -> list[str]:
    """Return what is wrong with a message; comments of git are dropped."""
    lines = [line.rstrip() for line in message.splitlines() if not line.startswith("#")]
    while lines and not lines[0]:
        lines.pop(0)
    subject = lines[0] if lines else ""
    if subject.startswith(EXEMPT):
        return []
    found = []
    if len(subject) > MAX_SUBJECT_CHARS:
        found.append(f"the subject has {len(subject)} characters, at most {MAX_SUBJECT_CHARS} are allowed")
    if not SUBJECT.match(subject):
        found.append("the subject is not `part: Imperative` (a room or folder, then a verb with a capital letter)")
    elif (verb := INFLECTED.search(subject)) and verb[1] not in VERBS:
        found.append("the subject does not begin with an imperative (Add, Move, Require)")
    if subject.endswith("."):
        found.append("the subject ends with a full stop")
    if len(lines) > 1 and lines[1]:
        found.append("there is no empty line after the subject")
    if not any(lines[2:]):
        found.append("there is no body: say why")
    return found


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = faults(Path(arguments[0]).read_text(encoding="utf-8"))
    for fault in found:
        print(f"commit message: {fault}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
