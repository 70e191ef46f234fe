"""What a name sounds like, so that it can be found again in other letters: its consonants. Pure."""

from __future__ import annotations

import re
from itertools import groupby

from bot.translation.lexicon import bare

SOUNDED = re.compile("[\u0400-\u04ff\u0600-\u06ff]")
"""Writing systems of which the sounds are known, beside Latin letters."""
_SOUNDS = (
    "bpбпبپ", "fvфвف", "kcqgкгґхكقغجخ", "szjсзжшщцчسزشصضظثذ", "tтتط", "dдد", "lлل", "mмم", "nнن", "rрر",
)  # fmt: skip
_SKELETON = {sign: sounds[0] for sounds in _SOUNDS for sign in sounds}
_TOGETHER = (("ch", "s"), ("sh", "s"), ("x", "ks"), ("تش", "ش"))
_OTHERWISE = ((re.compile("s?ch"), "s"), (re.compile("c(?=[eiy])"), "s"), (re.compile("g(?=[eiy])"), "s"))
"""Letters of one language that another reads as it hears them: Schoolstraat, Cicéron, Gérard."""
_SILENT = re.compile("[jhхг]|ch")
"""Letters that are a breath in some languages, and not written in others: Hasselt is Хасселт and Гасселт."""


def sounds(word: str) -> str:
    """The consonants of a word, those that are written for one another as one."""
    word = bare(word)
    for letters, one in _TOGETHER:
        word = word.replace(letters, one)
    return _skeleton(word)


def readings(word: str) -> frozenset[str]:
    """Every way in which the consonants of a word, in any of the known letters, may be written: none of them twice in a
    row."""
    found = {bare(word.lower())}
    for letters, one in _OTHERWISE:
        found |= {letters.sub(one, form) for form in found}
    found |= {_SILENT.sub("", form) for form in found}
    return frozenset("".join(sign for sign, _ in groupby(sounds(form))) for form in found)


def _skeleton(word: str) -> str:
    return "".join(filter(None, map(_SKELETON.get, word)))
