"""Marks that were left out are read back; what has some stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder.runtime.marks import LANGUAGES, LONG, bare, marked
from encoder.runtime.transliteration import native


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("vi", "em bi chu tiem giu ho chieu", "em bị chủ tiệm giữ hộ chiếu"),
        ("hu", "Koszi szepen", "Köszi szépen"),
        ("pl", "szef zabral mi paszport", "szef zabrał mi paszport"),
        ("tr", "kimligi aldi", "kimliği aldı"),
        ("ro", "imi tine pasaportul", "îmi ține pașaportul"),
    ],
)
def test_words_get_the_marks_that_they_have(language: str, typed: str, meant: str) -> None:
    assert native(typed, language) == meant


def test_case_and_stops_stay() -> None:
    assert marked("KOSZI, Szepen!", "hu") == "KÖSZI, Szépen!"


def test_what_has_marks_stays_as_it_is() -> None:
    assert marked("em bị chu tiem", "vi") == "em bị chu tiem"
    assert marked("szef zapłacił", "pl") == "szef zapłacił"


def test_other_languages_stay_as_they_are() -> None:
    assert native("le patron a garde mon passeport", "fr") == "le patron a garde mon passeport"


def test_of_a_very_long_text_nothing_is_read() -> None:
    text = "ho chieu " * LONG
    assert marked(text, "vi") == text


@given(st.text(max_size=80), st.sampled_from(sorted(LANGUAGES)))
def test_any_text_keeps_its_letters(text: str, language: str) -> None:
    assert bare(marked(text, language)).casefold() == bare(text).casefold()
