"""What machine translation gets wrong, found afterwards: pure, without any model.

Nothing is put into a text before it is translated: a mark in the place of a number makes models lose the words around
it. What must not change is compared instead, sentence by sentence, and named when it did.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from bot.translation.checks.names import names_changed
from bot.translation.checks.numbers import numbers_changed
from bot.translation.checks.reading.lexicon import UNSPACED, lexicons
from bot.translation.checks.reading.question_marks import marked
from bot.translation.checks.sentence import NOBODY, WIDE_LETTERS, WORD, Side


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


SAYS_NOTHING = frozenset({Doubt.UNTRANSLATED, Doubt.LENGTH})
"""With these a sentence says nothing about what was written."""
_SCRIPTS = {
    "ar": "\u0600-\u06ff", "fa": "\u0600-\u06ff", "ur": "\u0600-\u06ff", "ps": "\u0600-\u06ff", "bg": "\u0400-\u04ff",
    "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff", "zh": "\u3400-\u9fff", "hi": "\u0900-\u097f", "bn": "\u0980-\u09ff",
    "el": "\u0370-\u03ff", "he": "\u0590-\u05ff", "ti": "\u1200-\u137f", "th": "\u0e00-\u0e7f",
}  # fmt: skip
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_OWN = {language: re.compile(f"[{letters}]+") for language, letters in _SCRIPTS.items()}
_OWN_LATIN = re.compile(f"[{_LATIN}]+")
"""Runs of letters: a word at a time is found much faster than a letter."""
_SAY_WHO = {"de", "en", "fr", "nl"}
"""Languages in which a sentence about me has a word for me."""
_TELL_A_QUESTION = {"bg", "de", "en", "nl", "tr", "vi", "zh"}
"""Languages in which a question that yes would answer is told from a statement by its words."""
_STOPS = (".", "。")
_OTHERS = (("i", "we"), ("we", "i"), ("he", "she"), ("she", "he"))
_MORE = (*_OTHERS, ("i", "he"))
_MOST = (*_MORE, ("he", "i"))
_PERSON_IN_VERB = frozenset({"ar", "es", "hu", "pl", "pt", "ro", "sq", "tr"})
"""Languages in which the end of a verb says who does it."""
_MAY_SAY_WHO = {"es", "pt", "ro"}
"""Languages in which a word for who does it, where there is one, is about a person."""
_BY = {
    "de": "von", "en": "by|from", "es": "por|de", "fr": "par|de", "nl": "door|van", "pt": "por|pel[oa]|de", "ro": "de",
}  # fmt: skip
"""What stands before whoever does it, where it is said of whom it is done to."""
_DONE_BY = {language: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for language, words in _BY.items()}
_NEVER = re.compile("(?!)")
_OURSELVES = frozenset({"i", "we"})
_TOO_SHORT, _TOO_LONG = 0.34, 3.2
_ENOUGH = 14
"""Letters under which a length says nothing."""
_ONE_WORD_FOR = 3
"""Words of which a single one is hardly the translation, unless it is half as long as they are (Turkish)."""
_SAME_WORDS = 0.6
_EVERYWHERE = frozenset(Path(__file__).with_name("everywhere.txt").read_text(encoding="utf-8").split())
"""Words that are the same in two languages more often than they were left as they were."""
_KINDRED = ({"de", "nl"}, {"es", "pt"}, {"bg", "ru", "uk"})
"""Languages in which a word or two are often the same."""


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
    if ours.lexicon is None or theirs.lexicon is None:
        return marked(ours.text) != marked(theirs.text)
    if ours.asks == theirs.asks:
        return False
    asking, other = (ours, theirs) if ours.asks else (theirs, ours)
    if not marked(asking.text) and other.language not in _TELL_A_QUESTION and not other.text.endswith(_STOPS):
        return False  # "can you help me" and "puedes ayudarme": neither has a mark, and one of them needs none
    return not other.may_ask  # many type no mark, and a model puts it


def _negation(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    if ours.lexicon is None or theirs.lexicon is None:
        return False
    lost = ours.denials - theirs.denials
    # "Unsafe" and "not safe" deny the same, and so do "at most" and "not more than".
    turned = _turned(ours.opposites, theirs.opposites) if ours.opposites else 0
    if lost and ours.more:
        turned += _turned(ours.more, theirs.more)
    # So does "not unsafe", which denies twice what the other does not.
    return abs(lost + turned) not in ((0, 2) if turned else (0,))


def _turned(mine: Mapping[str, int], other: Mapping[str, int]) -> int:
    return sum(mine[what] < 0 or -1 for what in mine.keys() & other.keys() if mine[what] != other[what])


def _person(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether somebody in one became somebody else in the other. Languages that leave the word out say nothing."""
    if ours.lexicon is None or theirs.lexicon is None:
        return False
    if ours.persons != NOBODY and _another_person(ours, theirs):
        return True
    who = ours.who
    if not who:
        return False
    if _changed_roles(ours, theirs):
        return True
    if "he" in who and "she" in who and _changed_places(ours, theirs):
        return True
    others = _OTHERS if theirs.language not in _SAY_WHO else _MORE if ours.language not in _SAY_WHO else _MOST
    return any(
        one in who
        and theirs.speaks_of(other)
        and not theirs.speaks_of(one)
        and (other not in who or theirs.times(other) > ours.times(other))
        for one, other in others
    )


def _another_person(ours: Side, theirs: Side) -> bool:
    """Whether you became them, or I you. Of two languages that leave their words out each may have said another half
    of "I understand you"."""
    (whom, me), (other_whom, other_me) = ours.persons, theirs.persons
    if whom and whom == -other_whom:
        return True
    return bool(me) and me == -other_me and not _PERSON_IN_VERB.issuperset((ours.language, theirs.language))


def _changed_roles(ours: Side, theirs: Side) -> bool:
    """Whether I do what he does in the other: both say who does it in a word that says nothing else. Where a language
    leaves that word out, or has it for things as well, both of us must be named in both. Not where it was done "by
    him", which the other may turn round."""
    if theirs.language not in _SAY_WHO:
        return False
    mine, other = ours.subjects, theirs.subjects
    if not mine or not other or any(_DONE_BY.get(s.language, _NEVER).search(s.said) for s in (ours, theirs)):
        return False
    if not (_OURSELVES.issuperset(mine) and _OURSELVES.isdisjoint(other)) and not (
        _OURSELVES.issuperset(other) and _OURSELVES.isdisjoint(mine)
    ):
        return False
    return ours.language in _SAY_WHO | _MAY_SAY_WHO or (_both_of_us(ours.who) and _both_of_us(theirs.who))


def _both_of_us(who: Collection[str]) -> bool:
    return not _OURSELVES.isdisjoint(who) and not _OURSELVES.issuperset(who)


def _changed_places(ours: Side, theirs: Side) -> bool:
    """Whether he did it to her, where she did it to him."""
    he, she = theirs.first("he"), theirs.first("she")
    return he >= 0 and she >= 0 and (ours.first("he") < ours.first("she")) != (he < she)


def _length(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    before, after = ours.letters, theirs.letters
    if before and not after:
        return True
    words = theirs.words
    if len(words) > 7 and Counter(words).most_common(1)[0][1] > len(words) / 2:
        return True
    if sum(a == b for a, b in pairwise(words)) > 2:
        return True
    if before >= _ENOUGH:
        if after < _TOO_SHORT * before:
            return True
        one_for_all = len(words) == 1 and len(ours.words) >= _ONE_WORD_FOR and theirs.language not in UNSPACED
        if one_for_all and after <= before / 2:
            return True
    return after > _TOO_LONG * before and (before >= _ENOUGH or after >= 4 * _ENOUGH)


def _untranslated(ours: Side, theirs: Side, names: Collection[str]) -> bool:
    own = _OWN.get(theirs.language, _OWN_LATIN)
    if own is not _OWN_LATIN or not theirs.text.isascii():
        letters = "".join(filter(str.isalpha, theirs.text))
        there = sum(map(len, own.findall(letters)))
        if there < (len(letters) - there) / (WIDE_LETTERS if theirs.language in UNSPACED else 1):
            return True
    before, after = ours.words, theirs.words
    if before == after and _left_as_it_was(ours, theirs, names):
        return True
    if len(before) < 3:
        return False
    enough = max(3, _SAME_WORDS * len(before))
    if sum(map(set(after).__contains__, before)) < enough:  # as many at most, and quickly counted
        return False
    return sum((Counter(before) & Counter(after)).values()) >= enough


def _left_as_it_was(ours: Side, theirs: Side, names: Collection[str]) -> bool:
    """Whether the same words stand there though they are no names, and none that the other language has as well. What
    has a capital may be a name: it is the whole answer to many a question."""
    if len(ours.words) < 3 and any({ours.language, theirs.language} <= kin for kin in _KINDRED):
        return False
    known, given = theirs.lexicon, {word for name in names for word in name.lower().split()}
    return any(
        word.islower() and word not in _EVERYWHERE and word not in given and not (known and known.has(word))
        for word in WORD.findall(ours.text)
    )


_FOUND = {
    Doubt.NUMBERS: numbers_changed,
    Doubt.LENGTH: _length,
    Doubt.QUESTION: _question,
    Doubt.UNTRANSLATED: _untranslated,
    Doubt.NAMES: names_changed,
    Doubt.NEGATION: _negation,
    Doubt.PERSON: _person,
}
"""What finds each doubt, all but `UNCHECKED`: of a sentence, its translation and the names of the glossary."""
