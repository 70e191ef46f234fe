"""What a name sounds like, so that it can be found again in other letters: its consonants. Pure."""

from __future__ import annotations

import re
from itertools import groupby

from bot.translation.checks.reading.lexicon import bare

SOUNDED = re.compile("[\u0400-\u04ff\u0600-\u06ff]")
"""Writing systems of which the sounds are known, beside Latin letters."""
_SOUNDS = (
    "bpбпبپ", "fvфвف", "kcqgкгґхكقغجخ", "szjсзжшщцчسزشصضظثذ", "tтتط", "dдد", "lлل", "mмم", "nнن", "rрر",
)  # fmt: skip
_SKELETON = {sign: sounds[0] for sounds in _SOUNDS for sign in sounds}
_TOGETHER = (("tsch", "s"), ("tsj", "s"), ("tch", "s"), ("ch", "s"), ("sh", "s"), ("x", "ks"), ("تش", "ش"))
_OTHERWISE = (
    (re.compile("s?ch"), "s"), (re.compile("c(?=[eiy])"), "s"), (re.compile("g(?=[eiy])"), "s"),
    (re.compile("ti(?=o)"), "si"),
)  # fmt: skip
"""Letters of one language that another reads as it hears them: Schoolstraat, Cicéron, Gérard, Station."""
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_VOWELS = ("iyeиыіеєэї", "aаяea", "ouоуюё")
_VOWEL = re.compile("[aeiouyаеёиоуыэюяіїє]")
_SILENT = re.compile("[jhхг]|ch")
"""Letters that are a breath in some languages, and not written in others: Hasselt is Хасселт and Гасселт."""


def sounds(word: str) -> str:
    """Return the consonants of a word in lower case, in Latin letters, one for all that stand for one another."""
    word = bare(word)
    for letters, one in _TOGETHER:
        word = word.replace(letters, one)
    return _skeleton(word)


def readings(word: str) -> frozenset[str]:
    """Return every row of consonants (as of `sounds`) that a word may have, in any of the known letters.

    None of them stands twice in a row. Two words may be the same name where they share one.
    """
    found = {bare(word.lower())}
    for letters, one in _OTHERWISE:
        found |= {letters.sub(one, form) for form in found}
    found |= {_SILENT.sub("", form) for form in found}
    return frozenset("".join(sign for sign, _ in groupby(sounds(form))) for form in found)


def begins_alike(one: str, other: str) -> bool:
    """Whether two names begin with the same consonants before their first vowel: Kerkstraat and Криккстраат do not,
    though all their consonants are the same. Only Cyrillic letters are asked, which write every vowel."""
    if not _CYRILLIC.search(other) or SOUNDED.search(one):
        return True
    return bool(readings(_VOWEL.split(bare(one.lower()))[0]) & readings(_VOWEL.split(bare(other.lower()))[0]))


def first_vowels_alike(one: str, other: str) -> bool:
    """Whether the first vowels of a Latin word `one` and a Cyrillic word `other` may be the same: i and и, o and у.

    Yes where one of them has none, or `other` is not Cyrillic.
    """
    mine = _VOWEL.search(bare(one.lower()))
    low = other.lower()
    spellings = [_VOWEL.search(bare(form)) for form in (low, low.replace("ай", "и"))]  # Payoke, Пайоке; Child, Чайлд
    if mine is None or not _CYRILLIC.search(other):
        return True
    return any(its is None or any(mine[0] in same and its[0] in same for same in _VOWELS) for its in spellings)


def _skeleton(word: str) -> str:
    return "".join(filter(None, map(_SKELETON.get, word)))
