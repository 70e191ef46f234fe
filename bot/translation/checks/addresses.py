"""Whether the street of an address (`reading/street_patterns.py`) is still there. Pure.

Between Latin letters its spelling is compared, else its sounds. How Chinese spells a name is not known: there a street
must stand as it is, else it is marked.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import takewhile

from bot.translation.checks.reading.lexicon import bare
from bot.translation.checks.reading.phonetics import SOUNDED, begins_alike, readings
from bot.translation.checks.reading.street_patterns import LATIN, House
from bot.translation.checks.sentence import Side

_KIND = re.compile("(?:straat|laan|plein|steenweg|stra(?:ss|ß)e|страат|стра[ст]се|лаан)$")
"""What another language may have its own word for: شارع."""
_ANY_LATIN = re.compile(f"[{LATIN}]")
_CAPITALS = {"de"}
"""Languages that write every noun with a capital."""
_LIKE = 0.66
_OTHER_END, _LONGER = 2, 4
"""What a language may make of the end of a name: so many other letters, so many more."""
WORDS = 400
"""Different words of a translation that are looked at: there are hardly more."""
_LITTLE = 3
_SHORT, _LONG = 3, 6
"""Consonants up to which all of a name must be heard, and from which two may be another language's ending."""


def another_street(ours: Side, theirs: Side) -> bool:
    """Whether a street that has a name, or a number of a house beside it, became another."""
    words = list(dict.fromkeys(theirs.spelled))[:WORDS] if ours.houses else []
    return any(not _stands(house, ours, theirs, words) for house in ours.houses)


def _stands(house: House, ours: Side, theirs: Side, words: list[str]) -> bool:
    word = house.word
    if word in theirs.text or any(_same(word, other) for other in words):
        return True
    if house.street and any(_alike(_stem(word), _stem(other)) for other in words):
        return True
    sounded = SOUNDED.search(theirs.text) is not None or SOUNDED.match(word) is not None
    if not house.street:
        # Into other letters a capital is not enough: "Bus 12" is a word there.
        if sounded or _CAPITALS & {ours.language, theirs.language}:
            return True
        if ours.places.get(word, "") in theirs.places.values() or any(_alike(word, other) for other in words):
            return True
    if sounded and (SOUNDED.search(theirs.text) or _ANY_LATIN.search(theirs.text)):
        return _heard(word, words)
    # How Chinese and the like spell a name is not known: there only a street that says so is missed, and where no
    # word of the language is known, nothing.
    return _ANY_LATIN.search(theirs.text) is None and (theirs.lexicon is None or not house.street)


def _heard(word: str, words: list[str]) -> bool:
    """Whether one of `words` sounds like the name, with another language's ending, or its own word for a street."""
    low = word.lower()
    stem = _KIND.sub("", low.removeprefix("ال"))
    wanted = readings(stem) | (readings(low) if stem != low else frozenset())
    # Little words are no street, whatever they sound like: "на", "как", "или".
    names = [other for other in words if len(other) > _LITTLE or not other[0].islower()]
    alike = [other for other in names if begins_alike(word, other)]
    heard = {sound for other in alike for sound in readings(other.removeprefix("ال"))}
    return any(_sounds_like(sound, other) for sound in wanted for other in heard)


def _sounds_like(name: str, heard: str) -> bool:
    if not name:
        return False
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(name, heard, strict=False)))
    if len(name) < _SHORT:
        return shared == len(name) and (len(heard) <= shared + 1 or heard[shared:].startswith(("str", "ln", "pln")))
    return shared >= len(name) - (0 if len(name) <= _SHORT else 1 if len(name) < _LONG else 2) or name in heard


def _stem(word: str) -> str:
    """The name of a street without its kind: Kerk, Louiza."""
    return _KIND.sub("", bare(word.lower()))


def _alike(one: str, other: str) -> bool:
    """Whether two spellings may be one name: Florilor, Florilorstraat."""
    if not one or not other or one[0].lower() != other[0].lower():
        return False
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _LIKE


def _same(one: str, other: str) -> bool:
    """Whether two words are one but for marks and endings (Kerkstraat, Kerkstraatul), or the other begins with it."""
    if one[0].lower() != other[0].lower():
        return False
    one, other = bare(one).lower(), bare(other).lower()
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return shared == len(one) or (shared >= max(3, len(one) - _OTHER_END) and len(other) - shared <= _LONGER)
