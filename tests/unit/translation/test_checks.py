"""What is marked, one thing at a time, and how rarely what people translated themselves is marked."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from itertools import permutations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.text.sentences import split
from bot.translation import Doubt, check
from bot.translation.checks.checks import compared
from bot.translation.checks.reading.figures import figures
from bot.translation.checks.reading.lexicon import lexicons
from bot.translation.checks.sentence import Side
from bot.translation.engine.pool import LONGEST_SENTENCE
from tests.support.gateway import ROOT
from tests.support.operations import calls

LANGUAGES = sorted(lexicons())


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs", "doubts"),
    [
        ("nl", "Ik kom om 14u30.", "en", "I am coming at 2:30 pm.", ()),
        ("nl", "Ik kom om 14u30.", "en", "I am coming at 2:30 am.", (Doubt.NUMBERS,)),
        ("nl", "De huur is 1.250,50 euro.", "en", "The rent is 1,250.50 euros.", ()),
        ("nl", "Bel 0470 12 34 56", "ro", "Sună la 0470123456", ()),
        ("nl", "Bel 0470 12 34 56", "ro", "Sună la 0470 12 34 65", (Doubt.NUMBERS,)),
        ("nl", "Kom op 12/05.", "en", "Come on 05/12.", (Doubt.NUMBERS,)),
        ("nl", "Kom op 3 mei.", "fr", "Viens le 3 mars.", (Doubt.NUMBERS,)),
        ("nl", "Kom maandag om 14:00.", "ro", "Vino la 14:00.", (Doubt.NUMBERS,)),  # the day was lost
        ("nl", "Kom op 3 mei.", "en", "Come on the 3rd.", (Doubt.NUMBERS,)),
        ("en", "You may call in 3 days.", "nl", "Je mag bellen binnen 3 dagen.", ()),
        ("ro", "Lucrez aici de 7 luni.", "nl", "Ik werk hier al 7 maanden.", ()),  # "luni": Monday, and months
        ("nl", "Hij heeft 3 kinderen.", "en", "He has three children.", ()),
        ("nl", "Hij heeft drie kinderen.", "en", "He has five children.", (Doubt.NUMBERS,)),
        ("ar", "عندي ٢٥٠ يورو", "nl", "Ik heb 250 euro", ()),
        ("ar", "عندي ٢٥٠ يورو", "nl", "Ik heb 520 euro", (Doubt.NUMBERS,)),
        ("en", "It costs 40 euros.", "nl", "Het kost 40 dollar.", (Doubt.NUMBERS,)),
        ("en", "See www.payoke.be please.", "nl", "Kijk op www.payoke.com.", (Doubt.NUMBERS,)),
        ("nl", "Kijk op hulp.info als je kan.", "en", "Look at hilp.info if you can.", (Doubt.NUMBERS,)),
        ("ro", "Nu am acte.", "nl", "Ik heb papieren.", (Doubt.NEGATION,)),
        ("ro", "Nu am niciodată bani.", "nl", "Ik heb nooit geld.", ()),
        ("en", "He hit me.", "nl", "Hij heeft mij niet geslagen.", (Doubt.NEGATION,)),
        ("tr", "Dışarı çıkamıyorum.", "nl", "Ik kan naar buiten.", (Doubt.NEGATION,)),
        ("zh", "我不能出去。", "nl", "Ik kan naar buiten.", (Doubt.NEGATION,)),
        ("zh", "你能不能出去？", "nl", "Kun je naar buiten?", ()),
        ("vi", "Bạn có an toàn không?", "nl", "Ben je veilig?", ()),
        ("ru", "Я не могу выйти.", "nl", "Ik kan weggaan.", (Doubt.NEGATION,)),
        ("nl", "Ik ben ziek.", "en", "We are sick.", (Doubt.PERSON,)),
        ("en", "She has the key.", "ro", "El are cheia.", (Doubt.PERSON,)),
        ("en", "She has the key.", "ro", "Are cheia.", ()),  # who is left out says nothing
        ("en", "She has the key.", "nl", "Hij heeft de sleutel.", (Doubt.PERSON,)),
        ("nl", "Ben je alleen?", "en", "You are alone.", (Doubt.QUESTION,)),
        ("ar", "هل أنت وحدك؟", "nl", "Ben je alleen?", ()),
        ("nl", "De deur is op slot en ik kan weg.", "en", "De deur is op slot en ik kan weg.", (Doubt.UNTRANSLATED,)),
        ("nl", "Ik ben erg bang.", "ru", "Ik ben erg bang.", (Doubt.UNTRANSLATED,)),
        (
            "en",
            "My boss took my passport and then he told us to stay in the house until the evening.",
            "nl",
            "Mijn baas.",
            (Doubt.LENGTH,),
        ),
        ("en", "I am afraid of my boss.", "nl", "de de de de de de de de de", (Doubt.PERSON, Doubt.LENGTH)),
        ("nl", "Vraag naar Payoke in de stad.", "en", "Ask for pay in the city.", (Doubt.NAMES,)),
        ("nl", "Ik woon bij Mihaela.", "en", "I live with Michael.", ()),  # like enough to be one name
        ("nl", "Ik woon bij Mihaela.", "en", "I live with friends.", (Doubt.NAMES,)),
        ("ti", "ደሓን ድኺ", "nl", "Gaat het goed", (Doubt.UNCHECKED,)),
        ("ro", "Patronul mă bate.", "nl", "Persoon", (Doubt.LENGTH,)),
        ("ro", "Astăzi am lucrat la fermă.", "nl", "Wapen", (Doubt.LENGTH,)),
        ("ar", "هو يضربني كل يوم ولا أستطيع أن أخرج من هنا", "nl", "Niet.", (Doubt.LENGTH,)),
        ("nl", "Mijn baas heeft mijn paspoort.", "ro", "Boss.", (Doubt.LENGTH,)),
        ("en", "I cannot go out.", "tr", "Çıkamıyorum.", ()),  # one word may say as much
        ("en", "Thank you very much.", "nl", "Dankjewel.", ()),
        ("en", "He hit her.", "nl", "Zij sloeg hem.", (Doubt.PERSON,)),
        ("en", "He hit her.", "nl", "Hij sloeg haar.", ()),
        ("en", "My father beats me.", "nl", "Hij slaat hem.", (Doubt.PERSON,)),
        ("nl", "Hij sloeg mij.", "en", "He hit him.", (Doubt.PERSON,)),
        ("en", "I live at Andrei's.", "ro", "Locuiesc la casa lui Andrei.", ()),
        ("nl", "Mijn baas sloeg mij.", "ro", "Șeful m-a bătut.", ()),
    ],
)
def test_what_is_marked(source: str, ours: str, target: str, theirs: str, doubts: tuple[Doubt, ...]) -> None:
    found = check([(ours, theirs)], source, target, ("Payoke",))
    if doubts == (Doubt.PERSON, Doubt.LENGTH):
        assert Doubt.LENGTH in found
    else:
        assert found == doubts


@pytest.mark.parametrize(
    ("source", "target", "text", "left"),
    [
        ("nl", "ro", "Kom hier.", True),
        ("ro", "nl", "Mi-e frică.", True),
        ("ro", "nl", "ajutor", True),
        ("nl", "ro", "ok", False),
        ("nl", "ro", "Stop!", False),
        ("nl", "en", "stop, taxi", False),
        ("es", "en", "no", False),
        ("ro", "nl", "Mihaela Popescu", False),
        ("ro", "nl", "Antwerpen, 12", False),
        ("nl", "ro", "payoke", False),
        ("es", "pt", "para empresas", False),
        ("nl", "uk", "Hotel", True),  # in other letters nothing is the same
    ],
)
def test_a_word_or_two_that_were_left_as_they_were(source: str, target: str, text: str, left: bool) -> None:
    assert check([(text, text)], source, target, ("Payoke",)) == ((Doubt.UNTRANSLATED,) if left else ())


@pytest.mark.parametrize(
    ("source", "denied", "target", "said"),
    [
        ("vi", "Tôi không thể ra ngoài.", "nl", "Ik kan naar buiten."),
        ("pt", "Não tenho papéis.", "nl", "Ik heb papieren."),
        ("tr", "Güvende değilim.", "nl", "Ik ben veilig."),
        ("ro", "Sunt fără acte.", "nl", "Ik heb papieren."),
        ("ro", "Sunt fara acte.", "nl", "Ik heb papieren."),
        ("ro", "nam acte", "nl", "Ik heb papieren."),
        ("tr", "Guvende degilim.", "nl", "Ik ben veilig."),
        ("tr", "GÜVENDE DEĞİLİM", "nl", "IK BEN VEILIG"),
        ("vi", "Toi khong the ra ngoai.", "nl", "Ik kan naar buiten."),
        ("bg", "Ne moga da izlqza.", "nl", "Ik kan naar buiten."),
        ("ru", "Ya ne mogu vyjti.", "nl", "Ik kan naar buiten."),
        ("en", "he wasnt there", "nl", "hij was daar"),
        ("en", "i havent eaten", "nl", "ik heb gegeten"),
        ("ar", "ما عندي أوراق", "nl", "Ik heb papieren."),
        ("ar", "مافي أكل", "nl", "Er is eten."),
        ("fr", "Personne m'aide.", "nl", "Iemand helpt mij."),
        ("sq", "Ska pune.", "nl", "Er is werk."),
        ("nl", "ik weet het nie", "en", "I know it."),
        ("de", "Ich weiß nich.", "nl", "Ik weet het."),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_denial_is_known_as_people_type_it(form: str, source: str, denied: str, target: str, said: str) -> None:
    """Without the marks on the letters, with marks apart from them, in Latin letters, without an apostrophe."""
    assert Doubt.NEGATION in check([(unicodedata.normalize(form, denied), said)], source, target)


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs"),
    [
        ("vi", "Ban co an toan khong?", "nl", "Ben je veilig?"),
        ("ar", "ما اسمك؟", "nl", "Hoe heet je?"),
        ("fr", "La personne m'aide.", "nl", "De persoon helpt mij."),
        ("fr", "Personne ne m'aide.", "nl", "Niemand helpt mij."),
        ("sq", "Skedari është këtu.", "nl", "Het bestand is hier."),
        ("ro", "Vino marti la ora 15.", "nl", "Kom dinsdag om 15 uur."),
        ("ro", "Stau aici de doua luni.", "nl", "Ik ben hier sinds twee maanden."),
    ],
)
def test_what_only_looks_like_a_denial(source: str, ours: str, target: str, theirs: str) -> None:
    assert check([(ours, theirs)], source, target) == ()


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?:。！？؟])\s*(?=\S)|\n+", text) if part.strip()]


def texts(language: str) -> dict[str, str]:
    raw = yaml.safe_load((ROOT / "content" / language / "answers.yml").read_text(encoding="utf-8"))
    return {topic: re.sub(r"\{\w+\}", "7", entry["text"]) for topic, entry in raw.items()}


COMPARED = (
    "police", "shelter", "debt", "no_papers", "medical_care", "report", "confidentiality", "family_safety", "legal_aid",
    "minor", "right_to_work",
)  # fmt: skip


def test_peoples_own_translations_are_seldom_marked() -> None:
    """Who sees a mark under every message looks at none: over all pairs of languages at most one sentence in eight."""
    words = {language: texts(language) for language in LANGUAGES}
    seen = marked = 0
    for source, target in permutations(LANGUAGES, 2):
        for topic in COMPARED:
            ours, theirs = sentences(words[source][topic]), sentences(words[target][topic])
            if len(ours) == len(theirs):
                seen += len(ours)
                marked += sum(bool(check([pair], source, target)) for pair in zip(ours, theirs, strict=True))
    assert seen > 5000
    assert marked / seen < 1 / 8


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES))
def test_no_text_breaks_the_checks(ours: str, theirs: str, source: str, target: str) -> None:
    assert set(check([(ours, theirs)], source, target)) <= set(Doubt)


@given(st.integers(13, 9_999_999))
def test_a_number_has_one_form_however_it_is_written(number: int) -> None:
    plain = figures(f"a {number} b")
    for separator in (",", ".", "\u202f"):
        written = f"{number:,}".replace(",", separator)
        assert figures(f"a {written} b") == plain
    assert figures(f"a {str(number).translate(str.maketrans('0123456789', '٠١٢٣٤٥٦٧٨٩'))} b") == plain


TIRING = (
    "1", "00", "1.", "+0", "12:30 ", "a@", "a.", "a-", "Aa", "A. ", "\n", "\n,", "\u00a0", "! ", "。", "ne a que ",
    "n't", "€", "có ", "8 a ", "after the ", "voor 8 ", "ли ", "半小时",
    "_",
)  # fmt: skip


CALLS_PER_CHAR = 40
"""More than twice what the most tiring text costs. It is the same for every length: nothing goes over a text again."""


def tiring(unit: str, times: int = 1) -> str:
    """The longest sentence that comes, or one that is so many times as long."""
    return "A" + unit * (times * LONGEST_SENTENCE // len(unit)) + "b"


@pytest.mark.parametrize("unit", TIRING)
def test_no_text_takes_more_steps_than_its_length(unit: str) -> None:
    text = tiring(unit)
    compared(Side("a", "nl"), Side("a", "nl"))  # the tables of the languages are read once
    assert calls(lambda: split(text)) < CALLS_PER_CHAR * len(text)
    for language in LANGUAGES:
        Side("1", language)
        assert calls(lambda: compared(Side(text, language), Side(text, "nl"))) < CALLS_PER_CHAR * len(text)  # noqa: B023


@pytest.mark.night  # what a pattern does within itself can only be seen by a clock
@pytest.mark.parametrize("unit", TIRING)
def test_no_text_keeps_a_thread_busy(unit: str) -> None:
    """A pattern that goes back and forth over a text holds the whole process, the event loop too. For a text that is
    four times as long it takes sixteen times as long, and more; in processor time, on whatever machine."""

    def spent(times: int, work: Callable[[str], object]) -> float:
        text, took = tiring(unit, times), []
        for _ in range(3):
            began = time.thread_time()
            work(text)
            took.append(time.thread_time() - began)
        return min(took)

    def linear(work: Callable[[str], object]) -> bool:
        return spent(4, work) < 8 * spent(1, work) + 0.05

    assert linear(split)
    for language in LANGUAGES:
        assert linear(lambda text: compared(Side(text, language), Side(text, "nl"))), language  # noqa: B023


@pytest.mark.parametrize(
    ("text", "language"),
    [("ne " + "l'en " * 700 + "!", "fr"), ("Tarih: " + "_" * 3900 + " önce", "tr"), ("_" * 3900 + " fazla önce", "tr"),
     ("Dátum: " + "_" * 3900 + " legalább", "hu"), ("có " * 1300 + "x", "vi")],
)  # fmt: skip
@pytest.mark.night  # what a pattern does within itself can only be seen by a clock
def test_no_end_of_a_text_sends_a_pattern_back(text: str, language: str) -> None:
    began = time.thread_time()
    compared(Side(text, language), Side("Date before", "en"))
    assert time.thread_time() - began < 0.150
