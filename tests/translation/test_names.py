"""Names that a translation lost or changed: of the glossary, in whatever letters, of streets and of places."""

from __future__ import annotations

import pytest

from bot.translation import Doubt, check
from bot.translation.places import places

NAMES = ("Payoke", "PAG-ASA", "Sürya", "Child Focus", "Caritas", "ITAKA")


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs"),
    [
        ("de", "Rufen Sie Payoke an.", "en", "Call the office."),  # every noun has a capital there
        ("nl", "bel payoke morgen", "en", "call someone tomorrow"),
        ("nl", "Bel Payoke morgen.", "ru", "Позвоните завтра."),
        ("nl", "Payoke helpt je.", "uk", "Патик допомагає тобі."),
        ("nl", "Payoke helpt je.", "ar", "المكتب يساعدك."),
        ("nl", "Payoke helpt je.", "zh", "他们会帮助你。"),
        ("nl", "Bel Child Focus.", "bg", "Обадете се на фокус."),
        ("nl", "Het is in de Kerkstraat 12.", "en", "It is at Kloosterstraat 12."),
        ("nl", "Het is in de Kerkstraat 12.", "en", "It is at Kruisstraat 12."),
        ("nl", "Kerkstraat 12", "ro", "Kloosterstraat 12"),
        ("nl", "kom naar kerkstraat 12", "en", "come to 12"),
        ("ro", "Stau pe strada Florilor 12.", "nl", "Ik woon in de straat Frumoasa 12."),
        ("nl", "Ik ben in Brugge.", "en", "I am in Brussels."),
        ("nl", "Ik ben in Brugge.", "ru", "Я в Брюсселе."),
        ("ru", "Я в Брюгге.", "nl", "Ik ben in Brussel."),
        ("ar", "أنا في بروكسل", "nl", "Ik ben in Antwerpen"),
    ],
)
def test_a_name_that_is_not_there_is_marked(source: str, ours: str, target: str, theirs: str) -> None:
    assert check([(ours, theirs)], source, target, NAMES) == (Doubt.NAMES,)


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs"),
    [
        ("nl", "Payoke helpt je.", "ru", "Пайоке поможет тебе."),
        ("nl", "Bel met Payoke.", "uk", "Поговоріть із Пайоком."),
        ("nl", "Payoke helpt je.", "ar", "وبايوكي تساعدك."),
        ("nl", "Payoke helpt je.", "zh", "Payoke 会帮助你。"),
        ("nl", "Bel Child Focus.", "bg", "Обадете се на Чайлд Фокус."),
        ("nl", "Bel naar Surya.", "fr", "Appelez Sürya."),
        ("nl", "Bel naar Sürya.", "fr", "Appelez Surya."),
        ("nl", "Bel naar Caritas.", "pl", "Zadzwoń do Caritasu."),
        ("nl", "Bel naar ITAKA.", "hu", "Hívja az ITAKÁT."),
        ("nl", "kom naar kerkstraat 12", "en", "come to Kerkstraat 12"),
        ("nl", "Kom naar de Kerkstraat 12.", "ro", "Vino pe Kerkstraatul 12."),
        ("nl", "Lees Artikel 12.", "en", "Read Article 12."),
        ("ro", "Stau pe strada Florilor 12.", "nl", "Ik woon in de Florilorstraat 12."),
        ("nl", "Ik ben in Brugge.", "en", "I am in Bruges."),
        ("nl", "Ik ben in Luik.", "fr", "Je suis à Liège."),
        ("nl", "Ik kom uit Duitsland.", "en", "I am from Germany."),
        ("ru", "Я в Брюгге.", "nl", "Ik ben in Brugge."),
        ("ar", "أنا ببروكسل", "nl", "Ik ben in Brussel"),
    ],
)
def test_a_name_that_is_spelled_otherwise_is_not(source: str, ours: str, target: str, theirs: str) -> None:
    assert check([(ours, theirs)], source, target, NAMES) == ()


def test_letters_of_which_nothing_is_known_say_nothing() -> None:
    found = check([("Payoke helpt je.", "पायोके आपकी मदद करता है।")], "nl", "hi", NAMES)
    assert found == (Doubt.UNCHECKED,)


def test_a_place_is_known_by_the_beginning_of_its_name() -> None:
    assert places([("Bruxelles", "bruxelles"), ("Bru", "bru"), ("x", "x")]) == {"Bruxelles": "brussels"}
