"""What a language says beside a number or a day that turns it round: more than and less than, before and after, ahead
and past; and whether it speaks of you or of them, of me or of you (`relations.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.translation.checks.reading.lexicon import MARKS_MATTER, UNSPACED, bare, lexicons
from bot.translation.checks.reading.number_words import ENDINGS
from bot.translation.checks.reading.time_words import spoken

_FILE = Path(__file__).with_name("relations.yml")
_OPPOSITES, _PERSONS = ("more", "order", "ago"), ("whom", "me")
_SHORT = r"(?:[^\W\d_]{1,10}[ '’-]){0,2}?"
"""What may stand between: "after the 5th"."""
_NO_COUNT = r"#(?! ?[^\W\d_]{4,})"
"""A number that counts nothing: "before two", not "for two men"."""
_FILL = {"{n}": f"{_SHORT}#", "{t}": f"{_SHORT}(?:~ )?(?:@|{_NO_COUNT})", "{s}": r"(?:#[ -]?(?:de )?|[^\W\d_]{1,6} )?~"}
_FILL_UNSPACED = {"{n}": "#", "{t}": "(?:@|#(?=[~@点號号]|$|[。，,.?!？！]))", "{s}": "#~"}
_RANGE = re.compile(r"\d ?[-–—] ?\d")


class Relations:
    """The words of one language. What they stand beside is found in a text in which each number is "#", each unit of
    time "~" (`Counting.marked`) and each day, month and part of the day "@"."""

    def __init__(self, code: str, entry: Mapping[str, Any]) -> None:
        lexicon = lexicons()[code]
        self._counting = lexicon.counting
        self._named = (lexicon.named, spoken()[code])
        self._ending = ENDINGS.get(code)
        spaced = code not in UNSPACED
        fill = _FILL if spaced else _FILL_UNSPACED

        def pattern(written: str) -> str:
            for name, sign in fill.items():
                written = written.replace(name, sign)
            return self._counting.plain(written)

        patterns = {what: [*map(pattern, pair)] for what, pair in entry.items() if what in _OPPOSITES}
        self._pairs = {what: _Pair(pair, spaced) for what, pair in patterns.items()}
        self._range = re.compile(pattern(entry["range"])) if "range" in entry else None
        self._persons = _Persons(code, [words for what in _PERSONS for words in entry[what]])

    def said(self, low: str) -> dict[str, int]:
        """On which side of each pair of opposites a text in lower case is: 1, or -1. A range ("8-10") is on none."""
        marked = self.marked(low)
        if self._range is not None:
            marked = self._range.sub(" ", marked)
        found = {what: side for what, pair in self._pairs.items() if (side := pair.side(marked))}
        if "order" in found and _RANGE.search(low):
            del found["order"]
        return found

    def marked(self, low: str) -> str:
        for words in self._named:
            low = words.in_place(low, self._sign)
        return self._counting.marked(self._counting.plain(low))

    def _sign(self, word: re.Match[str]) -> str:
        """Of a day, with what is written onto it: from, until."""
        ending = self._ending.search(word[0]) if self._ending is not None else None
        return f"@'{ending[0]}" if ending is not None else "@"

    def persons(self, low: str, words: Iterable[str]) -> tuple[int, int]:
        """Of you (1) or of them (-1), and of me (1) or of you (-1): whom a text in lower case speaks of, of which
        `words` are the words; 0 for neither, and for both."""
        return self._persons.said(low, words)


class _Pair:
    def __init__(self, patterns: Sequence[str], spaced: bool) -> None:
        whole = r"(?<![^\W\d_])(?:{})(?![\w'’])" if spaced else "{}"
        self._one, self._other = (re.compile(whole.replace("{}", pattern)) for pattern in patterns)

    def side(self, text: str) -> int:
        rest, others = self._other.subn(" ", text)
        ones = self._one.search(rest) is not None
        return 0 if bool(others) == ones else 1 if ones else -1


class _Persons:
    """Whole words, and ends of words, also as they are typed without the marks on their letters."""

    __slots__ = ("_ends", "_meant", "_spaced")

    def __init__(self, code: str, lists: Sequence[str]) -> None:
        self._spaced = code not in UNSPACED
        self._meant: dict[str, int] = {}
        ends: dict[str, int] = {}
        for place, written in enumerate(lists):
            for word in written.split():
                for form in {word, word if code in MARKS_MATTER else bare(word)}:
                    kept = ends if form[0] == "*" else self._meant
                    kept[form.lstrip("*")] = kept.get(form.lstrip("*"), 0) | 1 << place
        self._ends = tuple(ends.items())

    def said(self, low: str, words: Iterable[str]) -> tuple[int, int]:
        found = 0
        if self._spaced:
            for word in words:
                found |= self._meant.get(word, 0)
                for end, meant in self._ends:
                    found |= meant if word.endswith(end) else 0
        else:
            for word, meant in self._meant.items():
                found |= meant if word in low else 0
        return _WHICH[found & 7], _WHICH[found >> 3]


_WHICH = (0, 1, -1, 0, 0, 0, 0, 0)
"""By the lists of which a word was found, one and the other and what may be either: the one, the other, or nobody."""


@cache
def relations() -> Mapping[str, Relations]:
    """Every language of `relations.yml`, by its code."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {code: Relations(code, entry) for code, entry in raw.items()}
