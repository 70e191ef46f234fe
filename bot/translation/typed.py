"""How some languages are typed, and what they say by a number: their months, or their days. Pure."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHE_LEFT_OUT = re.compile(r"\b(п|дев)(ят)", re.I)
"""Five and nine in Ukrainian, as many type them."""
_CEDILLA = str.maketrans("şţŞŢ", "șțȘȚ")
"""As Romanian is often typed, for what it has."""
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
