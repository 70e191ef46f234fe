"""How some languages are typed, and what they say by a number: their months, or their days. Pure."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHE_LEFT_OUT = re.compile(r"\b(п|дев)(ят)", re.I)
"""Five and nine in Ukrainian, as many type them."""
_CEDILLA = str.maketrans("şţŞŢ", "șțȘȚ")
"""As Romanian is often typed, for what it has."""
_SHORT_MONTHS = {
    code: dict(zip(short.split(), long.split(), strict=True))
    for code, short, long in (
        ("de", "jan feb mär apr jun jul aug sep sept okt nov dez",
         "januar februar märz april juni juli august september september oktober november dezember"),
        ("en", "jan feb mar apr jun jul aug sep sept oct nov dec",
         "january february march april june july august september september october november december"),
        ("es", "ene feb mar abr jun jul ago sep sept oct nov dic",
         "enero febrero marzo abril junio julio agosto septiembre septiembre octubre noviembre diciembre"),
        ("fr", "janv févr fév avr juil sept oct nov déc",
         "janvier février février avril juillet septembre octobre novembre décembre"),
        ("nl", "jan feb mrt apr jun jul aug sep sept okt nov dec",
         "januari februari maart april juni juli augustus september september oktober november december"),
        ("pt", "jan fev mar abr jun jul ago set out nov dez",
         "janeiro fevereiro março abril junho julho agosto setembro outubro novembro dezembro"),
        ("ro", "ian feb mar apr iun iul aug sep sept oct nov noi dec",
         "ianuarie februarie martie aprilie iunie iulie august septembrie septembrie octombrie noiembrie noiembrie "
         "decembrie"),
    )
}  # fmt: skip
"""How months are shortened, beside a number alone."""
_SHORT = re.compile(r"(?<=\d )[^\W\d_]{3,4}(?!\w)|(?<!\w)[^\W\d_]{3,4}(?=\.? \d)")
_DAY_AND_PART = {
    "de": re.compile(
        r"\b((?:mon|diens|donners|frei|sams|sonn)tag)s?(abend|morgen|vormittag|mittag|nachmittag|nacht)s?\b", re.I
    ),
    "nl": re.compile(
        r"\b((?:maan|dins|woens|donder|vrij|zater|zon)dag)(avond|ochtend|morgen|voormiddag|middag|namiddag|nacht)\b",
        re.I,
    ),
}
"""A day and a part of it in one word."""
_DAY = re.compile(r"[dt]ag[a-z]", re.I)
_DIGIT = re.compile(r"\d")
NUMBERED_MONTHS = {
    "vi": re.compile(
        r"(?<!m[ỗo]i )(?<!m[ộo]t )(?<!h[àa]ng )(?<!m[ấa]y )(?<!hai )(?<!ba )(?<!theo )"
        r"(?:(?<=ng[àa]y \d )|(?<=ng[àa]y \d\d )|(?<=h[ôo]m \d )|(?<=h[ôo]m \d\d )|(?<!\d ))"
        r"\bth[áa]ng (1[0-2]|0?[1-9])(?![.,/%]?\d)"
        r"(?! ?(?:triệu|nghìn|ngàn|trăm|lần|người|euro|eur|€|%|ngày|tuần|giờ|đô|đồng|đứa|con|cái))",
        re.I,
    ),
    "zh": re.compile(r"(?<![\d.,])(1[0-2]|0?[1-9])月"),
    "ar": re.compile(r"(?<!\w)شهر (1[0-2]|[1-9])(?![\d.,])(?! ?(?:ايام|أيام|يوم|ساع|مرات|يورو))"),
}
"""Languages in which a month is a number: a date's, not how many of them (3 tháng, 3个月)."""
NUMBERED_DAY = re.compile(r"(?<!lần )(?<!người )(?<!ngày )(?<!tầng )\bth[ứu] [2-7](?!\d)", re.I)
"""A day of the week in Vietnamese, which has no other name."""


def composed(text: str, language: str) -> str:
    """Each letter with its marks as one sign, as the words of the checks are written."""
    text = unicodedata.normalize("NFC", text)
    if language == "uk" and "ят" in text:
        text = _APOSTROPHE_LEFT_OUT.sub(r"\1'\2", text)
    return text.translate(_CEDILLA) if language == "ro" else text


def spelled_out(text: str, language: str) -> str:
    """12 sept as 12 september, zaterdagavond as zaterdag avond."""
    if language in _DAY_AND_PART and _DAY.search(text) is not None:
        text = _DAY_AND_PART[language].sub(r"\1 \2", text)
    names = _SHORT_MONTHS.get(language)
    if names is None or _DIGIT.search(text) is None:
        return text
    return _SHORT.sub(lambda word: names.get(word[0].lower(), word[0]), text)
