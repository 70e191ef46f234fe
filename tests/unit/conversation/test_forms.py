"""Plain answers by their words, in every language: whole messages, never guesses."""

from __future__ import annotations

import pytest

from bot.content import Catalogue
from bot.conversation.forms import HESITATES, Talks
from bot.dialogue.client import Engine
from bot.domain.forms import HEARD
from bot.text.pattern_cost import faults


@pytest.fixture
def talks(words: Catalogue) -> Talks:
    return Talks(Engine("http://127.0.0.1:9", "nobody-listens-there", 1.0, lambda: 0.0), words)


def test_every_phrase_of_every_language_means_what_it_stands_under(talks: Talks, words: Catalogue) -> None:
    for language in words.languages:
        for name, intent in HEARD.items():
            for phrase in words.say(f"heard.{name}", language.code).split("|"):
                assert talks.heard(phrase, [language.code]) == intent, (language.code, phrase)
                assert talks.heard(f" {phrase.strip().upper()}!! ", [language.code]) == intent, (language.code, phrase)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("es", "no me dejan salir"),  # says yes to "does someone stop you?"
        ("en", "no one lets me out"),
        ("en", "yes but he said he will kill me"),
        ("nl", "ja maar soms niet"),
        ("ro", "nu am voie să ies"),
        ("zh", "不让我出去"),
        ("vi", "dung"),  # without its marks it is "đúng" (yes) as well as "dừng" (stop)
        ("en", "?!"),
        ("en", ""),
    ],
)
def test_what_only_begins_like_an_answer_is_none(talks: Talks, lang: str, text: str) -> None:
    assert talks.heard(text, [lang]) is None


def test_accents_may_be_left_out_and_another_language_is_understood_second(talks: Talks) -> None:
    assert talks.heard("no se", ["es"]) == "form_unsure"
    assert talks.heard("da", ["nl", "ro"]) == "affirm"
    assert talks.heard("نعم", ["nl", "ar"]) == "affirm"
    assert talks.heard("oui", [None, "xx"]) is None


def test_a_sound_is_known_without_trying_twice() -> None:
    for sound in ("hm", "Hmm...", "mm", "mhm!", "eh", "euhm", "ehm", "uhm", "хм", "Эм", "э…", "ههم"):
        assert HESITATES.fullmatch(sound), sound
    for other in ("", "m", "h", "e", "м", "х", "ه", "hm yes", "him", "эх"):
        assert not HESITATES.fullmatch(other), other
    assert [fault for fault in faults(HESITATES.pattern) if "gives back" in fault] == []
