"""Numbers, amounts and units: each that changed is marked, and none that stayed, in figures and in words."""

from __future__ import annotations

import re
from itertools import product

import pytest

from bot.translation import Doubt, check
from bot.translation.checks.reading.lexicon import lexicons

CHANGED = [
    ("vi", "từ tháng 3 đến tháng 5", "zh", "从5月到3月"),
    ("nl", "Hij wil 20 duizend euro.", "en", "He wants 20 euros."),
    ("ru", "Он хочет 20 тысяч евро.", "nl", "Hij wil 20 euro."),
    ("nl", "Ik woon in de Kerkstraat 12A.", "en", "I live at Kerkstraat 12B."),
    ("nl", "Ik kom op 12 mei.", "zh", "我6月12日来。"),
    ("nl", "Ik kom op 5 mei.", "zh", "我5日来。"),
    ("nl", "Ik kom op 12 mei.", "vi", "Tôi đến ngày 12 tháng 6."),
    ("nl", "Ik kom in november.", "vi", "Tôi đến vào tháng mười."),
    ("nl", "Ik kom in mei.", "zh", "我六月来。"),
    ("nl", "Ik werk 12 uur per dag.", "en", "I work 12 days."),
    ("bg", "500 лева", "nl", "500 euro"),
    ("hu", "Kaptam 500 forintot.", "nl", "Ik kreeg 500 euro."),
    ("pl", "Dostałem 500 złotych.", "nl", "Ik kreeg 500 euro."),
    ("uk", "Я отримала 500 гривень.", "nl", "Ik kreeg 500 euro."),
    ("ru", "Мне дали 500 рублей.", "nl", "Ik kreeg 500 euro."),
    ("tr", "500 lira aldım.", "nl", "Ik kreeg 500 euro."),
    ("zh", "他给我500元。", "nl", "Hij gaf mij 500 dollar."),
    ("nl", "Ik heb 250 euro.", "en", "I have 250 people."),
    ("nl", "Ik heb 250 mensen.", "en", "I have 250 euros."),
    ("nl", "Kom om 12:30.", "en", "Come at 12:30 am."),
    ("nl", "Kom om 12 uur.", "en", "Come at 12 am."),
    ("nl", "Ik ben twintig.", "en", "I am thirty."),
    ("nl", "Ik heb honderd euro.", "en", "I have a thousand euros."),
    ("nl", "Ik heb drie kinderen.", "en", "I have children."),
    ("nl", "Ik heb een kind.", "en", "I have two children."),
    ("nl", "Kom om half drie.", "en", "Come at half past three."),
    ("nl", "Er zijn drie mannen en vijf vrouwen.", "en", "There are three men and six women."),
    ("nl", "Hij houdt 50% in.", "en", "He keeps 50."),
    ("nl", "Het is hier -5 graden.", "en", "It is 5 degrees here."),
    ("nl", "Ik ben 15 jaar.", "en", "I am 15 months."),
    ("nl", "Ik werk 3 uur.", "en", "I work 3 days."),
    ("nl", "drie uur", "en", "three days"),
    ("de", "zweihundertfünfzig Euro", "nl", "tweehonderdvijftien euro"),
    ("fr", "quatre-vingt-dix euros", "nl", "tachtig euro"),
    ("ar", "عندي ثلاثة أطفال", "nl", "Ik heb vier kinderen"),
    ("vi", "Tôi có ba con.", "nl", "Ik heb twee kinderen."),
    ("zh", "我有三个孩子。", "nl", "Ik heb vier kinderen."),
    ("pl", "Przyjdź o wpół do trzeciej.", "nl", "Kom om half vier."),
    ("nl", "drie mannen, vijf vrouwen", "en", "five men, three women"),
    ("nl", "Kom om 23:10.", "en", "Come on 23/10."),
    ("nl", "Kom om 9:45.", "en", "Come at 9:45 pm."),
]
KEPT = [
    ("vi", "từ tháng 3 đến tháng 5", "zh", "从3月到5月"),
    ("vi", "mỗi tháng 10 euro", "nl", "elke maand 10 euro"),
    ("nl", "Hij wil 20 duizend euro.", "en", "He wants 20,000 euros."),
    ("nl", "Ik woon in de Kerkstraat 12A.", "en", "I live at Kerkstraat 12A."),
    ("nl", "Ik kom op 5 mei.", "zh", "我5月5日来。"),
    ("nl", "Op 31 december.", "zh", "12月31日。"),
    ("nl", "Ik kom op 5 mei.", "vi", "Tôi đến ngày 5 tháng 5."),
    ("nl", "Ik kom in november.", "vi", "Tôi đến vào tháng mười một."),
    ("nl", "Na 3 maanden.", "vi", "Sau 3 tháng."),
    ("nl", "Na 3 maanden.", "zh", "3个月后。"),
    ("nl", "Kom om 0:30.", "en", "Come at 12:30 am."),
    ("nl", "Kom om half drie.", "en", "Come at half past two."),
    ("nl", "Kom om half drie.", "en", "Come at 2:30."),
    ("nl", "Kom om half drie.", "en", "Come at 2:30 pm."),
    ("nl", "Kom om half drie.", "fr", "Viens à deux heures et demie."),
    ("nl", "Kom om half drie.", "pl", "Przyjdź o wpół do trzeciej."),
    ("nl", "Kom om half drie.", "ru", "Приходи в половине третьего."),
    ("nl", "Kom om half drie.", "hu", "Gyere fél háromkor."),
    ("nl", "Kom om half drie.", "de", "Komm um halb drei."),
    ("nl", "Kom om half drie.", "zh", "两点半来。"),
    ("nl", "Kom om half drie.", "tr", "İki buçukta gel."),
    ("nl", "Kom om half drie.", "vi", "Hãy đến lúc hai giờ rưỡi."),
    ("nl", "Kom om half drie.", "ar", "تعال الساعة الثانية والنصف"),
    ("nl", "tweeënveertig", "de", "zweiundvierzig"),
    ("nl", "achtennegentig", "fr", "quatre-vingt-dix-huit"),
    ("nl", "zesenzeventig", "fr", "soixante-seize"),
    ("nl", "tweehonderdvijftig euro", "fr", "deux cent cinquante euros"),
    ("nl", "tweehonderdvijftig euro", "en", "two hundred and fifty euros"),
    ("nl", "tweehonderdvijftig euro", "ru", "двести пятьдесят евро"),
    ("nl", "tweehonderdvijftig euro", "ar", "مئتان وخمسون يورو"),
    ("nl", "tweehonderdvijftig euro", "zh", "二百五十欧元"),
    ("nl", "tweehonderdvijftig euro", "vi", "hai trăm năm mươi euro"),
    ("nl", "tweehonderdvijftig euro", "hu", "kétszázötven euró"),
    ("nl", "tweehonderdvijftig euro", "tr", "iki yüz elli euro"),
    ("nl", "tweehonderdvijftig euro", "sq", "dyqind e pesëdhjetë euro"),
    ("nl", "tweehonderdvijftig euro", "ro", "două sute cincizeci de euro"),
    ("nl", "tweehonderdvijftig euro", "ro", "doua sute cincizeci de euro"),
    ("nl", "tweehonderdvijftig euro", "pl", "dwieście pięćdziesiąt euro"),
    ("nl", "tweehonderdvijftig euro", "uk", "двісті п'ятдесят євро"),
    ("nl", "tweehonderdvijftig euro", "bg", "двеста и петдесет евро"),
    ("nl", "tweehonderdvijftig euro", "es", "doscientos cincuenta euros"),
    ("nl", "tweehonderdvijftig euro", "pt", "duzentos e cinquenta euros"),
    ("nl", "tweehonderdvijftig euro", "nl", "250 euro"),
    ("nl", "vijfduizend euro", "en", "5000 euros"),
    ("nl", "vijfduizend euro", "ar", "خمسة آلاف يورو"),
    ("nl", "vijfduizend euro", "ru", "пять тысяч евро"),
    ("nl", "vijfentwintig", "ar", "خمسة وعشرون"),
    ("nl", "eenentwintig", "ar", "واحد وعشرون"),
    ("nl", "dertien", "ar", "ثلاثة عشر"),
    ("nl", "elf", "ar", "أحد عشر"),
    ("nl", "elf", "tr", "on bir"),
    ("nl", "twintig jaar", "vi", "hai mươi năm"),
    ("nl", "tien jaar", "vi", "mười năm"),
    ("nl", "twee dagen", "ar", "يومين"),
    ("nl", "2 dagen", "ar", "يومين"),
    ("nl", "50%", "en", "50 percent"),
    ("nl", "50%", "fr", "50 pour cent"),
    ("nl", "50%", "es", "50 por ciento"),
    ("nl", "50%", "ro", "50 la sută"),
    ("nl", "50%", "vi", "50 phần trăm"),
    ("nl", "50%", "zh", "百分之50"),
    ("nl", "50%", "sq", "50 për qind"),
    ("nl", "50%", "hu", "50 százalék"),
    ("nl", "50%", "tr", "yüzde 50"),
    ("nl", "50%", "ar", "50 بالمئة"),
    ("nl", "50%", "ru", "50 процентов"),
    ("nl", "Ik ben 15 jaar.", "en", "I am 15."),
    ("nl", "Kom om 3 uur.", "en", "Come at 3."),
    ("nl", "Kom op 5 mei 2026.", "bg", "Ела на 5 май 2026 година."),
    ("nl", "zes dagen per week", "en", "six days a week"),
    ("nl", "een van de drie centra", "en", "one of the three centres"),
    ("en", "a hundred euros", "ro", "o sută de euro"),
    ("en", "a thousand euros", "ro", "o mie de euro"),
    ("en", "twenty-one", "fr", "vingt et un"),
    ("de", "Um 12 am Bahnhof.", "nl", "Om 12 in het station."),
    ("ro", "La 12 am plecat.", "nl", "Om 12 ben ik vertrokken."),
    ("bg", "500 лева", "nl", "500 leva"),
    ("bg", "500 лева", "ar", "500 ليفا"),
    ("hu", "500 forint", "ru", "500 форинтов"),
    ("pl", "500 złotych", "uk", "500 злотих"),
    ("pl", "500 zl", "zh", "500兹罗提"),
    ("uk", "500 гривень", "en", "500 hryvnias"),
    ("tr", "500 lira", "ar", "500 ليرة"),
    ("zh", "500元", "en", "500 yuan"),
    ("sq", "500 lekë", "nl", "500 lek"),
    ("vi", "500 nghìn đồng", "en", "500 thousand dong"),
    ("ru", "500 рублей", "de", "500 Rubel"),
    ("ro", "500 de lei", "hu", "500 lej"),
]
WORDS = {
    "nl": ("zeventien", "tweeënveertig", "zesenzeventig", "tweehonderdvijftig", "vijfduizend"),
    "en": ("seventeen", "forty-two", "seventy-six", "two hundred and fifty", "five thousand"),
    "fr": ("dix-sept", "quarante-deux", "soixante-seize", "deux cent cinquante", "cinq mille"),
    "de": ("siebzehn", "zweiundvierzig", "sechsundsiebzig", "zweihundertfünfzig", "fünftausend"),
    "es": ("diecisiete", "cuarenta y dos", "setenta y seis", "doscientos cincuenta", "cinco mil"),
    "pt": ("dezassete", "quarenta e dois", "setenta e seis", "duzentos e cinquenta", "cinco mil"),
    "ro": ("șaptesprezece", "patruzeci și doi", "saptezeci si sase", "două sute cincizeci", "cinci mii"),
    "bg": ("седемнадесет", "четиридесет и две", "седемдесет и шест", "двеста и петдесет", "пет хиляди"),
    "ru": ("семнадцать", "сорок два", "семьдесят шесть", "двести пятьдесят", "пять тысяч"),
    "uk": ("сімнадцять", "сорок два", "сімдесят шість", "двісті п'ятдесят", "п'ять тисяч"),
    "pl": ("siedemnaście", "czterdzieści dwa", "siedemdziesiąt sześć", "dwieście pięćdziesiąt", "pięć tysięcy"),
    "hu": ("tizenhét", "negyvenkettő", "hetvenhat", "kétszázötven", "ötezer"),
    "tr": ("on yedi", "kırk iki", "yetmiş altı", "iki yüz elli", "beş bin"),
    "ar": ("سبعة عشر", "اثنان وأربعون", "ستة وسبعون", "مئتان وخمسون", "خمسة آلاف"),
    "vi": ("mười bảy", "bốn mươi hai", "bảy mươi sáu", "hai trăm năm mươi", "năm nghìn"),
    "zh": ("十七", "四十二", "七十六", "二百五十", "五千"),
    "sq": ("shtatëmbëdhjetë", "dyzet e dy", "shtatëdhjetë e gjashtë", "dyqind e pesëdhjetë", "pesë mijë"),
}
"""Seventeen, 42, 76, 250 and 5000."""
UNITS = {
    "nl": "3 uur, 4 dagen, 5 weken, 6 maanden, 7 jaar", "en": "3 hours, 4 days, 5 weeks, 6 months, 7 years",
    "fr": "3 heures, 4 jours, 5 semaines, 6 mois, 7 ans", "de": "3 Stunden, 4 Tage, 5 Wochen, 6 Monate, 7 Jahre",
    "es": "3 horas, 4 días, 5 semanas, 6 meses, 7 años", "pt": "3 horas, 4 dias, 5 semanas, 6 meses, 7 anos",
    "ro": "3 ore, 4 zile, 5 săptămâni, 6 luni, 7 ani", "bg": "3 часа, 4 дни, 5 седмици, 6 месеца, 7 години",
    "ru": "3 часа, 4 дня, 5 недель, 6 месяцев, 7 лет", "uk": "3 години, 4 дні, 5 тижнів, 6 місяців, 7 років",
    "pl": "3 godziny, 4 dni, 5 tygodni, 6 miesięcy, 7 lat", "hu": "3 óra, 4 nap, 5 hét, 6 hónap, 7 év",
    "tr": "3 saat, 4 gün, 5 hafta, 6 ay, 7 yıl", "ar": "3 ساعات، 4 أيام، 5 أسابيع، 6 أشهر، 7 سنوات",
    "vi": "3 giờ, 4 ngày, 5 tuần, 6 tháng, 7 năm", "zh": "3个小时，4天，5周，6个月，7年",
    "sq": "3 orë, 4 ditë, 5 javë, 6 muaj, 7 vjet",
}  # fmt: skip
MONEY = {
    "bg": "500 лева", "hu": "500 forint", "pl": "500 złotych", "uk": "500 гривень", "ru": "500 рублей",
    "tr": "500 lira", "zh": "500元", "ro": "500 de lei", "sq": "500 lekë", "vi": "500 đồng", "ar": "500 درهم",
    "en": "500 pounds", "nl": "500 euro", "pt": "500 reais",
}  # fmt: skip


def numbers(source: str, ours: str, target: str, theirs: str) -> bool:
    return Doubt.NUMBERS in check([(ours, theirs)], source, target)


def parts(language: str) -> list[str]:
    return [part.strip() for part in re.split("[,،，]", UNITS[language])]


@pytest.mark.parametrize(("source", "ours", "target", "theirs"), CHANGED)
def test_what_changed_is_marked_both_ways(source: str, ours: str, target: str, theirs: str) -> None:
    assert numbers(source, ours, target, theirs)
    assert numbers(target, theirs, source, ours)


@pytest.mark.parametrize(("source", "ours", "target", "theirs"), KEPT)
def test_what_stayed_is_not_marked(source: str, ours: str, target: str, theirs: str) -> None:
    assert not numbers(source, ours, target, theirs)
    assert not numbers(target, theirs, source, ours)


def test_every_language_has_its_words() -> None:
    assert lexicons().keys() == WORDS.keys() == UNITS.keys()


@pytest.mark.parametrize("source", WORDS)
def test_a_number_in_words_is_the_same_in_every_language(source: str) -> None:
    """The unit makes a number of what could be another word as well."""
    days = {language: parts(language)[1].replace("4", "{}") for language in UNITS}
    for target in WORDS.keys() - {source}:
        for (i, ours), (j, theirs) in product(enumerate(WORDS[source]), enumerate(WORDS[target])):
            marked = numbers(source, days[source].format(ours), target, days[target].format(theirs))
            assert marked == (i != j), (ours, theirs)


@pytest.mark.parametrize("source", UNITS)
def test_a_unit_is_the_same_in_every_language(source: str) -> None:
    for target in UNITS.keys() - {source}:
        assert not numbers(source, UNITS[source], target, UNITS[target])
        others = parts(target)
        for place, ours in enumerate(parts(source)):
            other = (place + 1) % 5
            wrong = others[other].replace(str(other + 3), str(place + 3))
            assert numbers(source, ours, target, wrong), (ours, wrong)


@pytest.mark.parametrize("source", MONEY)
def test_another_currency_is_marked(source: str) -> None:
    for target in MONEY.keys() - {source}:
        assert numbers(source, MONEY[source], target, MONEY[target])
        assert not numbers(source, MONEY[source], target, MONEY[source]), "as it was"
        assert numbers(source, MONEY[source], target, "500"), "lost"
        assert numbers(target, "500", source, MONEY[source]), "new"
