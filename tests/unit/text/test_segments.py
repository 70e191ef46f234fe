"""A message is divided where its marks divide it."""

from __future__ import annotations

import pytest

from bot.text.segments import MOST, segments


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello, I want to kill myself", ("I want to kill myself",)),
        ("thanks a lot. he hits me!", ("thanks a lot", "he hits me")),
        ("你们好，我不想活了", ("我不想活了",)),
        ("مرحبا، بدي موت هلق", ("بدي موت هلق",)),
        ("it costs 3.50 at 18:30 today", ()),
        ("one piece without a mark", ()),
        ("", ()),
        ("no", ()),
    ],
)
def test_a_piece_of_its_own_stands_by_itself(text: str, pieces: tuple[str, ...]) -> None:
    assert segments(text) == pieces


def test_of_a_story_the_beginning_and_the_end_are_looked_at() -> None:
    story = ". ".join(f"sentence number {word}" for word in ["a", "b", "c", "d", "e", "f", "g", "h"])
    pieces = segments(story)
    assert len(pieces) == MOST
    assert pieces[0] == "sentence number a"
    assert pieces[-1] == "sentence number h"
