"""The Arabic word that somebody means who types it in Latin letters, where everybody spells, and vowels are left out.

Two spellings are taken for the same word when their consonants agree, those aside that Latin letters do not tell apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

ALIKE: Final = str.maketrans("ذضظطثصأإآىةئؤ", "دددتتساااااءء")
"""Letters for which many type the same one."""
_WEAK: Final = re.compile("[اويء]")
_TWICE: Final = re.compile(r"(.)\1+")
MOST: Final = 8
"""Words among which one is chosen, the most frequent ones."""
RARER: Final = 0.03
"""What a word must be more alike than the next more frequent one."""
WORDS: Final = Path(__file__).with_name("arabic.txt")
"""Words that stand twice and more in our sentences in Arabic letters, of all dialects, the most frequent first."""


def _consonants(word: str) -> str:
    """Of a word whose letters that are alike are one."""
    bare = _TWICE.sub(r"\1", _WEAK.sub("", word))
    return bare[:-1] if len(bare) > 1 and bare[-1] == "ه" else bare


def _known() -> dict[str, list[tuple[str, str]]]:
    known: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for word in WORDS.read_text(encoding="utf-8").split():
        plain = word.translate(ALIKE)
        if len(known[_consonants(plain)]) < MOST:
            known[_consonants(plain)].append((word, plain))
    return dict(known)


_KNOWN: Final = _known()


def likeliest(word: str) -> str:
    """The known word that `word`, letter for letter from Latin ones, is most like; itself if it has but one
    consonant, or those of none."""
    plain = word.translate(ALIKE)
    consonants = _consonants(plain)
    among = _KNOWN.get(consonants, []) if len(consonants) > 1 else []
    if len(among) < 2:
        return among[0][0] if among else word
    best, chosen = -1.0, word
    for rank, (known, other) in enumerate(among):
        least = best + RARER * rank
        most = 2 * min(len(plain), len(other)) / (len(plain) + len(other))
        if least >= 1:  # nor can any that is rarer still
            break
        if most > least and (alike := SequenceMatcher(None, plain, other).ratio()) > least:
            best, chosen = alike - RARER * rank, known
    return chosen
