"""Whether the street of an address is still there. Pure.

A street is a word beside what may be the number of a house: one that says so itself (Kerkstraat, ул. Ленина, شارع), or
one that a capital inside a sentence makes a name. Between Latin letters its spelling is compared, else its sounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, takewhile

from bot.translation.lexicon import bare
from bot.translation.side import Side
from bot.translation.sounds import SOUNDED, readings

LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_CYRILLIC, _ARABIC = "\u0400-\u04ff", "\u0600-\u06ff"
_NUMBER = "\\d{1,4}(?![\\d/%]|[.,:]\\d)"
_BEFORE = (
    "rue|avenue|av\\.|boulevard|bd\\.?|chaussée|calle|avenida|plaza|rua|travessa|strada|str\\.|bulevardul|ulica|ulicy|"
    "ul\\.|rruga|rrugën|đường|phố"
)
_AFTER = "street|road|lane|avenue|utca|út|sokak|sokağı|caddesi|cadde|cad\\."
_NR = "(?:nr\\.? ?|n° ?|no[.:]? ?|nummer |num[aă]rul |numéro )?"
_HOUSES = tuple(
    re.compile(pattern, re.IGNORECASE if "said" in pattern else 0)
    for pattern in (
        f"(?<![{LATIN}])(?P<word>[{LATIN}]{{3,}}),? {_NR}{_NUMBER}",
        f"\\b(?P<said>{_BEFORE}) (?:[{LATIN}'’-]+ ){{0,3}}?(?P<word>[{LATIN}]{{3,}}),? {_NR}{_NUMBER}",
        f"(?<!\\d)\\d{{1,4}},? (?P<said>{_BEFORE}) (?:(?:de|du|des|la|le|les|del) ){{0,2}}(?P<word>[{LATIN}]{{3,}})",
        f"(?P<word>[{LATIN}]{{3,}}) (?P<said>{_AFTER}),? {_NR}{_NUMBER}",
        f"(?<!\\d)\\d{{1,4}} (?P<word>[{LATIN}]{{3,}}) (?P<said>street|road|lane|avenue)\\b",
        f"(?P<said>(?:ул\\.?|улиц[аеу]|вул\\.?|вулиц[яію]|бул\\.?|булевард|пр\\.|проспекте?)) „?"
        f"(?P<word>[{_CYRILLIC}]{{3,}})“?,? (?:№ ?|(?:дом|д\\.?|номер|будинок|буд\\.) ?)?{_NUMBER}",
        f"(?<![{_CYRILLIC}])(?P<word>[{_CYRILLIC}]{{3,}}),? (?:№ ?|(?:дом|д\\.) ?)?{_NUMBER}",
        f"(?P<said>شارع) (?:[{_ARABIC}]+ ){{0,2}}?(?P<word>[{_ARABIC}]{{2,}}) (?:رقم )?{_NUMBER}",
        f"(?<!\\d)\\d{{1,4}} (?P<said>شارع) (?P<word>[{_ARABIC}]{{2,}})",
    )
)
_STREET = re.compile("...(?:straat|(?<!s)laan|plein|steenweg|stra(?:ss|ß)e|страат|стра[ст]се|лаан)$")
_KIND = re.compile("(?:straat|laan|plein|steenweg|stra(?:ss|ß)e|страат|стра[ст]се|лаан)$")
"""What another language may have its own word for: شارع."""
_ANY_LATIN = re.compile(f"[{LATIN}]")
_CAPITALS = {"de"}
"""Languages that write every noun with a capital."""
_LIKE = 0.7
_OTHER_END, _LONGER = 2, 4
"""What a language may make of the end of a name: so many other letters, so many more."""
LOOKED_AT, WORDS = 8, 400
"""Houses of a sentence, and different words of its translation, that are looked at: there are hardly more."""
_LITTLE = 3
_SHORT, _LONG = 3, 6
"""Consonants up to which all of a name must be heard, and from which two may be another language's ending."""


@dataclass(frozen=True, slots=True)
class _House:
    word: str
    street: bool
    """It says itself that it is one."""
    named: bool
    """A capital inside a sentence says that it is a name."""


def another_street(ours: Side, theirs: Side) -> bool:
    """Whether the street beside a number became another."""
    if not ours.figures:
        return False
    houses = list(dict.fromkeys(islice(_houses(ours), LOOKED_AT)))
    if not houses:
        return False
    words = list(dict.fromkeys(theirs.spelled))[:WORDS]
    return any(not _stands(house, ours, theirs, words) for house in houses)


def _houses(side: Side) -> Iterator[_House]:
    for pattern in _HOUSES:
        for match in pattern.finditer(side.text):
            word = match["word"]
            street = "said" in pattern.groupindex or _STREET.search(word.lower()) is not None
            named = word[0].isupper() and match.start() > 0 and "," not in match[0] and not _dates(word, side)
            if street or named:
                yield _House(word, street, named)


def _stands(house: _House, ours: Side, theirs: Side, words: list[str]) -> bool:
    word = house.word
    if word in theirs.text or any(_same(word, other) for other in words):
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
    heard = {sound for other in names for sound in readings(other.removeprefix("ال"))}
    return any(_sounds_like(sound, other) for sound in wanted for other in heard)


def _sounds_like(name: str, heard: str) -> bool:
    if not name:
        return False
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(name, heard, strict=False)))
    if len(name) < _SHORT:
        return shared == len(name) and (len(heard) <= shared + 1 or heard[shared:].startswith(("str", "ln", "pln")))
    return shared >= len(name) - (0 if len(name) <= _SHORT else 1 if len(name) < _LONG else 2) or name in heard


def _dates(word: str, side: Side) -> bool:
    known = side.lexicon
    return known is not None and bool(known.months.which(word.lower()) or known.days.which(word.lower()))


def _alike(one: str, other: str) -> bool:
    """Whether two spellings may be one name: Florilor, Florilorstraat."""
    if one[0].lower() != other[0].lower():
        return False
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _LIKE


def _same(one: str, other: str) -> bool:
    """Whether two words are one but for marks and endings (Kerkstraat, Kerkstraatul), or the other begins with it."""
    if one[0].lower() != other[0].lower():
        return False
    one, other = bare(one).lower(), bare(other).lower()
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return shared == len(one) or (shared >= max(3, len(one) - _OTHER_END) and len(other) - shared <= _LONGER)
