"""What the check of commit messages takes and refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))

import commit_message  # type: ignore[import-not-found]  # noqa: E402 - a script, in no package


@pytest.mark.parametrize(
    "message",
    [
        "desk: Require a preview of a translation\n\nWhy it is so.\n",
        "storage/cases: Need one lock only\n\nWhy.\n# a comment of git\n",
        'Revert "desk: Require a preview"\n',
    ],
)
def test_a_good_message_is_taken(message: str) -> None:
    assert commit_message.faults(message) == []


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("Two lines are written as the others are\n\nWhy.\n", "part: Imperative"),
        ("desk: require a preview\n\nWhy.\n", "part: Imperative"),
        ("desk: Required a preview\n\nWhy.\n", "imperative"),
        ("desk: Require a preview.\n\nWhy.\n", "full stop"),
        ("desk: Require a preview\nWhy.\n", "empty line"),
        ("desk: Require a preview\n", "say why"),
        (f"desk: Require {'very ' * 15}much\n\nWhy.\n", "at most 72"),
        ("", "part: Imperative"),
    ],
)
def test_a_bad_message_is_refused_by_name(message: str, fault: str) -> None:
    assert any(fault in found for found in commit_message.faults(message))
