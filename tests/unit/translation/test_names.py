"""Names that a translation lost or changed: of the glossary, in whatever letters, of streets and of places."""

from __future__ import annotations

import pytest

from bot.translation import Doubt, check
from bot.translation.checks.reading.places import places

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


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs"),
    [
        ("nl", "Ik woon in de Kerkstraat 12.", "ru", "Я живу на Клоостерстраат 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "ru", "Я живу на Церковной улице 12."),  # not what stands on its sign
        ("nl", "Ik woon in de Kerkstraat 12.", "ru", "Я живу на улице 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "ar", "أسكن في شارع الكنيسة 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "ar", "أسكن في شارع 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "zh", "我住在教堂街12号。"),
        ("nl", "Kom naar de Brusselsestraat 4.", "uk", "Прийди на Антверпенсестраат 4."),
        ("nl", "Ik zit in de Carnotstraat 20.", "ar", "أنا في شارع محمد 20."),
        ("ru", "Я живу на ул. Керкстраат 12.", "nl", "Ik woon in de Kloosterstraat 12."),
        ("ru", "Я живу на улице Ленина, 12.", "nl", "Ik woon in de Stalinstraat 12."),
        ("ru", "Я живу на улице Ленина, 12.", "uk", "Я живу на вулиці Сталіна, 12."),
        ("ru", "я живу керкстраат 12", "nl", "ik woon molenstraat 12"),
        ("bg", "Живея на ул. Керкстраат 12", "en", "I live on 12"),
        ("ar", "أنا في شارع لويز 44", "fr", "Je suis rue Neuve 44"),
        ("fr", "J'habite 16 rue Neuve.", "ru", "Я живу на улице Верте 16."),
        ("en", "I live at 16 Church Street.", "ru", "Я живу на Лонг-стрит 16."),
        ("es", "Vivo en la calle Mayor, 25.", "ru", "Я живу на улице Гоголя, 25."),
        ("hu", "A Váci utca 12 alatt lakom.", "ru", "Я живу на улице Кирова 12."),
        ("tr", "Atatürk Caddesi No: 45", "ru", "улица Ленина 45"),
        ("nl", "Ik woon in de Nieuwstraat 5.", "ru", "Я живу на Мойке 5."),  # "на" is no street
    ],
)
def test_a_street_that_became_another_is_marked_in_other_letters_too(
    source: str, ours: str, target: str, theirs: str
) -> None:
    assert Doubt.NAMES in check([(ours, theirs)], source, target)


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs"),
    [
        ("nl", "Ik woon in de Kerkstraat 12.", "ru", "Я живу на Керкстраат 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "ru", "Я живу на улице Керк 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "ar", "أسكن في شارع كيرك 12."),
        ("nl", "Ik woon nu in een huis in de Kerkstraat 12.", "ar", "أسكن الآن في بيت في Kerkstraat 12."),
        ("nl", "Ik woon in de Kerkstraat 12.", "zh", "我住在Kerkstraat 12号。"),
        ("nl", "Kom naar de Hasseltsesteenweg 4.", "ru", "Приходи на Гасселтсестенвег 4."),
        ("nl", "Kom naar de Schoolstraat 4.", "bg", "Ела на Схоолстраат 4."),
        ("nl", "Ik zit in de Handelsstraat 9", "ar", "أنا في شارع هاندلس 9"),
        ("fr", "Venez avenue Louise 12.", "ar", "تعال إلى شارع لويز 12."),
        ("ru", "Я живу на ул. Брюссельская, дом 12.", "en", "I live at Brusselskaya street 12."),
        ("uk", "Я живу на вулиці Кіркстраат 12", "nl", "Ik woon in de Kerkstraat 12"),
        ("ar", "أنا في شارع لويز 44", "fr", "Je suis avenue Louise 44"),
        ("ru", "Там в Антверпене 12 человек.", "nl", "Daar in Antwerpen zijn 12 mensen."),
        ("ru", "Я приеду 12 мая.", "nl", "Ik kom op 12 mei."),
        ("en", "I live at 16 Church Street.", "ru", "Я живу на Черч-стрит 16."),
        ("ar", "أسكن في شارع الحمرا 12", "nl", "Ik woon in de Hamrastraat 12"),
        ("en", "Go to Gate 12.", "ru", "Идите к выходу 12."),
        ("nl", "Neem Bus 12.", "ar", "خذ الحافلة 12."),
    ],
)
def test_a_street_that_only_looks_different_in_other_letters_is_not(
    source: str, ours: str, target: str, theirs: str
) -> None:
    assert check([(ours, theirs)], source, target) == ()
