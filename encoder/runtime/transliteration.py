"""What is typed in Latin letters, in those its language has: Bulgarian, Russian, Ukrainian, Arabic, Hindi, Bengali; and
with its marks, where a language has them (`marks`).

The encoder and the letters have learned these languages as they are written. Typed in Latin letters, as on a phone
without the keyboard for it, they are read in their own: what is trained and what is asked goes through here alike. What
comes out is for models; nobody is shown it. Some letters are wrong: the models have learned with such ones too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import yaml

from encoder.runtime import marks
from encoder.runtime.arabic_words import likeliest
from encoder.runtime.invisible import seen

_TABLES: Final[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("transliteration.yml").read_text(encoding="utf-8")
)
FOREIGN: Final = frozenset(Path(__file__).with_name("foreign.txt").read_text(encoding="ascii").split())
"""English, French and Dutch words: in the midst of Arabic, Hindi and Bengali they stay as they are."""
_DIGIT: Final = r"(?<![0-9])[0-9](?![0-9])|(?<=[a-z])(?:22|33|77|99)(?=[a-z])"
_WORD: Final = re.compile(rf"(?:[a-z]|{_DIGIT})(?:[a-z'’]|{_DIGIT})*")
"""A digit by itself, or doubled between letters, may be one of them; more of them are a number."""
_LATIN: Final = re.compile(r"[a-zA-Z]")
_OTHER: Final = re.compile(r"[^\x00-\x7f]")
_VOWELS: Final = frozenset("аеиоуъыэюяіїє")


def native(text: str, language: str | None) -> str:
    """`text` in the letters of `language`, where that has its own and most of the text is in Latin ones, or with its
    marks, where they were left out; else as it is. Pure, and of any string."""
    if language in marks.LANGUAGES:
        return marks.marked(text, language)
    convert = _CONVERT.get(language or "")
    if convert is None or len(_LATIN.findall(text)) <= len(_OTHER.findall(text)):
        return text
    text = seen(text).lower()
    read = {word: _read(convert, word) for word in set(_WORD.findall(text))}
    return _WORD.sub(lambda found: read[found[0]], text)


def is_foreign(text: str) -> bool:
    """Whether all words of `text` in Latin letters are English, French or Dutch: "stop", "passport"."""
    return all(map(_is_foreign, _WORD.findall(text.lower())))


def _read(convert: Callable[[str], str], word: str) -> str:
    word = word.replace("’", "'")
    return convert(word) if any(c.isalpha() for c in word) else word


def _is_foreign(word: str) -> bool:
    return word.rstrip("'").rpartition("'")[2] in FOREIGN


def _cyrillic(word: str, table: Mapping[str, str]) -> str:
    """ "y" is short after a vowel; a digit may be a letter ("4as", "ka6ta")."""
    made: list[str] = []
    for spelling in _split(word, table):
        if spelling == "y" and made and made[-1][-1] in _VOWELS:
            made.append("й")
        else:
            made.append(table.get(spelling, spelling))
    return "".join(made)


def _arabic(word: str, table: Mapping[str, str]) -> str:
    """Short vowels in the middle are not written, except "i", "o" and "u", which mostly stand for long ones."""
    if _is_foreign(word):
        return word
    made: list[str] = []
    place = 0
    for spelling in _split(word, table):
        first, doubled = place == 0, place > 0 and len(spelling) == 1 and word[place - 1] == spelling
        place += len(spelling)
        last = place == len(word)
        if spelling in table:
            made.append("" if doubled and spelling.isalpha() else table[spelling])
        elif spelling in "aeiou":
            long = {"a": "ا" if last else "", "e": "ه" if last else "", "i": "ي", "o": "و", "u": "و"}[spelling]
            made.append("ا" if first else long)
        elif spelling != "'":
            made.append(spelling)
    return likeliest("".join(made))


def _indic(
    word: str, letters: Mapping[str, str], vowels: Mapping[str, list[str]], joint: str, anywhere: bool, nasal: str
) -> str:
    """A consonant holds a vowel of its own, so "a" (in Bengali "o") after it is not written. Two that are typed in a
    row are joined where they usually are, in Hindi at the beginning of a word; else that vowel was not typed."""
    if _is_foreign(word):
        return word
    made: list[str] = []
    before = ""  # the consonant that stands directly before
    place = 0
    for spelling in _split(word, {**letters, **vowels}):
        begins, place = place, place + len(spelling)
        if spelling in vowels:
            alone, after, last = vowels[spelling]
            made.append((last if place == len(word) else after) if before else alone)
        elif spelling in letters:
            pair = f"{before} {spelling}" in _JOINED and (anywhere or begins == len(before))
            made += [joint] * (pair or before == spelling)
            made.append(nasal if nasal and spelling == "n" and _is_nasal(word, place) else letters[spelling])
        else:
            made.append(spelling)
        before = spelling if spelling in letters else ""
    return "".join(made)


def _is_nasal(word: str, end: int) -> bool:
    """Whether the "n" that ends at `end` only colours the vowel before it: "andar", "hain"."""
    after, vowel = word[end : end + 1], word[end - 2 : end - 1]
    return end > 1 and (after in tuple("gdtbpkcj") or (not after and len(word) > 2 and vowel in tuple("ieo")))


def _split(word: str, table: Mapping[str, Any]) -> list[str]:
    """The spellings that a word is made of, the longest that is known at each place; what is not known, letter by
    letter."""
    found = _pattern(tuple(sorted(table, key=len, reverse=True))).findall(word)
    return [str(spelling) for spelling in found]


@cache
def _pattern(spellings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join([*map(re.escape, spellings), "."]))


def _converters() -> dict[str, Callable[[str], str]]:
    cyrillic, indic = _TABLES["cyrillic"], _TABLES["indic"]
    made: dict[str, Callable[[str], str]] = {
        lang: partial(_cyrillic, table=cyrillic["common"] | cyrillic[lang]) for lang in ("bg", "ru", "uk")
    }
    made["ar"] = partial(_arabic, table=_TABLES["arabic"])
    return made | {lang: partial(_indic, **indic[lang]) for lang in ("hi", "bn")}


_JOINED: Final = frozenset(_TABLES["indic"]["joined"])
_CONVERT: Final = _converters()
LANGUAGES: Final = frozenset(_CONVERT)
"""Those that are read in their own letters."""
