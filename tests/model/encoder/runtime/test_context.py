"""A message with what was said before it, read by the real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from encoder.making.convert import convert
from encoder.making.tuning import CONTEXT, TUNING
from encoder.runtime.context import NOTHING, TOLD, ContextError, ContextReader


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> ContextReader:
    folder = tmp_path_factory.mktemp("models") / "context"
    assert convert(folder, tuning=CONTEXT)
    return ContextReader.load(folder)


def test_each_head_gives_shares_and_questions_are_those_of_the_catalogue(reader: ContextReader) -> None:
    found = reader.read("and how long does it take", ["he keeps my passport"], "documents_taken/get_back")
    of_one = {name: sum(own.values()) for name, own in found.items() if name != TOLD}
    assert of_one == {name: pytest.approx(1, abs=1e-4) for name in of_one}
    assert set(found["danger"]) == {"none", "ask", "urgent", "emergency"}
    assert all("/" in question for question in found["question"] if question != NOTHING)


def test_a_story_asks_nothing_that_is_written_and_a_question_does(reader: ContextReader) -> None:
    story = reader.read("i am from ghana, i am 27, i clean hotel rooms in bruges with five others", [], "")["question"]
    asked = reader.read("do i have to pay for a lawyer", [], "")["question"]
    assert story[NOTHING] > 0.5 > asked[NOTHING]


def test_several_facts_are_told_at_once(reader: ContextReader) -> None:
    told = reader.read("they did not pay me for 3 months and my passport is with them", [], "")[TOLD]
    assert min(told["documents_kept"], told["not_paid"]) > 0.5 > max(told["pregnant"], told["is_police"])


@pytest.mark.parametrize(
    ("text", "danger", "calm"),
    [
        ("they are here", "they said they will take us to another city tonight", "my friends visit for my birthday"),
        ("i am hiding", "he searches me with a bat", "playing with my kids in the garden"),
        ("i cannot go out", "he keeps the key and beats us", "i have the flu"),
    ],
)
def test_the_same_words_mean_something_else_after_something_else(
    reader: ContextReader, text: str, danger: str, calm: str
) -> None:
    after_danger, after_calm = (reader.read(text, [before], "")["danger"] for before in (danger, calm))
    assert after_danger["emergency"] > after_calm["emergency"] + 0.01


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "x" * 100_000, "🆘", "你" * 5_000])
def test_any_text_is_read_and_what_is_long_is_cut(reader: ContextReader, text: str) -> None:
    vector = reader.encoder.in_context(text, [text] * 4, text)
    assert vector.shape == (reader.encoder.dim,) and bool(np.isfinite(vector).all())


def test_an_encoder_of_another_round_is_refused(tmp_path: Path) -> None:
    assert convert(tmp_path / "context", tuning=TUNING)
    with pytest.raises(ContextError):
        ContextReader.load(tmp_path / "context")


def test_both_files_are_small_and_of_plain_arrays() -> None:
    assert CONTEXT.stat().st_size < 6_000_000
    with np.load(CONTEXT, allow_pickle=False) as arrays:
        assert all(arrays[name].dtype == np.float16 for name in arrays.files)
