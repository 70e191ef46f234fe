"""What the writing system alone says."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final

LATIN: Final = "LATIN"

ONLY: Final = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "zh",
    "HANGUL": "ko",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "GREEK": "el",
    "HEBREW": "he",
    "BENGALI": "bn",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "TIBETAN": "bo",
}
"""Writing systems that (nearly) one language uses."""

SHARED: Final = {
    "CYRILLIC": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "mn"),
    "ARABIC": ("ar", "fa", "ur", "ps", "ckb", "ug"),
    "DEVANAGARI": ("hi", "ne", "mr"),
    "ETHIOPIC": ("ti", "am"),
}
"""Writing systems of several languages."""

_LETTERS: Final = (
    ("CYRILLIC", "ўЎ", "be"),
    ("CYRILLIC", "іІїЇєЄґҐ", "uk"),
    ("CYRILLIC", "ђћљњјџЂЋЉЊЈЏ", "sr"),
    ("CYRILLIC", "ѓќѕЃЌЅ", "mk"),
    ("CYRILLIC", "ыЫэЭёЁ", "ru"),
    ("ARABIC", "ڕێۆڵە", "ckb"),
    ("ARABIC", "ټډړښځڅېۍ", "ps"),
    ("ARABIC", "ٹڈڑےھں", "ur"),
    ("ARABIC", "پچژگکی", "fa"),
    ("ARABIC", "ةىأإؤئ", "ar"),
    ("ETHIOPIC", "ኸኹኺኻኼኽኾቐቑቒቓቔቕቖኣዀ", "ti"),
)
"""Letters that tell languages of one writing system apart, most telling first."""


@lru_cache(maxsize=8192)
def script_of(letter: str) -> str | None:
    """The writing system of one letter, for instance "LATIN"; None for digits, signs and emoji."""
    if not letter.isalpha() and unicodedata.category(letter) not in ("Mc", "Mn", "Lo"):
        return None
    try:
        name = unicodedata.name(letter)
    except ValueError:
        return None
    first = name.split(maxsplit=1)[0]
    return "CJK" if first in ("CJK", "IDEOGRAPHIC") else first


def main_script(text: str) -> tuple[str, float] | None:
    """The script most letters are in, and its share; None without letters. Japanese mixes: any kana counts for all."""
    counts = Counter(found for letter in text if (found := script_of(letter)) is not None)
    # A word of Chinese is one or two signs where others need six letters.
    for dense in ("CJK", "HIRAGANA", "KATAKANA", "HANGUL"):
        if dense in counts:
            counts[dense] *= 3
    if counts.get("CJK") and (kana := counts.get("HIRAGANA", 0) + counts.get("KATAKANA", 0)):
        counts["HIRAGANA"] = kana + counts.pop("CJK")
    if not counts:
        return None
    script, most = counts.most_common(1)[0]
    return script, most / counts.total()


def by_letters(script: str, text: str) -> tuple[str, int] | None:
    """The language whose own letters the text has, and how many of them; None when it has none."""
    for wanted, letters, code in _LETTERS:
        if wanted == script and (count := sum(text.count(letter) for letter in letters)):
            return code, count
    return None
