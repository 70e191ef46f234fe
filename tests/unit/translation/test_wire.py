"""What goes between the gateway and the processes that translate: what a page sends arrives, and none of it stays."""

from __future__ import annotations

import pytest

from bot.translation.engine.wire import read, written


@pytest.mark.parametrize(
    "text", ["", "Am 20 \u20ac.\n", "\u0623\u0646\u0627 \u0647\u0646\u0627", '\U0001f600\u2028\x00"\\']
)
def test_it_arrives_in_one_line_as_it_was(text: str) -> None:
    line = written({"id": 7, "sentences": [text], "steps": ("a", "b")})
    assert line.count(b"\n") == 1
    assert read(line) == {"id": 7, "sentences": [text], "steps": ["a", "b"]}


def test_half_a_sign_stops_nothing() -> None:
    line = written({"id": 7, "sentences": ["Ik ben \ud83d bang", "Ja."], "alternatives": 4})
    assert read(line) == {"id": 7, "sentences": ["Ik ben ? bang", "Ja."], "alternatives": 4}


def test_no_sentence_is_kept_for_the_next_time() -> None:
    line = written({"sentences": ["Ik ben bang."]})
    first, second = read(line), read(line)
    assert first == second
    assert first["sentences"][0] is not second["sentences"][0], "one string from a store of them"


@pytest.mark.parametrize("line", [b"", b"{", b"\xff", b"[" * 5000, b'{"id": 1}{"id": 2}', b'["\\ud83d"]'])
def test_what_is_no_answer_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read(line)
