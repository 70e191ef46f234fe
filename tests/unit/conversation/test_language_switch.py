"""When a switch of language is noticed, and what is no switch."""

from __future__ import annotations

import pytest

from bot.content import Catalogue
from bot.conversation.language_switch import another_language, going_on_in, written_in
from bot.conversation.sessions import Session
from bot.domain.model import Assessment, Handoff
from bot.domain.speaker import Speaker
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import new_key_pair
from bot.understanding.service import Understood


def said(words: Catalogue, chosen: str, text: str, detected: str | None, times: int = 1) -> list[str]:
    session = Session(Person(1, new_key_pair(), chosen, Handoff.BOT), b"", [])
    understood = Understood(Assessment(), None, detected, text)
    return [m.key for _ in range(times) for m in another_language(words, session, text, understood)]


@pytest.mark.parametrize(
    ("chosen", "text", "detected", "key"),
    [
        ("en", "老板两个月没有给我发工资了", "zh", "language.offer"),  # one "word"
        ("nl", "मेरे मालिक ने पैसे नहीं दिए", "hi", "language.ask"),  # no words in it
        ("en", "ჩემმა უფროსმა ხელფასი არ გადამიხადა", None, "language.ask"),
        ("zh", "wo bu zhidao zenme shuo", None, ""),  # a phone without the keyboard for it
        ("ar", "khoya ana f dar w mskoub", None, ""),
        ("en", "hmpf glorb zink", None, ""),
        ("en", "谢谢", "zh", ""),  # says too little
        ("fr", "je ne sais pas", "fr", ""),
    ],
)
def test_what_is_offered(words: Catalogue, chosen: str, text: str, detected: str | None, key: str) -> None:
    assert said(words, chosen, text, detected, times=2) == [key] * bool(key), "and once"


@pytest.mark.parametrize(
    ("chosen", "text", "detected", "code"),
    [
        ("en", "bonjour je voudrais de l'aide", "fr", "fr"),
        ("fr", "bonjour je voudrais de l'aide", "fr", None),
        ("en", "bonjour", "fr", None),  # says too little
        ("en", "मेरे मालिक ने पैसे नहीं दिए", "hi", None),  # no words in it
        ("en", "hmpf glorb zink", None, None),
    ],
)
def test_it_is_answered_in_what_was_written(
    words: Catalogue, chosen: str, text: str, detected: str | None, code: str | None
) -> None:
    session = Session(Person(1, new_key_pair(), chosen, Handoff.BOT), b"", [])
    assert written_in(words, session, text, Understood(Assessment(), None, detected, text)) == code


def test_what_is_pressed_of_such_an_answer_brings_the_talk_along(words: Catalogue) -> None:
    message = going_on_in(Speaker(words, "fr").answer("cost"), "fr")
    assert {choice.action["in"] for choice in message.choices} == {"fr"}
    assert all("intent" in choice.action for choice in message.choices)
