"""What machine translation gets wrong, found afterwards: pure, without any model.

Nothing is put into a text before it is translated: a mark in the place of a number makes models lose the words around
it. What must not change is compared instead, sentence by sentence, and named when it did.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from bot.translation.lexicon import lexicons
from bot.translation.side import WORD, Side


class Doubt(StrEnum):
    """What may be wrong with a translation. The labels are `desk.doubt_<value>`."""

    NUMBERS = "numbers"  # a number, date, time, amount, telephone number or address is not the same
    NEGATION = "negation"  # a denial was lost, or is new
    PERSON = "person"  # I became we, he became she
    QUESTION = "question"  # a question became a statement, or the other way round
    NAMES = "names"  # a name is not there
    UNTRANSLATED = "untranslated"  # it is still, or again, in the language it came from
    LENGTH = "length"  # much shorter or longer, or one word again and again
    UNCHECKED = "unchecked"  # the words of one of the languages are not known: less was checked


_SCRIPTS = {
    "ar": "\u0600-\u06ff", "fa": "\u0600-\u06ff", "ur": "\u0600-\u06ff", "ps": "\u0600-\u06ff", "bg": "\u0400-\u04ff",
    "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff", "zh": "\u3400-\u9fff", "hi": "\u0900-\u097f", "bn": "\u0980-\u09ff",
    "el": "\u0370-\u03ff", "he": "\u0590-\u05ff", "ti": "\u1200-\u137f", "th": "\u0e00-\u0e7f",
}  # fmt: skip
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_OWN = {language: re.compile(f"[{letters}]+") for language, letters in _SCRIPTS.items()}
_OWN_LATIN = re.compile(f"[{_LATIN}]+")
"""Runs of letters: a word at a time is found much faster than a letter."""
_TOO_SHORT, _TOO_LONG = 0.34, 3.2
_ENOUGH = 14
"""Letters under which a length says nothing."""
_SAME_WORDS = 0.6
_LIKE = 0.5
_NAME = re.compile(f"(?<=[{_LATIN},] )(?!(?:I|Sie|Ihr\\w*|Ihnen)\\b)[A-Z\u00c0-\u00de][{_LATIN}]{{2,}}(?![{_LATIN}'])")
"""A word with a capital inside a sentence."""
_CAPITALS = {"de"}
"""Languages that write every noun with a capital."""


def check(pairs: Sequence[tuple[str, str]], source: str, target: str, names: Collection[str] = ()) -> tuple[Doubt, ...]:
    """The doubts about translated `pairs` of sentences from language `source` into `target`, each once.

    `names` are spelled the same everywhere, where the target is written in Latin letters.
    """
    found: set[Doubt] = set()
    for ours, theirs in pairs:
        found |= compared(Side(ours, source), Side(theirs, target), names)
    if not {source, target} <= lexicons().keys():
        found.add(Doubt.UNCHECKED)
    return in_order(found)


def in_order(found: Collection[Doubt]) -> tuple[Doubt, ...]:
    return tuple(doubt for doubt in Doubt if doubt in found) if found else ()


def compared(ours: Side, theirs: Side, names: Collection[str] = ()) -> set[Doubt]:
    """The doubts about one sentence, all but `UNCHECKED`."""
    return {doubt for doubt, found in _FOUND.items() if found(ours, theirs, names)}


def clean(ours: Side, theirs: Side, names: Collection[str], likely: Collection[Doubt]) -> bool:
    """Whether there is no doubt about one sentence. Looks for the `likely` ones first, and stops at the first found."""
    if any(_FOUND[doubt](ours, theirs, names) for doubt in likely):
        return False
    return not any(found(ours, theirs, names) for doubt, found in _FOUND.items() if doubt not in likely)


def _question(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    return ours.asks != theirs.asks


def _negation(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    return ours.lexicon is not None and theirs.lexicon is not None and ours.denials != theirs.denials


def _person(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether somebody in one became somebody else in the other. Languages that leave the word out say nothing."""
    if ours.lexicon is None or theirs.lexicon is None or not ours.who:
        return False
    return any(
        one in ours.who and other not in ours.who and theirs.speaks_of(other) and not theirs.speaks_of(one)
        for one, other in (("i", "we"), ("we", "i"), ("he", "she"), ("she", "he"))
    )


def _numbers(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    before, after = ours.figures, theirs.figures
    if before != after and _by_shape(before) != _by_shape(after) and not _said_in_words(ours, theirs):
        return True
    if ours.currencies and theirs.currencies and ours.currencies != theirs.currencies:
        return True
    if ours.lexicon is None or theirs.lexicon is None:
        return False
    # A month may be another word in its language ("may", "mart"): it is certain where both name one, or in a date.
    months = ours.lexicon.months and theirs.lexicon.months and ours.months != theirs.months
    if months and ((ours.months and theirs.months) or ours.dated or theirs.dated):
        return True
    if ours.lexicon.days and theirs.lexicon.days and ours.days != theirs.days:
        return True
    return bool(ours.numbers and theirs.numbers) and _other_number(ours, theirs)


def _other_number(ours: Side, theirs: Side) -> bool:
    """Whether both say a number in a word, and none of them is the same."""
    said = (*ours.figures, *theirs.figures)
    written = {small for form in said if (small := _small(form)) is not None}
    mine_said, other_said = ours.numbers - written, theirs.numbers - written
    return bool(mine_said and other_said and not mine_said & other_said)


def _small(form: str) -> int | None:
    """The number of a figure that may stand as a word as well."""
    return int(form[2:]) if form.startswith("n:") and form[2:].isdigit() and len(form) < 6 else None


def _by_shape(forms: list[str]) -> list[tuple[str, int, str]]:
    """Figures apart by what they can be taken for, in order: two numbers that changed places are two changed numbers, a
    number and a time are not."""
    return sorted(((form[:2], form.count("."), form) for form in forms), key=lambda item: item[:2])


def _said_in_words(ours: Side, theirs: Side) -> bool:
    """Whether what is a figure on one side stands as a word on the other: 3 and three."""
    if not ours.numbers and not theirs.numbers:
        return False
    before, after = Counter(ours.figures), Counter(theirs.figures)
    lost, new = before - after, after - before
    if not lost and not new:
        return False  # the same figures in another order

    def stands(forms: Counter[str], side: Side) -> bool:
        return all(_small(form) in side.numbers for form in forms)

    return stands(lost, theirs) and stands(new, ours)


def _length(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    before, after = ours.letters, theirs.letters
    if before and not after:
        return True
    words = theirs.words
    if len(words) > 7 and Counter(words).most_common(1)[0][1] > len(words) / 2:
        return True
    if sum(a == b for a, b in pairwise(words)) > 2:
        return True
    if min(before, after) < _ENOUGH and max(before, after) < 4 * _ENOUGH:
        return False
    return not _TOO_SHORT * before <= after <= _TOO_LONG * before


def _untranslated(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    own = _OWN.get(theirs.language, _OWN_LATIN)
    if own is not _OWN_LATIN or not theirs.text.isascii():
        letters = "".join(filter(str.isalpha, theirs.text))
        if letters and sum(map(len, own.findall(letters))) < len(letters) / 2:
            return True
    before, after = ours.words, theirs.words
    if len(before) < 3:
        return False
    enough = max(3, _SAME_WORDS * len(before))
    if sum(map(set(after).__contains__, before)) < enough:  # as many at most, and quickly counted
        return False
    return sum((Counter(before) & Counter(after)).values()) >= enough


def _names(ours: Side, theirs: Side, names: Collection[str]) -> bool:
    """Whether a name of the glossary, or a word that a capital inside a sentence makes a name, is not there any more.
    Between two writing systems nothing can be said: a name may be spelled in many ways."""
    if ours.language in _CAPITALS or not _OWN_LATIN.search(theirs.text):
        return False
    if any(name in ours.text and name.lower() not in theirs.low for name in names):
        return True
    capitals = _NAME.findall(ours.text)
    if not capitals:
        return False
    if known := ours.lexicon:
        capitals = [n for n in capitals if not known.months.which(n.lower()) and not known.days.which(n.lower())]
    words = [match[0] for match in WORD.finditer(theirs.text)]
    return any(not any(_alike(name, word.split("'")[0]) for word in words) for name in capitals)


def _alike(one: str, other: str) -> bool:
    """Whether two spellings may be one name: Roemenië, Romania."""
    if one[0].lower() != other[0].lower():
        return False
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _LIKE


_FOUND = {
    Doubt.NUMBERS: _numbers,
    Doubt.LENGTH: _length,
    Doubt.QUESTION: _question,
    Doubt.UNTRANSLATED: _untranslated,
    Doubt.NAMES: _names,
    Doubt.NEGATION: _negation,
    Doubt.PERSON: _person,
}
"""What finds each doubt, all but `UNCHECKED`: of a sentence, its translation and the names of the glossary."""
