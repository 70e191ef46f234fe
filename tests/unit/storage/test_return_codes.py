"""Return codes in words: of which list, and which word of a typed one is in none."""

from __future__ import annotations

import pytest

from bot.storage.sealing.envelopes import normalise_code
from bot.storage.sealing.return_codes import (
    LISTS,
    WORDS,
    from_link,
    new_return_code,
    to_link,
    typed_words,
    unknown_words,
)


@pytest.mark.parametrize("language", sorted(LISTS))
def test_a_code_is_in_words_of_the_language_and_none_of_them_is_unknown(language: str) -> None:
    code = new_return_code(language)
    assert len(typed_words(code)) == WORDS
    assert unknown_words(code) == ()
    assert unknown_words(code.upper()) == ()
    link = to_link(code)
    assert link is not None
    assert normalise_code(from_link(link) or "") == normalise_code(code)


def test_the_word_that_is_wrong_is_named_by_its_place() -> None:
    assert unknown_words("abandon ability abel about above absent") == (3,)
    assert unknown_words("abandon ability xx about yy absent") == (3, 5)
    assert unknown_words("helo") == (1,)
    assert unknown_words("  ") == ()
    assert unknown_words("1. abandon 2. ability") == ()  # numbers before them do not count


def test_chinese_signs_are_words_with_and_without_spaces() -> None:
    code = new_return_code("zh")
    together = code.replace(" ", "")
    assert typed_words(together) == typed_words(code)
    assert normalise_code(together) == normalise_code(code)
    assert unknown_words(together[:-1] + "龘") == (WORDS,)
