"""How sentences look when they are typed in a hurry, or in Latin letters: variants to learn from."""

from __future__ import annotations

import random
import unicodedata

BARE = {
    "ro": 0.4, "tr": 0.3, "vi": 0.35, "pl": 0.35, "hu": 0.35, "sq": 0.45, "pt": 0.25, "es": 0.3, "fr": 0.3, "ar": 0.2,
}  # fmt: skip
"""Share typed without marks, per language; elsewhere `BARE_ELSEWHERE`."""
BARE_ELSEWHERE = 0.12
LATIN = {"bg": 0.22, "ru": 0.15, "uk": 0.15}
"""Share of the Cyrillic languages that is typed in Latin letters."""
_COMMON = {
    "а": ["a"], "б": ["b"], "в": ["v", "v", "w"], "д": ["d"], "е": ["e"], "ж": ["zh", "j", "z"], "з": ["z"],
    "к": ["k"], "л": ["l"], "м": ["m"], "н": ["n"], "о": ["o"], "п": ["p"], "р": ["r"], "с": ["s"], "т": ["t"],
    "у": ["u"], "ф": ["f"],
    "х": ["h", "kh", "x"], "ц": ["ts", "c"], "ч": ["ch", "4"], "ш": ["sh", "6", "w"], "ю": ["yu", "u", "ju"],
    "я": ["ya", "ia", "q"], "й": ["y", "i", "j"], "ь": [""],
}  # fmt: skip
_OWN = {
    "bg": {"г": ["g"], "и": ["i"], "щ": ["sht", "6t"], "ъ": ["a", "y", "u"]},
    "ru": {"г": ["g"], "и": ["i"], "щ": ["sch", "shch"], "ъ": [""], "ы": ["y", "i"], "э": ["e"], "ё": ["e", "yo"]},
    "uk": {"г": ["h", "g"], "ґ": ["g"], "и": ["y", "i"], "щ": ["shch", "sch"], "і": ["i"], "ї": ["yi", "i"],
           "є": ["ye", "e"], "'": [""]},
}  # fmt: skip


def damaged(text: str, lang: str, dice: random.Random) -> str:
    """The text as it might come from a phone in a hurry: no capitals, stops or marks, other letters, a slip or two."""
    if dice.random() < LATIN.get(lang, 0):
        text = in_latin(text, lang, dice)
    if dice.random() < 0.25:
        text = text.lower()
    if dice.random() < 0.15:
        text = "".join(c for c in text if not unicodedata.category(c).startswith("P")) or text
    if dice.random() < BARE.get(lang, BARE_ELSEWHERE):
        text = without_marks(text)
    if dice.random() < 0.2:
        for _ in range(dice.randint(1, max(1, len(text) // 25))):
            text = _slip(text, dice)
    return text


def without_marks(text: str) -> str:
    """No diacritics, as on a keyboard that has none."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(str.maketrans("ıłŁđĐ", "ilLdD"))


def in_latin(text: str, lang: str, dice: random.Random) -> str:
    """Cyrillic typed with Latin letters, each letter in one way throughout the text: everybody has their own."""
    table = {letter: dice.choice(ways) for letter, ways in (_COMMON | _OWN[lang]).items()}
    return "".join(table.get(c, c) for c in text.lower())


def _slip(text: str, dice: random.Random) -> str:
    """Two letters swapped, one lost, or one twice."""
    if len(text) < 6:
        return text
    at = dice.randrange(len(text) - 1)
    one, two = text[at], text[at + 1]
    return text[:at] + dice.choice((two + one, two, one + one + two)) + text[at + 2 :]
