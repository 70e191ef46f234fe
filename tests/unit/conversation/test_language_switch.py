"""When a switch of language is noticed, and what is no switch."""

from __future__ import annotations

import pytest

from bot.content import Catalogue
from bot.conversation.language_switch import another_language
from bot.conversation.sessions import Session
from bot.domain.model import Assessment, Handoff
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
