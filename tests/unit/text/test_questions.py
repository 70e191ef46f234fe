"""What a message asks, part by part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.questions import _WORDS, LONG, MOST, clauses, questions
from tests.support.operations import calls

LANGUAGES = [None, "xx", *_WORDS]
CALLS_PER_CHAR = 1000
"""Twice what the most tiring text costs; 20 to 50 ms for a whole message."""


@pytest.mark.parametrize(
    ("lang", "text", "parts"),
    [
        ("fr", "C'est gratuit ? Et je peux voir un médecin ?", ("C'est gratuit ?", "je peux voir un médecin ?")),
        (
            "en",
            "How much does it cost and do you tell the police?",
            ("How much does it cost", "do you tell the police?"),
        ),
        ("en", "is it free\ncan i work here", ("is it free", "can i work here")),
        ("es", "¿Tengo que ir a la policía? ¿Y puedo trabajar?", ("¿Tengo que ir a la policía?", "puedo trabajar?")),
        ("ro", "cat costa si pot sa vad un doctor?", ("cat costa", "pot sa vad un doctor?")),
        ("pt", "Isto é de graça e posso falar com um médico?", ("Isto é de graça", "posso falar com um médico?")),
        ("tr", "Bu ücretsiz mi ve burada çalışabilir miyim", ("Bu ücretsiz mi", "burada çalışabilir miyim")),
        ("vi", "Tôi ngủ ở đâu và có mất tiền không", ("Tôi ngủ ở đâu", "có mất tiền không")),
        ("zh", "这个要钱吗，我可以看医生吗", ("这个要钱吗", "我可以看医生吗")),
        ("zh", "要等多久？还有，我能找律师吗", ("要等多久？", "我能找律师吗")),
        ("ar", "كم يكلف هذا وهل أستطيع أن أرى طبيبا؟", ("كم يكلف هذا", "هل أستطيع أن أرى طبيبا؟")),
        (None, "Is it free? Can I work?", ("Is it free?", "Can I work?")),
        ("el", "Είναι δωρεάν\u037e Μπορώ να δουλέψω\u037e", ("Είναι δωρεάν\u037e", "Μπορώ να δουλέψω\u037e")),
    ],
)
def test_what_asks_twice_is_divided(lang: str | None, text: str, parts: tuple[str, ...]) -> None:
    assert questions(text, lang) == parts


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "They took my passport. What can I do?"),
        ("en", "I was not paid. Where do I complain?"),
        ("en", "They took my passport and what can I do?"),
        ("en", "Can I talk to you and stay anonymous?"),
        ("en", "I work and I sleep there and they pay nothing."),
        ("en", "Is it free?? Is it free??"),
        ("en", "how much and why"),
        ("es", "Debo mucho dinero por el viaje. ¿Tengo que pagarlo todo?"),
        ("pt", "O que é que lhes pode acontecer?"),
        ("uk", "Як мені стирати те, що я тут пишу?"),
        ("zh", "老板拿走了我的护照。我该怎么办？"),
        ("ar", "أخذوا جواز سفري. ماذا أفعل؟"),
        (None, "how much does it cost and do you tell the police"),
        ("en", ""),
        ("en", "?!?!"),
    ],
)
def test_what_asks_once_is_one(lang: str | None, text: str) -> None:
    assert questions(text, lang) == ()


def test_what_is_told_belongs_to_the_question_after_it_and_the_last_of_it_to_the_last() -> None:
    text = "I pay 3.5 euro on www.example.be. Is that normal? I am 16. Can you help me? Thanks."
    assert questions(text, "en") == (
        "I pay 3.5 euro on www.example.be. Is that normal?",
        "I am 16. Can you help me? Thanks.",
    )


def test_no_more_than_a_few_are_looked_at_and_a_story_is_none() -> None:
    text = " ".join(f"Where is number {number}?" for number in range(10))
    assert len(questions(text, "en")) == MOST
    assert questions(text + " and" * LONG, "en") == ()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sign", ["and can i ", "，吗a", "，好", "?", "a?", "a.", "وهل ", "ve ", " và gì", "\n", "."])
def test_no_message_takes_long(lang: str | None, sign: str) -> None:
    text = (sign * LONG)[:LONG]
    assert calls(lambda: (questions(text, lang), clauses(text, lang))) < CALLS_PER_CHAR * LONG


@given(st.text(max_size=LONG), st.sampled_from(LANGUAGES))
def test_of_any_text_only_its_own_words_come_back(text: str, lang: str | None) -> None:
    found = questions(text, lang)
    assert len(found) in {0, *range(2, MOST + 1)}
    assert all(part and set(part) <= {*text, " "} for part in found)
    pieces = clauses(text, lang)
    assert len(pieces) <= MOST
    assert all(piece and set(piece) <= {*text, " "} for piece in pieces)


@pytest.mark.parametrize(
    ("lang", "text", "pieces"),
    [
        ("en", "need a place to sleep, and can you call me", ("need a place to sleep", "can you call me")),
        ("nl", "ik zoek een advocaat\nspreekt ge ook Frans", ("ik zoek een advocaat", "spreekt ge ook Frans")),
        ("en", "I am here, and I am tired of it", ("I am here", "I am tired of it")),
        ("en", "I am tired and sad", ()),  # what is too short stays where it is
        ("zh", "我没有证件，想找律师帮忙", ("我没有证件", "想找律师帮忙")),
        ("ar", "اريد محامي الان وهل هذا مجاني عندكم", ("اريد محامي الان", "هل هذا مجاني عندكم")),
        ("en", "one two three, one two four, one two five, one two six, one two seven", ()),  # a story
        ("en", "is it free", ()),
        # long, and nothing divides it
        (
            "de",
            "brauch nen arzt hab aber keine papiere muss ich zur polizei",
            ("brauch nen arzt hab aber", "keine papiere muss ich zur polizei"),
        ),
        ("zh", "你是真人还是机器人一般多久会有人回我", ("你是真人还是机器人", "一般多久会有人回我")),
        ("en", "need a doctor but i have no papers ok", ()),
        ("en", "Hello! Can I work here?", ("Can I work here?",)),
        ("es", "hola. es gratis?", ("es gratis?",)),
        ("en", "I earn 3,50 euro an hour", ()),
        ("en", ",\nI need help now", ()),
        ("zh", "，\n我没有证件", ()),
        ("en", "Mr. Smith is my lawyer", ("Smith is my lawyer",)),
        (None, "", ()),
    ],
)
def test_what_may_be_about_something_of_its_own_is_taken_apart(
    lang: str | None, text: str, pieces: tuple[str, ...]
) -> None:
    assert clauses(text, lang) == pieces


def test_every_language_of_the_words_has_its_own() -> None:
    assert " ".join(sorted(_WORDS)) == "ar bg de en es fr hu nl pl pt ro ru sq tr uk vi zh"
