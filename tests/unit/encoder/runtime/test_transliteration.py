"""What is typed in Latin letters is read in those of its language, and nothing else is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encoder.runtime.transliteration import FOREIGN, LANGUAGES, is_foreign, native

TYPED = [
    ("bg", "koi ste vie i 6te mi pomognete li", "кои сте вие и ще ми помогнете ли"),
    ("bg", "Imam 4etiri deca, shte dojda v 4 chasa", "имам четири деца, ще дожда в 4 часа"),
    ("bg", "ne moga da izlqza ot 2019ta", "не мога да изляза от 2019та"),
    ("ru", "ya ne mogu vyyti, oni zabrali pasport", "я не могу выйти, они забрали паспорт"),
    ("ru", "chto mne delat' seychas", "что мне делать сейчас"),
    ("uk", "yizhak, shcho meni robyty? hroshi zabraly", "їжак, що мені робити? гроші забрали"),
    ("ar", "ma3endich lwra9, chkoun ghadi ychouf", "معنديش الورق, شكون غادي يشوف"),
    ("ar", "hal antom chorta", "هل أنتم شرطة"),
    ("ar", "ana f sha22a 12 m3a 300 euro", "انا ف شءءا 12 مع 300 euro"),
    ("hi", "main andar band hun, passport nahi hai", "मैं अंदर बंद हुन, passport नही है"),
    ("hi", "mera bachcha akela hai", "मेरा बच्चा अकेला है"),
    ("bn", "ami ekhane bondi, phone nai", "আমি এখানে বনদি, phone নাই"),
]


@pytest.mark.parametrize(("lang", "typed", "read"), TYPED)
def test_it_is_read_in_the_letters_of_its_language(lang: str, typed: str, read: str) -> None:
    assert native(typed, lang) == read


def test_other_languages_and_texts_in_their_own_letters_stay_as_they_are() -> None:
    for lang in ("nl", "ro", "zh", "sr", "", None):
        assert native("Koi ste Vie?", lang) == "Koi ste Vie?"
    assert native("Кои сте вие? OK", "bg") == "Кои сте вие? OK"
    assert native("أنا في Gent", "ar") == "أنا في Gent"
    assert native("", "uk") == ""
    assert native("112!", "ru") == "112!"


@given(st.text(max_size=80), st.sampled_from([*sorted(LANGUAGES), "nl", None]))
def test_any_text_is_read_the_same_twice_and_its_numbers_stay(text: str, lang: str | None) -> None:
    read = native(text, lang)
    assert read == native(text, lang)
    numbers = r"(?<![0-9])[0-9]{3,}(?![0-9])"
    assert re.findall(numbers, text) == re.findall(numbers, read)
    assert not re.search("[А-я]", read) or re.search("[А-я]", text) or lang in {"bg", "ru", "uk"}


def test_a_long_text_without_a_space_is_read_at_once() -> None:
    assert native("ya" * 10_000, "ru") == "я" * 10_000


def test_foreign_words_are_told_from_a_language_that_is_typed_in_latin_letters() -> None:
    assert is_foreign("STOP, passport!")
    assert not is_foreign("stop, pomognete")


def test_the_words_that_stay_are_plain_and_in_order() -> None:
    words = sorted(FOREIGN)
    assert len(words) > 1000
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words)
