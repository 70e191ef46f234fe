"""The words that a changed translation is caught by, of each language, as compiled patterns (`lexicon.yml`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.translation.checks.reading.number_words import Counting

_FILE = Path(__file__).with_name("lexicon.yml")
_WITHOUT = str.maketrans("ıłŁđĐøØ", "ilLdDoO")
"""Letters whose mark is a part of them."""
UNSPACED = {"zh"}
"""Languages that write no space between words."""
MARKS_MATTER = {"bg", "ru", "uk", "vi", "zh"}
"""Languages in which a word without its marks is another word, or is not typed so."""
_LOOKS_ON = re.compile(r"\(\?[=!][^()]*\)$")
"""An entry that says itself what may follow."""
_STEM = re.compile(r"([^\s|{}]*)\{([^{}]*)\}")
_THOUSAND = 1000
_ROUND: Mapping[float, int] = {1000: 3, 10_000: 4, 1_000_000: 6, 100_000_000: 8}
"""What a number in figures may be multiplied by in a word, and its zeros."""
_NEVER = re.compile(r"(?!)")
type Sign = str | Callable[[re.Match[str]], str]


class Words:
    """Some words of a language, looked for as whole words in text in lower case."""

    def __init__(self, entries: Sequence[str], spaced: bool) -> None:
        self._exact = _exact(entries, spaced)

    def count(self, text: str) -> int:
        return len(self._exact.findall(text))

    def stand_in(self, text: str) -> bool:
        return self._exact.search(text) is not None

    def first(self, text: str) -> int:
        found = self._exact.search(text)
        return found.start() if found else -1

    def in_place(self, text: str, sign: Sign) -> str:
        """`text` with `sign`, or what that makes of it, in the place of each."""
        return self._exact.sub(sign, text)


class Series:
    """Words with a number each, from 0: months, days."""

    def __init__(self, entries: Sequence[str], spaced: bool) -> None:
        self._any = Words(entries, spaced)
        self._each = tuple(Words([word], spaced) for word in entries)

    def __bool__(self) -> bool:
        return bool(self._each)

    def which(self, text: str) -> frozenset[int]:
        """The numbers of the words that stand in `text`."""
        return frozenset(self.in_order(text)) if self._any.stand_in(text) else frozenset()

    def in_order(self, text: str) -> list[int]:
        """The same, in the order in which they first stand there."""
        first = {number: at for number, word in enumerate(self._each) if (at := word.first(text)) >= 0}
        return sorted(first, key=first.__getitem__)

    def in_place(self, text: str, sign: Sign) -> str:
        return self._any.in_place(text, sign)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What `lexicon.yml` has of one language."""

    negations: Words
    negative_words: Words
    negations_alone: Words
    dropped: Words
    who: Mapping[str, Words]
    subjects: Mapping[str, Words]
    months: Series
    unsure_months: frozenset[int]
    """Those, from 0, of which the word may be another: may, mars, ekim."""
    days: Series
    named: Words
    """The days, and the months of which the word is no other."""
    counting: Counting
    dated: re.Pattern[str]
    """A month beside a number, so that it is no other word ("may", "mart")."""
    thousands: re.Pattern[str]
    """A number (`number`) with a word for a thousand or more behind it, a space (`rest`) that follows, and what is
    `more`: 2 thousand 500."""

    def has(self, word: str) -> bool:
        """Whether one of these words is `word`."""
        lists = (self.negations, self.negative_words, self.negations_alone, *self.who.values())
        if any(each.stand_in(word) for each in lists) or any(each.which(word) for each in (self.months, self.days)):
            return True
        return bool(self.counting.said(word, [word]).maybe)


@cache
def lexicons() -> Mapping[str, Lexicon]:
    """Every language that the checks know, by its code."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for entry in raw.values():
        entry["numbers"] = {number: unfolded(words, " ") for number, words in entry.get("numbers", {}).items()}
        entry["ordinals"] = unfolded(entry.get("ordinals", ""), "|")
    return {code: _lexicon(code, entry) for code, entry in raw.items()}


def unfolded(written: str, between: str) -> str:
    """`written` with each word for itself that is a stem and its endings: "втор{ой,ая}"."""
    return _STEM.sub(lambda stem: between.join(stem[1] + end for end in stem[2].split(",")), written)


def _lexicon(code: str, entry: Mapping[str, Any]) -> Lexicon:
    spaced = code not in UNSPACED

    def typed(key: str) -> Sequence[str]:
        entries = entry.get(key, ())
        return entries if code in MARKS_MATTER else [_also_bare(written) for written in entries]

    def words(key: str) -> Words:
        return Words(typed(key), spaced)

    months, days = typed("months"), typed("days")
    unsure = frozenset(number - 1 for number in entry.get("unsure_months", ()))
    named = [*days, *(month for number, month in enumerate(months) if number not in unsure)]

    return Lexicon(
        words("not"), words("words"), words("alone"), words("drop"),
        {who: Words(entry.get(who, ()), spaced) for who in ("i", "we", "he", "she")},
        {who: Words([pattern], spaced) for who, pattern in entry.get("subjects", {}).items()},
        Series(months, spaced), unsure, Series(days, spaced), Words(named, spaced), Counting(code, entry),
        _dated(months) if spaced else _NEVER, _thousands(entry.get("numbers", {}), spaced),
    )  # fmt: skip


def bare(text: str) -> str:
    """`text` without the marks on its letters. What is a pattern stays one."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text).translate(_WITHOUT)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _also_bare(entry: str) -> str:
    """An entry also as it is typed without its marks: fără, fara. What may not stand before it must have both."""
    plain = bare(entry)
    return entry if plain == entry or "(?<!" in entry else f"{entry}|{plain}"


def _thousands(numbers: Mapping[float, str], spaced: bool) -> re.Pattern[str]:
    """Each word for a large number in a group that says how many zeros it has."""
    groups = []
    for value in sorted((value for value in numbers if value >= _THOUSAND and value in _ROUND), reverse=True):
        words = [word.rstrip("?") for word in str(numbers[value]).split()] + ["k"] * (value == _THOUSAND and spaced)
        forms = "|".join(map(re.escape, dict.fromkeys([*words, *map(bare, words)])))
        groups.append(f"(?P<zeros{_ROUND[value]}>{forms})")
    if not groups:
        return _NEVER
    end = r"(?!\w)" if spaced else ""
    number = r"(?<![\d.,])(?P<number>\d{1,4}(?:[.,]\d{1,2})?)"
    more = r"(?P<rest> ?)(?:(?P<more>\d{3})(?![\d.,]))?"
    return re.compile(rf"{number} ?(?:{'|'.join(groups)}){end}{more}", re.IGNORECASE)


def _dated(months: Sequence[str]) -> re.Pattern[str]:
    if not months:
        return _NEVER
    names = "|".join(months)
    return re.compile(rf"\d[^\W\d]{{0,2}}\.?\s+(?:de\s+|of\s+)?(?:{names})(?!\w)|(?<!\w)(?:{names})\s+\d")


def _exact(entries: Sequence[str], spaced: bool) -> re.Pattern[str]:
    if not entries:
        return _NEVER
    if not spaced:
        return re.compile("|".join(entries))
    # What ends in an apostrophe or a hyphen stands before its word without a space: n'ai, s'ka, n-am.
    return re.compile(r"(?<!\w)(?:" + "|".join(rf"(?:{entry}){_end(entry)}" for entry in entries) + ")")


def _end(entry: str) -> str:
    return "" if entry.endswith(("'", "\\b")) or _LOOKS_ON.search(entry) else r"(?!\w)"
