"""Telephone numbers, dates, half hours and quantities that two languages write in ways of their own: the same is not
marked, another one is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.content import glossary
from bot.settings import CONTENT
from bot.translation import Doubt, check
from bot.translation.checks.reading.figures import figures
from bot.translation.checks.sentence import Side
from tests.support.translated_pairs import marked

NAMES = glossary(CONTENT)
PAIRS = Path(__file__).with_name("figures.jsonl")
"""By hands that had seen none of the checks: `good` is a translation, `bad` the same with one thing changed."""

FILES = ("figures.jsonl", "pairs.jsonl", "relations.jsonl")

ONE_NUMBER = [
    ("+32 2 555 01 43", "0032 2 555 01 43", "02 555 01 43", "02/555.01.43", "+32 (0)2 555 01 43"),
    ("0888 41 27 96", "0888 412 796", "0888412796"),
    ("612 34 90 77", "612 349 077", "612-34-90-77", "612349077"),
    ("07700 900 461", "07700 900461"),
    ("+36 30 555 14 92", "0036 30 555 14 92"),
]
NO_TELEPHONE = ["1.500.000 lei", "12.03.2026", "2026-11-30", "2019 2020 2021", "20-11-26", "om 08:30 - 09:30"]

SAME = [
    ("nl", "bel 602 118 734, dat is mijn zus", "pl", "dzwon na 602-118-734 to moja siostra"),
    ("zh", "我的号码是0473 58 01 96", "en", "my number is 0473 580 196"),
    ("bg", "почнах на 15.06 без договор", "nl", "ik ben op 15 juni zonder contract begonnen"),
    ("fr", "le juge a fixé ça au 06/05", "en", "The judge set it for 6 May"),
    ("de", "am 24.11. läuft meine karte ab", "nl", "op 24 november verloopt mijn kaart"),
    ("nl", "de politie komt op 21/09", "zh", "警察9月21号来"),
    ("vi", "gặp nhau ngày 15/10 nhé", "en", "let's meet on 15 October"),
    ("fr", "né le 03/02/1999", "ro", "născut pe 3 februarie 1999"),
    ("en", "it is on thursday 12 sept", "ro", "E joi, 12 septembrie"),
    ("en", "it is 9 feb", "tr", "9 Şubat'ta"),
    ("vi", "thứ 3 em phải ra toà", "en", "I have to go to court on Tuesday"),
    ("nl", "volgende dinsdag", "ro", "marțea viitoare"),
    ("ro", "ne ia la 4 jumate dimineata", "nl", "hij haalt ons om half vijf 's ochtends op"),
    ("en", "the office opens at half past 8", "bg", "Офисът отваря в 8:30"),
    ("ru", "забирают нас в полшестого утра", "en", "They pick us up at 5:30 in the morning"),
    ("nl", "we sluiten om halfzes", "fr", "On ferme à 17h30"),
    ("nl", "om half 9 's avonds", "hu", "este fél kilenckor"),
    ("ar", "بخلص شغل ٢ ونص بالليل", "en", "I finish work at half past two in the morning"),
    ("pt", "depois das 10 e meia da noite", "nl", "na half elf 's avonds"),
    ("sq", "në 9 e gjysëm të darkës", "nl", "om half tien 's avonds"),
    ("fr", "il vient à 6h et quart du matin", "nl", "hij komt om kwart over zes 's ochtends"),
    ("zh", "两千五百块一个月", "en", "2,500 yuan a month"),
    ("zh", "他给我两千五", "en", "he gave me 2,500"),
    ("tr", "sadece 2 bin 500 lira", "en", "only 2,500 lira"),
    ("en", "he wants 1.5k euros", "fr", "il veut 1500 euros"),
    ("en", "I owe him 7k dollars", "ru", "Я должна ему 7000 долларов"),
    ("fr", "deux mois et demi sans salaire", "es", "dos meses y medio sin sueldo"),
    ("nl", "een halve maand", "uk", "пів місяця"),
    ("fr", "il a 3 ans et demi", "ar", "عمره ثلاث سنوات ونصف"),
    ("en", "there are 4 girls on the 3rd floor", "ar", "توجد أربع فتيات في الطابق الثالث"),
    ("nl", "met 11 man in 1 kamer", "en", "eleven of us in one room"),
    ("fr", "fermé du 24 au 31 décembre", "tr", "24-31 Aralık arası kapalı"),
    ("ar", "جيت ف شهر 10", "fr", "je suis venue en octobre"),
    ("vi", "hôm 20 tháng 11", "en", "on November 20"),
    ("uk", "о пів на пяту ранку", "nl", "om 4.30 uur 's ochtends"),
    ("fr", "rendez-vous à midi et demi", "ro", "ne vedem la 12:30"),
    ("pl", "w sobotę wieczorem uciekłam", "nl", "Zaterdagavond ben ik gevlucht."),
    ("de", "am Montagmorgen", "en", "on Monday morning"),
    ("nl", "van 13u tot 16u", "es", "de 1 a 4 de la tarde"),
    ("es", "hasta las 8 de la noche", "fr", "jusqu'à 20 h"),
    ("en", "see you at 11:20 by the church", "pl", "dwadzieścia po jedenastej przy kościele"),
    ("nl", "om 8u45 aan het loket", "tr", "sabah 8:45'te gişede"),
    ("ru", "полчаса перерыва", "en", "a break of half an hour"),
    ("zh", "半个小时后开门", "ro", "Se deschide peste o jumătate de oră."),
    ("es", "una docena de mujeres", "fr", "une douzaine de femmes"),
    ("uk", "нас там були сотні", "nl", "we waren daar met honderden"),
    ("zh", "我等了半天也没人来", "uk", "Я довго чекала, але ніхто не прийшов"),
]
OTHER = [
    ("nl", "bel 602 118 734", "pl", "dzwoń na 602 118 743"),
    ("en", "call 0032 2 555 01 43", "nl", "bel +32 2 555 10 43"),
    ("en", "call +40 21 555 01 43", "nl", "bel 021 555 01 43"),
    ("bg", "почнах на 15.06", "nl", "ik begon op 15 juli"),
    ("bg", "почнах на 15.06", "nl", "ik begon op 16 juni"),
    ("nl", "de politie komt op 21/09", "zh", "警察9月12号来"),
    ("ro", "ne ia la 4 jumate dimineata", "nl", "hij haalt ons om vier uur 's ochtends op"),
    ("ro", "ne ia la 4 jumate dimineata", "nl", "hij haalt ons om half vier 's ochtends op"),
    ("ru", "забирают нас в полшестого утра", "en", "They pick us up at 6:30 in the morning"),
    ("nl", "we sluiten om halfzes", "fr", "On ferme à 18h30"),
    ("ar", "بخلص شغل ٢ ونص بالليل", "en", "I finish work at half past two in the afternoon"),
    ("zh", "他给我两千五", "en", "he gave me 2,005"),
    ("tr", "sadece 2 bin 500 lira", "en", "only 2,000 lira"),
    ("en", "he wants 1.5k euros", "fr", "il veut 15000 euros"),
    ("fr", "deux mois et demi sans salaire", "es", "dos meses sin sueldo"),
    ("nl", "zit je daar al een halve maand?", "uk", "Ти там уже місяць?"),
    ("tr", "yarım saat mola var", "en", "we get a one-hour break"),
    ("es", "una docena de mujeres", "fr", "une dizaine de femmes"),
    ("uk", "нас там були сотні", "nl", "we waren daar met duizenden"),
    ("en", "hundreds of phones", "zh", "好几十部手机"),
    ("fr", "il me donnait 5 euros de l'heure", "nl", "Ik kreeg van hem 5 euro per dag"),
    ("ar", "ما حدا قلي", "nl", "Iemand had het me gezegd"),
    ("ar", "ما بقيتش خدامة عندهم", "fr", "Je travaille encore chez eux."),
    ("ar", "اول امبارح حبسونا", "en", "They locked us in yesterday."),
    ("pl", "w sobotę wieczorem uciekłam", "nl", "Zaterdagochtend ben ik gevlucht."),
    ("de", "am Montagmorgen", "en", "on Tuesday morning"),
    ("nl", "van 13u tot 16u", "es", "de 1 a 5 de la tarde"),
    ("nl", "om 8u45 aan het loket", "tr", "akşam 8:45'te gişede"),
    ("nl", "neem bus 1 naar het station", "ru", "сядьте на автобус до вокзала"),
    ("nl", "kamer 1 is vrij", "ar", "الغرفة فاضية"),
    ("nl", "ik wil 1.500 euro", "ro", "vreau 1,5 euro"),
    ("nl", "12/03 en 13/04", "fr", "le 13 mars et le 12 avril"),
]


@pytest.mark.parametrize("written", ONE_NUMBER)
def test_a_telephone_number_is_one_in_whatever_groups(written: tuple[str, ...]) -> None:
    found = {tuple(figures(each)) for each in written}
    assert len(found) == 1
    assert all(form.startswith("p:") for form in found.pop())


@pytest.mark.parametrize("text", NO_TELEPHONE)
def test_an_amount_a_date_or_a_year_is_none(text: str) -> None:
    assert figures(text)
    assert not [form for form in figures(text) if form.startswith("p:")]


@pytest.mark.parametrize(("source", "ours", "target", "theirs"), SAME)
def test_what_is_only_written_otherwise_is_not_marked(source: str, ours: str, target: str, theirs: str) -> None:
    assert Doubt.NUMBERS not in check([(ours, theirs)], source, target, NAMES)
    assert Doubt.NUMBERS not in check([(theirs, ours)], target, source, NAMES)


@pytest.mark.parametrize(("source", "ours", "target", "theirs"), OTHER)
def test_what_is_another_is_marked(source: str, ours: str, target: str, theirs: str) -> None:
    assert {Doubt.NUMBERS, Doubt.NEGATION} & {*check([(ours, theirs)], source, target, NAMES)}
    assert {Doubt.NUMBERS, Doubt.NEGATION} & {*check([(theirs, ours)], target, source, NAMES)}


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("je ne crois pas que tu viennes", 1), ("il ne veut plus que je sorte", 1),
        ("personne ne sait que je suis ici", 1),
        ("je n'ai que 20 euros", 0), ("on ne mange qu'une fois par jour", 0), ("il ne m'a payé que 200 euros", 0),
    ],
)  # fmt: skip
def test_only_is_no_denial_in_french_and_a_denial_before_que_is_one(text: str, denies: int) -> None:
    assert Side(text, "fr").denials == denies


@pytest.mark.parametrize(
    ("source", "ours", "target", "theirs"),
    [
        ("nl", "de derde verdieping", "ar", "الطابق الثاني"),
        ("nl", "begin september", "tr", "eylül sonunda"),
        ("es", "el mes que viene", "nl", "deze maand"),
        ("nl", "ik heb nauwelijks geslapen", "fr", "j'ai bien dormi"),
        ("hu", "heti 250 euró", "nl", "250 euro per maand"),
        ("ar", "باليوم ٢٠ يورو", "nl", "20 euro per week"),
        ("fr", "je ne crois pas que c'est lui", "nl", "ik denk dat hij het is"),
        ("fr", "il a 3 ans et demi", "nl", "hij is 3 jaar"),
    ],
)
def test_what_stands_beside_no_number_is_marked_too(source: str, ours: str, target: str, theirs: str) -> None:
    assert {Doubt.NUMBERS, Doubt.NEGATION} & {*check([(ours, theirs)], source, target, NAMES)}
    assert {Doubt.NUMBERS, Doubt.NEGATION} & {*check([(theirs, ours)], target, source, NAMES)}


def test_a_month_that_is_shortened_is_one_beside_a_number_alone() -> None:
    assert Side("12 sept", "en").months == {8}
    assert Side("op 9 okt.", "nl").months == {9}
    assert not Side("maar 5 meisjes, 3 maanden", "nl").months


def test_what_others_changed_is_marked_and_what_they_translated_is_hardly() -> None:
    """900 translations between 17 languages, a third of them written in a way of its own."""
    changed, found, wrongly, pairs = marked(PAIRS, NAMES)
    assert changed.keys() == {"number", "date", "time", "phone", "amount", "negation"}
    assert not [kind for kind in changed if found[kind] < 0.96 * changed[kind]], (found, changed)
    assert wrongly.total() <= 0.075 * pairs, wrongly


def test_whatever_digit_of_a_right_translation_is_changed_is_marked() -> None:
    """Of all pairs by other hands whose translation is not marked; each digit by each of two others."""
    seen, missed = 0, []
    for line in [line for name in FILES for line in (PAIRS.parent / name).read_text(encoding="utf-8").splitlines()]:
        pair = json.loads(line)
        if check([(pair["x"], pair["good"])], pair["s"], pair["t"]):
            continue
        for digit in re.finditer(r"\d", pair["good"]):
            for step in (1, 5):
                other = str((int(digit[0]) + step) % 10)
                changed = pair["good"][: digit.start()] + other + pair["good"][digit.end() :]
                seen += 1
                if not check([(pair["x"], changed)], pair["s"], pair["t"]):
                    missed.append((pair["s"], pair["t"], pair["good"], changed))
    assert seen > 5000
    assert not missed
