"""What changed since a model was learned, and what is made of a note that is none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from encoder.making.differences import LEARNED, MOST, forget, keep, since

LINES = [("nl", "een"), ("nl", "twee"), ("nl", "twee"), ("ar", "\u0648\u0627\u062d\u062f"), ("nl", "\ud800")]


def test_it_tells_what_came_and_what_went(tmp_path: Path) -> None:
    keep(tmp_path, "mark", LINES)
    found = since(tmp_path, "mark", [("nl", "nieuw"), *LINES[1:2], *LINES[3:], ("nl", "laatste")])
    assert found is not None
    assert found.added == [("nl", "nieuw"), ("nl", "laatste")]
    assert found.removed == [("nl", "een"), ("nl", "twee")], "it stood there twice"
    assert found.before == LINES
    assert found.count == 4


def test_what_changed_before_is_counted(tmp_path: Path) -> None:
    keep(tmp_path, "mark", LINES, MOST - 1)
    assert since(tmp_path, "mark", LINES) is not None
    found = since(tmp_path, "mark", [*LINES, ("nl", "nieuw")])
    assert found is not None
    assert found.count == MOST
    assert since(tmp_path, "mark", [*LINES[1:], ("nl", "nieuw")]) is None


# mtime: a packed file holds the second it was made in, and two workers of the tests must find the same.
NO_NOTES = {
    "of no bytes": b"",
    "no archive": b"no archive",
    "no JSON": gzip.compress(b"{", mtime=0),
    "a list": gzip.compress(b"[]", mtime=0),
    "no text": gzip.compress(b"\xff", mtime=0),
    "cut off": gzip.compress(b"{}" * 9, mtime=0)[:-6],
    "a count that is none": gzip.compress(b'{"mark": "mark", "changed": "many", "lines": []}', mtime=0),
    "a line that is none": gzip.compress(b'{"mark": "mark", "changed": 0, "lines": [7]}', mtime=0),
    "of another training": gzip.compress(b'{"mark": "another", "changed": 0, "lines": []}', mtime=0),
}


@pytest.mark.parametrize("told", NO_NOTES.values(), ids=NO_NOTES)
def test_a_note_that_is_none_is_as_if_nothing_was_known(tmp_path: Path, told: bytes) -> None:
    (tmp_path / LEARNED).write_bytes(told)
    assert since(tmp_path, "mark", LINES) is None


def test_what_was_begun_is_not_known(tmp_path: Path) -> None:
    keep(tmp_path, "mark", LINES)
    forget(tmp_path)
    assert since(tmp_path, "mark", LINES) is None
    forget(tmp_path)
