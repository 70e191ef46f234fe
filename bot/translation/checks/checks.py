"""What machine translation gets wrong, found afterwards: pure, without any model.

Nothing is put into a text before it is translated: a mark in the place of a number makes models lose the words around
it. What must not change is compared instead, sentence by sentence, and named when it did.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from bot.translation.checks.dates import dates_alike
from bot.translation.checks.names import NAMES
from bot.translation.checks.numbers import IN_FIGURES, IN_WORDS, numbers_changed
from bot.translation.checks.reading.lexicon import UNSPACED, lexicons
from bot.translation.checks.reading.question_marks import marked
from bot.translation.checks.sentence import WIDE_LETTERS, WORD, Side


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


type Check = Callable[[Side, Side, Collection[str]], bool]

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
    return {doubt for doubt in CHECKS if _found(doubt, ours, theirs, names)}


def clean(ours: Side, theirs: Side, names: Collection[str], likely: Collection[Doubt]) -> bool:
    """Whether there is no doubt about one sentence. Looks for the `likely` ones first, and stops at the first found."""
    ordered = dict.fromkeys((*likely, *CHECKS))
    return not any(_found(doubt, ours, theirs, names) for doubt in ordered)


def _found(doubt: Doubt, ours: Side, theirs: Side, names: Collection[str]) -> bool:
    return any(found(ours, theirs, names) for found in CHECKS[doubt].values())


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


def _you_or_they(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether you became them."""
    return ours.persons[0] != 0 and ours.persons[0] == -theirs.persons[0]


def _i_or_you(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether I became you. Of two languages that leave their words out each may have said another half of
    "I understand you"."""
    if not ours.persons[1] or ours.persons[1] != -theirs.persons[1]:
        return False
    return not _PERSON_IN_VERB.issuperset((ours.language, theirs.language))


def _somebody_else(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether I became we, or he she. Languages that leave the word out say nothing."""
    who = ours.who if theirs.lexicon is not None else ()
    if not who:
        return False
    others = _OTHERS if theirs.language not in _SAY_WHO else _MORE if ours.language not in _SAY_WHO else _MOST
    return any(
        one in who
        and theirs.speaks_of(other)
        and not theirs.speaks_of(one)
        and (other not in who or theirs.times(other) > ours.times(other))
        for one, other in others
    )


def _changed_roles(ours: Side, theirs: Side, _: Collection[str]) -> bool:
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


def _changed_places(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether he did it to her, where she did it to him."""
    if not {"he", "she"} <= ours.who:
        return False
    he, she = theirs.first("he"), theirs.first("she")
    return he >= 0 and she >= 0 and (ours.first("he") < ours.first("she")) != (he < she)


def _repeated(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    words = theirs.words
    if len(words) > 7 and Counter(words).most_common(1)[0][1] > len(words) / 2:
        return True
    return sum(a == b for a, b in pairwise(words)) > 2


def _too_short(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    before, after = ours.letters, theirs.letters
    if before and not after:
        return True
    return before >= _ENOUGH and after < _TOO_SHORT * before


def _one_word(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    if ours.letters < _ENOUGH or len(theirs.words) != 1 or len(ours.words) < _ONE_WORD_FOR:
        return False
    return theirs.language not in UNSPACED and theirs.letters <= ours.letters / 2


def _too_long(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    before, after = ours.letters, theirs.letters
    return after > _TOO_LONG * before and (before >= _ENOUGH or after >= 4 * _ENOUGH)


def _other_letters(_: Side, theirs: Side, __: Collection[str]) -> bool:
    """Whether most of it is in letters of another language."""
    own = _OWN.get(theirs.language, _OWN_LATIN)
    if own is _OWN_LATIN and theirs.text.isascii():
        return False
    letters = "".join(filter(str.isalpha, theirs.text))
    there = sum(map(len, own.findall(letters)))
    return there < (len(letters) - there) / (WIDE_LETTERS if theirs.language in UNSPACED else 1)


def _same_words(ours: Side, theirs: Side, _: Collection[str]) -> bool:
    """Whether most of its words are those of the original."""
    before, after = ours.words, theirs.words
    if len(before) < 3:
        return False
    enough = max(3, _SAME_WORDS * len(before))
    if sum(map(set(after).__contains__, before)) < enough:  # as many at most, and quickly counted
        return False
    return sum((Counter(before) & Counter(after)).values()) >= enough


def _left_as_it_was(ours: Side, theirs: Side, names: Collection[str]) -> bool:
    """Whether the same words stand there though they are no names, and none that the other language has as well. What
    has a capital may be a name: it is the whole answer to many a question."""
    if ours.words != theirs.words:
        return False
    if len(ours.words) < 3 and any({ours.language, theirs.language} <= kin for kin in _KINDRED):
        return False
    known, given = theirs.lexicon, {word for name in names for word in name.lower().split()}
    return any(
        word.islower() and word not in _EVERYWHERE and word not in given and not (known and known.has(word))
        for word in WORD.findall(ours.text)
    )


CHECKS: Mapping[Doubt, Mapping[str, Check]] = {
    Doubt.NUMBERS: {"any": numbers_changed},
    Doubt.LENGTH: {"repeated": _repeated, "short": _too_short, "one word": _one_word, "long": _too_long},
    Doubt.QUESTION: {"question": _question},
    Doubt.UNTRANSLATED: {"letters": _other_letters, "left": _left_as_it_was, "same words": _same_words},
    Doubt.NAMES: NAMES,
    Doubt.NEGATION: {"denials": _negation},
    Doubt.PERSON: {
        "you, they": _you_or_they, "I, you": _i_or_you, "roles": _changed_roles, "he to her": _changed_places,
        "somebody else": _somebody_else,
    },
}  # fmt: skip
"""What finds each doubt, all but `UNCHECKED`: of a sentence, its translation and the names of the glossary."""


def each_check() -> Iterator[tuple[str, Check]]:
    """Yield every check there is by its name, as one that can be asked alone."""
    for doubt, checks in CHECKS.items():
        if doubt is not Doubt.NUMBERS:
            yield from ((f"{doubt}: {name}", check) for name, check in checks.items())
    yield from ((f"{Doubt.NUMBERS}: {name}", _alone(check)) for name, check in IN_FIGURES.items())
    yield from ((f"{Doubt.NUMBERS}: {name}", _alone(check)) for name, check in IN_WORDS.items())


def _alone(check: Callable[[Side, Side], bool]) -> Check:
    def found(ours: Side, theirs: Side, _: Collection[str]) -> bool:
        return ours.lexicon is not None and theirs.lexicon is not None and check(*dates_alike(ours, theirs))

    return found
