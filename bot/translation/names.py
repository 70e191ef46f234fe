"""Whether the names of a sentence are still there: organisations, people, streets, towns and countries. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from functools import cache
from itertools import takewhile

from bot.translation.lexicon import bare
from bot.translation.side import Side

_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_ANY_LATIN = re.compile(f"[{_LATIN}]")
_NO_LATIN = re.compile(f"[^\\W\\d_{_LATIN}]")
_NAME = re.compile(f"(?<=[{_LATIN},] )(?!(?:I|Sie|Ihr\\w*|Ihnen)\\b)[A-Z\u00c0-\u00de][{_LATIN}]{{2,}}(?![{_LATIN}'])")
"""A word with a capital inside a sentence."""
_CAPITALS = {"de"}
"""Languages that write every noun with a capital."""
_HOUSE = re.compile(f"(?<![{_LATIN}])([{_LATIN}]{{3,}}),? (?:nr\\.? ?)?\\d{{1,4}}(?![\\d/%]|[.,:]\\d)")
"""A word beside what may be the number of a house."""
_STREET = re.compile("...(?:straat|(?<!s)laan|plein|steenweg|stra(?:ss|ß)e)$")
_LIKE, _VERY = 0.5, 0.7
_OTHER_END, _LONGER = 2, 4
"""What a language may make of the end of a name: so many other letters, so many more."""
_SOUNDS = (
    "bpбпبپ", "fvфвف", "kcqgкгґхكقغجخ", "szjсзжшщцчسزشصضظثذ", "tтتط", "dдد", "lлل", "mмم", "nнن", "rрر",
)  # fmt: skip
_SKELETON = {sign: sounds[0] for sounds in _SOUNDS for sign in sounds}
_TOGETHER = (("ch", "s"), ("sh", "s"), ("x", "ks"), ("تش", "ش"))
_SOUNDED = re.compile("[\u0400-\u04ff\u0600-\u06ff]")
"""Writing systems of which the sounds are known."""


def names_changed(ours: Side, theirs: Side, names: Collection[str]) -> bool:
    """Whether a name of the glossary, a street, a place, or a word that a capital inside a sentence makes a name, is
    not there any more. Into other letters a name may be spelled in many ways: there only the glossary and known places
    are looked for."""
    if names and any(form in ours.low and not _stands(name, theirs) for form, name in _spellings(tuple(names))):
        return True
    if ours.places and _another_place(ours, theirs):
        return True
    if not _ANY_LATIN.search(theirs.text):
        return False
    if ours.figures and _another_street(ours, theirs):
        return True
    if ours.language in _CAPITALS:
        return False
    capitals = _no_dates(_NAME.findall(ours.text), ours)
    if ours.places:
        capitals = [name for name in capitals if ours.places.get(name) not in theirs.places.values()]
    words = theirs.spelled
    return any(name not in words and not any(_alike(name, word.split("'")[0]) for word in words) for name in capitals)


# -- names of the glossary -------------------------------------------------------------------------


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
    if not _SOUNDED.search(side.text):
        return side.lexicon is None and _NO_LATIN.search(side.text) is not None  # how it is spelled there is not known
    heard = [_sounds(part) for word in side.words for part in word.split("-")]
    return all(_is_heard(_sounds(part), heard) for part in re.split("[ -]", name))


def _is_heard(name: str, heard: list[str]) -> bool:
    """Whether a word sounds so, with a letter more before it ("at", "and") or behind it."""
    return any(name in word and len(word) <= len(name) + 1 for word in heard)


def _sounds(word: str) -> str:
    """The consonants of a word, those that are written for one another as one."""
    word = bare(word)
    for letters, one in _TOGETHER:
        word = word.replace(letters, one)
    return "".join(filter(None, map(_SKELETON.get, word)))


# -- places and streets ----------------------------------------------------------------------------


def _another_place(ours: Side, theirs: Side) -> bool:
    """Whether one is not there any more, and one that was not there is. Small letters may be another word."""
    said, there = set(ours.places.values()), set(theirs.places.values())
    lost = any(place not in there for word, place in ours.places.items() if not word.islower())
    return lost and any(place not in said for word, place in theirs.places.items() if not word.islower())


def _another_street(ours: Side, theirs: Side) -> bool:
    """Whether a word beside a number, that is a street or has a capital inside a sentence, became another."""
    words = theirs.spelled
    for match in _HOUSE.finditer(ours.text):
        word = match[1]
        street = _STREET.search(word.lower()) is not None
        named = word[0].isupper() and match.start() > 0 and "," not in match[0] and bool(_no_dates([word], ours))
        if not (street or (named and not _CAPITALS & {ours.language, theirs.language})):
            continue
        if word in words or any(_same(word, other) for other in words):
            continue
        if street or not (
            ours.places.get(word, "") in theirs.places.values() or any(_alike(word, other, _VERY) for other in words)
        ):
            return True
    return False


# -- any name --------------------------------------------------------------------------------------


def _no_dates(names: list[str], side: Side) -> list[str]:
    known = side.lexicon
    if known is None or not names:
        return names
    return [name for name in names if not known.months.which(name.lower()) and not known.days.which(name.lower())]


def _alike(one: str, other: str, enough: float = _LIKE) -> bool:
    """Whether two spellings may be one name: Roemenië, Romania."""
    if one[0].lower() != other[0].lower():
        return False
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= enough


def _same(one: str, other: str) -> bool:
    """Whether two words are one but for marks and endings (Kerkstraat, Kerkstraatul), or the other begins with it."""
    if one[0].lower() != other[0].lower():
        return False
    one, other = bare(one).lower(), bare(other).lower()
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return shared == len(one) or (shared >= max(3, len(one) - _OTHER_END) and len(other) - shared <= _LONGER)
