"""The index finds what comparing each with each finds; folding keeps apart what differs in more than dress."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.training.corpus import comparing
from bot.training.corpus.faults import Sentence
from bot.training.corpus.near_duplicates import NEAR, Index, jaccard

WORDS = st.lists(st.sampled_from([f"w{number}" for number in range(12)]), min_size=5)


@given(st.lists(WORDS, max_size=30), WORDS)
def test_the_index_finds_all_and_only_the_near_ones(training: list[list[str]], asked: list[str]) -> None:
    sentences = [Sentence(" ".join(words), str(number)) for number, words in enumerate(training)]
    found = {sentence.where for sentence, _ in Index(sentences).leaks(" ".join(asked))}
    near = {str(n) for n, words in enumerate(training) if jaccard(frozenset(words), frozenset(asked)) >= NEAR}
    equal = {str(n) for n, words in enumerate(training) if "".join(words) == "".join(asked)}
    assert found == near | equal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ză-mi, CÂT costă?", "za mi cat costa"),
        ("İstanbul ılık", "istanbul ilik"),
        ("Đi đâu", "di dau"),
        ("łódź", "LODZ!"),
        ("straße", "STRASSE"),
        ("أين", "اين"),
        ("й", "и"),
        ("ｈｅｌｐ", "help"),
    ],
)
def test_dress_does_not_make_a_sentence_another(one: str, other: str) -> None:
    assert comparing.bare(one) == comparing.bare(other)


@pytest.mark.parametrize(("one", "other"), [("कि", "कु"), ("👍", "👎"), ("?", "!"), ("ja", "nee")])
def test_what_differs_in_more_stays_apart(one: str, other: str) -> None:
    assert comparing.bare(one) != comparing.bare(other)


@pytest.mark.parametrize(
    ("text", "script", "fits"),
    [
        ("他拿走了我的护照", "Hans", True),
        ("huzhao", "Hans", True),
        ("パスポート", "Jpan", True),
        ("여권", "Kore", True),
        ("паспорт", "Grek", False),
        ("διαβατήριο", "Grek", True),
        ("112 !", "Grek", True),
        ("護照", "Cyrl", False),
    ],
)
def test_letters_belong_to_a_script(text: str, script: str, fits: bool) -> None:
    assert comparing.in_script(text, script) is fits


@pytest.mark.parametrize("script", ["", "latn", "Zyyy", "Zzzz", "Qqqq", "La", "}tn"])
def test_what_is_no_script_is_not_taken_for_one(script: str) -> None:
    assert not comparing.known_script(script)
