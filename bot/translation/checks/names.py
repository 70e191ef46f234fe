"""Whether the names of a sentence are still there: organisations, people, streets, towns and countries. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise

from bot.translation.checks.addresses import another_street
from bot.translation.checks.reading.lexicon import bare
from bot.translation.checks.reading.phonetics import SOUNDED, first_vowels_alike, sounds
from bot.translation.checks.reading.street_patterns import LATIN
from bot.translation.checks.sentence import Side

_ANY_LATIN = re.compile(f"[{LATIN}]")
_NO_LATIN = re.compile(f"[^\\W\\d_{LATIN}]")
_NAME = re.compile(f"(?<=[{LATIN},] )(?!(?:I|Sie|Ihr\\w*|Ihnen)\\b)[A-Z\u00c0-\u00de][{LATIN}]{{2,}}(?![{LATIN}'])")
"""A word with a capital inside a sentence."""
_CAPITALS = {"de"}
"""Languages that write every noun with a capital."""
_LIKE = 0.5
_SHORT = 3
"""Consonants up to which another name has the same ones: Myria, Марии."""
_NO_NAMES = {
    "God", "Street", "Road", "Lane", "Avenue", "Square", "Boulevard", "Rue", "Calle", "Strada", "Ulica", "Straat",
    "Laan", "Plein", "Caddesi", "Sokak",
}  # fmt: skip
"""What has a capital, and is said in another way in another language."""


# -- names of the glossary -------------------------------------------------------------------------


def _other_glossary(ours: Side, theirs: Side, names: Collection[str]) -> bool:
    """Whether a name of the glossary is not there any more, in whatever letters."""
    return bool(names) and any(
        form in ours.low and not _stands(name, theirs) for form, name in _spellings(tuple(names))
    )


@cache
def _spellings(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Names in small letters, and without their marks, each with itself in small letters."""
    low = [name.lower() for name in names]
    return [(form, name) for name in low for form in dict.fromkeys((name, bare(name)))]


def _stands(name: str, side: Side) -> bool:
    """In Latin letters it is spelled the same everywhere but for the vowel at its end; else the sounds of each of its
    words must be there."""
    if name in side.low:
        return True
    plain = bare(name)
    if plain.removesuffix(plain[-1] if plain[-1] in "aeiou" and len(plain) > 4 else "") in bare(side.low):
        return True
    if not SOUNDED.search(side.text):
        return side.lexicon is None and _NO_LATIN.search(side.text) is not None  # how it is spelled there is not known
    words = [part for word in side.words for part in word.split("-")]
    return all(_is_heard(part, words) for part in re.split("[ -]", name))


def _is_heard(name: str, words: list[str]) -> bool:
    """Whether a word sounds so, with a letter more before it ("at", "and") or behind it. Of a short name the first
    vowel is heard as well."""
    wanted = sounds(name)
    return any(
        wanted in (heard := sounds(word))
        and len(heard) <= len(wanted) + 1
        and (len(wanted) > _SHORT or first_vowels_alike(name, word))
        for word in words
    )


# -- places ---------------------------------------------------------------------------------------


def _another_place(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether one is not there any more, and one that was not there is. Small letters may be another word."""
    if not ours.places:
        return False
    said, there = set(ours.places.values()), set(theirs.places.values())
    lost = any(place not in there for word, place in ours.places.items() if not word.islower())
    return lost and any(place not in said for word, place in theirs.places.items() if not word.islower())


# -- any name --------------------------------------------------------------------------------------


def _other_capital(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether a word that a capital inside a sentence makes a name is not there any more. Into other letters a name
    may be spelled in many ways: there nothing is looked for."""
    if not _ANY_LATIN.search(theirs.text) or ours.language in _CAPITALS or ours.shouts:
        return False
    capitals = [name for name in _NAME.findall(ours.text) if name not in _NO_NAMES and not ours.is_date(name.lower())]
    if ours.places:
        capitals = [name for name in capitals if ours.places.get(name) not in theirs.places.values()]
    lost = [name for name in capitals if name not in theirs.text]
    if lost:  # Hanoi is written as two words
        words = [bare(word) for word in theirs.words]
        together = {one + other for one, other in pairwise(words)}
        lost = [name for name in lost if bare(name.lower()) not in together]
    return any(not any(_alike(name, word.split("'")[0]) for word in theirs.spelled) for name in lost)


def _alike(one: str, other: str) -> bool:
    """Whether two spellings may be one name: Roemenië, Romania."""
    if one[0].lower() != other[0].lower():
        return False
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _LIKE


NAMES = {
    "glossary": _other_glossary,
    "place": _another_place,
    "street": lambda ours, theirs, _: another_street(ours, theirs),
    "capital": _other_capital,
}
