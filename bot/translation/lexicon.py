"""The words that a changed translation is caught by, of each language, as compiled patterns (`lexicon.yml`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("lexicon.yml")
_UNSPACED = {"zh"}
"""Languages that write no space between words."""
_NEVER = re.compile(r"(?!)")


class Words:
    """Some words of a language, looked for as whole words in text in lower case.

    Most texts hold none of them, so `_anywhere` looks first: the same words wherever they stand, twenty times as fast.
    Whatever the exact pattern finds, it finds too.
    """

    __slots__ = ("_anywhere", "_exact")

    def __init__(self, entries: Sequence[str], spaced: bool) -> None:
        self._exact = _exact(entries, spaced)
        plain = spaced and not any(entry.startswith("\\w") for entry in entries)
        self._anywhere = re.compile("|".join(entries)) if entries and plain else self._exact

    def count(self, text: str) -> int:
        return len(self._exact.findall(text)) if self._anywhere.search(text) else 0

    def stand_in(self, text: str) -> bool:
        return self._anywhere.search(text) is not None and self._exact.search(text) is not None

    def taken_out(self, text: str) -> str:
        return self._exact.sub(" ", text) if self._anywhere.search(text) else text


class Series:
    """Words with a number each: months, days, what counts. `first` is the number of the first."""

    __slots__ = ("_any", "_each", "_first")

    def __init__(self, entries: Sequence[str], spaced: bool, first: int = 0) -> None:
        self._any = Words(entries, spaced)
        self._each = tuple(_exact([word], spaced) for word in entries)
        self._first = first

    def __bool__(self) -> bool:
        return bool(self._each)

    def which(self, text: str) -> frozenset[int]:
        """The numbers of the words that stand in `text`."""
        if not self._any.stand_in(text):
            return frozenset()
        return frozenset(number for number, word in enumerate(self._each, self._first) if word.search(text))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What `lexicon.yml` has of one language; the words for numbers begin with two."""

    negations: Words
    negative_words: Words
    negations_alone: Words
    dropped: Words
    who: Mapping[str, Words]
    months: Series
    days: Series
    numbers: Series
    dated: re.Pattern[str]
    """A month beside a number, so that it is no other word ("may", "mart")."""


@cache
def lexicons() -> Mapping[str, Lexicon]:
    """Every language that the checks know, by its code."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {code: _lexicon(code, entry) for code, entry in raw.items()}


def _lexicon(code: str, entry: Mapping[str, Any]) -> Lexicon:
    spaced = code not in _UNSPACED

    def words(key: str) -> Words:
        return Words(entry.get(key, ()), spaced)

    def series(key: str, first: int = 0) -> Series:
        return Series(entry.get(key, ()), spaced, first)

    return Lexicon(
        words("not"), words("words"), words("alone"), words("drop"),
        {who: words(who) for who in ("i", "we", "he", "she")}, series("months"), series("days"), series("numbers", 2),
        _dated(entry.get("months", ())) if spaced else _NEVER,
    )  # fmt: skip


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
    return re.compile("|".join(rf"(?<!\w)(?:{entry}){_end(entry)}" for entry in entries))


def _end(entry: str) -> str:
    return "" if entry.endswith(("'", ")", "\\b")) and not entry.endswith(")?") else r"(?!\w)"
