"""The marks that somebody leaves out who types in a hurry: Vietnamese, Hungarian, Polish, Romanian, Albanian, Turkish.

Our own sentences say which word is meant (`scripts/word_marks.py` makes ``marks.txt`` from them). In Vietnamese nearly
every syllable has several readings, so the one before it decides as well; elsewhere the most frequent one is taken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("marks.txt")
"""Tab-separated: language, word, and the word with its marks; of Vietnamese a syllable, or two, with their number."""
BY_PAIRS: Final = "vi"
BY_WORD: Final = frozenset({"hu", "pl", "ro", "sq", "tr"})
LANGUAGES: Final = BY_WORD | {BY_PAIRS}
MOST: Final = 5
"""Readings of a syllable among which one is chosen, the most frequent ones."""
LONG: Final = 400
"""Syllables of a text above which it is left as it is: the work is bounded whatever comes in."""
WORD: Final = re.compile(r"[^\W\d_]+")
_BARE: Final = str.maketrans("ıłŁđĐ", "ilLdD")


def bare(text: str) -> str:
    """Return ``text`` without marks."""
    if text.isascii():
        return text
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(letters)).translate(_BARE)


def marked(text: str, language: str) -> str:
    """Return ``text`` with the marks that its words most likely have in ``language``; words with marks stay as they
    are, and so does a Vietnamese text in which any word has some."""
    if language in BY_WORD:
        return WORD.sub(lambda found: _cased(_words(language).get(found[0].lower(), found[0]), found[0]), text)
    if language != BY_PAIRS or not text.isascii():
        return text
    words = list(WORD.finditer(text))
    if not 0 < len(words) <= LONG:
        return text
    read = iter(_pairs().read([found[0].lower() for found in words]))
    return WORD.sub(lambda found: _cased(next(read), found[0]), text)


def _cased(word: str, like: str) -> str:
    if len(like) > 1 and like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


@cache
def _table() -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        language, word, value = line.split("\t")
        rows[language].append((word, value))
    return rows


@cache
def _words(language: str) -> dict[str, str]:
    return dict(_table()[language])


class _Pairs:
    """A model of which syllable follows which."""

    def __init__(self, rows: list[tuple[str, str]]) -> None:
        counts = {word: int(number) for word, number in rows}
        self._one = {word: number for word, number in counts.items() if " " not in word}
        self._two = {word: number for word, number in counts.items() if " " in word}
        self._all = sum(self._one.values()) or 1
        forms: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._one, key=lambda word: -self._one[word]):
            forms[bare(word)].append(word)
        self._forms = {plain: words[:MOST] for plain, words in forms.items()}

    def read(self, syllables: list[str]) -> list[str]:
        """The likeliest reading of each, in the light of the one before it (Viterbi)."""
        best: dict[str, tuple[float, list[str]]] = {"": (0.0, [])}
        for syllable in syllables:
            known = self._forms.get(syllable, [syllable])
            best = {
                word: max(
                    ((score + self._likely(before, word), [*path, word]) for before, (score, path) in best.items()),
                    key=lambda found: found[0],
                )
                for word in known
            }
        return max(best.values(), key=lambda found: found[0])[1]

    def _likely(self, before: str, word: str) -> float:
        alone = (self._one.get(word, 0) + 0.1) / self._all
        follows = (self._two.get(f"{before} {word}", 0) + 0.3 * alone) / (self._one.get(before, 0) + 0.3)
        return math.log(alone if not before else follows)


@cache
def _pairs() -> _Pairs:
    return _Pairs(_table()[BY_PAIRS])
