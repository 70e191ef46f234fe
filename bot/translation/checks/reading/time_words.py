"""What a language says of time in words of its own: the parts of the day, the days from today, quarters and minutes
before and after an hour (`time_words.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.translation.checks.reading.clock_times import clocks
from bot.translation.checks.reading.lexicon import MARKS_MATTER, UNSPACED, Sign, bare, lexicons, unfolded

_FILE = Path(__file__).with_name("time_words.yml")
_PARTS = ("morning", "noon", "evening", "night")
_DAYS = ("before", "yesterday", "today", "tomorrow", "after", "last", "next", "this")
_OF_CLOCK = (
    r"(?:[:.hu]\d\d| ?[hu]\b| ?[ap]\.?m\b| o'clock|[点點时時]| ?giờ| ?gio\b|-?[kt]or\b|-?kor\b|-?t[óő]l\b|-?ig\b"
    r"| után\b| előtt\b|'?[dt][ae]n?\b)"
)
"""What makes an hour of the clock of a number, beside a word before it. Eight hours are a time that something takes."""
_AFTER_NOON = re.compile(r"(?<!\d)(\d{1,2})(?:[:.]\d\d)? ?p\.?m", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(\d{1,2})(?!\d)(?=(.{1,16}))")
_SPAN = re.compile(r"(?<!\d)(\d{1,2}) ?(?:[-–]|[^\W\d_]{1,3}) ?(\d{1,2})(?!\d)")
_DIGIT = re.compile(r"\d")
_HALF_DAY = re.compile(r"(\d{1,2})(?:[:.]\d\d)?\s?([ap])\.?\s?m\b", re.I)
_HALF = {"nl": "half", "ru": "пол"}
"""What stands before an hour, in one word with it."""
SMALL = "small"
"""The hours after midnight, which one language gives to the night and another to the morning."""
_AM, _PM = frozenset({"morning", SMALL}), frozenset({"noon", "evening", "night"})
_BEFORE_NIGHT, _NIGHT = _PM - {"night"}, 7
_AM_IS_A_WORD = {"de", "ro"}


class Named(NamedTuple):
    """The parts of the day, or the days, that a text names: for each word all that it can be."""

    sure: tuple[frozenset[str], ...] = ()
    """Of words that are nothing else."""
    maybe: frozenset[str] = frozenset()
    """All that any word can be."""
    in_words: bool = False
    """Whether one was said in a word, and not by "am" alone."""

    def without(self, kind: str) -> Named:
        return Named(tuple(each - {kind} for each in self.sure), self.maybe - {kind}, self.in_words)

    def against(self, other: Named) -> bool:
        """Whether each of two texts names one for sure that the other cannot mean."""
        return any(each.isdisjoint(other.maybe) for each in self.sure) and any(
            each.isdisjoint(self.maybe) for each in other.sure
        )


NO_NAMED = Named()


class Spoken:
    """The words of one language (`time_words.yml`); `numbers` are its number words, each with its value."""

    def __init__(self, code: str, entry: Mapping[str, Any], numbers: Mapping[str, float]) -> None:
        self._code = code
        self._parts = _Words(code, entry, _PARTS)
        self._days = _Words(code, entry, _DAYS)
        at = "|".join(re.escape(word.replace("_", " ")) for word in entry["at"].split()) or "(?!)"
        said = rf"(?<!\w)(?:{at}) (\d{{1,2}})(?!\d)|(?<!\d)(\d{{1,2}}){_OF_CLOCK}"
        self._hour = re.compile(said, re.IGNORECASE)
        self._clocks = list(clocks(code, entry, numbers))
        said_first = (said for clock in self._clocks for said in (*clock.hours, *clock.minutes))
        firsts = {word for said in said_first for word in said.split()[:1]}
        self._hours = frozenset(firsts | {_HALF[code] + word for word in firsts if code in _HALF})
        named = sorted({*self._parts.sure, *self._days.sure}, key=len, reverse=True)
        self._named = re.compile(_whole(code, "|".join(map(re.escape, named))))
        typed = {what: [_typed(code, each) for each in pair] for what, pair in entry["opposites"].items()}
        self._opposites = {
            what: (re.compile(_whole(code, has)), re.compile(_whole(code, has_not)))
            for what, (has, has_not) in typed.items()
        }

    def parts(self, low: str) -> Named:
        """The parts of the day in a text in lower case."""
        named = self._parts.named(low)
        half = _HALF_DAY.findall(low) if self._code not in _AM_IS_A_WORD and "m" in low else []
        if half:
            late = [_BEFORE_NIGHT if 0 < int(hour) < _NIGHT else _PM for hour, _ in half]
            found = tuple(_AM if letter in "aA" else pm for (_, letter), pm in zip(half, late, strict=True))
            named = Named((*named.sure, *found), named.maybe.union(*found), named.in_words)
        return named

    def days(self, low: str) -> Named:
        return self._days.named(low)

    def in_place(self, low: str, sign: Sign) -> str:
        """A text in lower case with `sign` in the place of each word for a part of the day or a day from today,
        which is nothing else."""
        return self._named.sub(sign, low)

    def in_figures(self, text: str, words: Sequence[str]) -> str:
        """The text with each time that is said in words as figures: "tien voor drie" is 2:50. Not looked for where
        neither an hour in `words` nor a digit stands."""
        if self._hours.isdisjoint(words) and self._code not in UNSPACED and not _DIGIT.search(text):
            return text
        for clock in self._clocks:
            text = clock.in_figures(text)
        return text

    def hours(self, text: str) -> frozenset[int]:
        """The numbers of a text with times in figures that are hours of the clock: "at 8", 8:30, 8 pm; not "8 men"."""
        found = {int(match[1] or match[2]) for match in self._hour.finditer(text)}
        found |= {(int(match[1]) + 12) % 24 for match in _AFTER_NOON.finditer(text)}
        behind: dict[int, str] = {}
        for match in _NUMBER.finditer(text):
            behind.setdefault(int(match[1]), match[2])
        found.update(hour for hour, rest in behind.items() if self._parts.follow(rest.lower()))
        spans = ({int(match[1]), int(match[2])} for match in _SPAN.finditer(text)) if found else ()
        return frozenset(found.union(*(span for span in spans if span & found)))  # from 1 to 4 in the afternoon

    def without_opposites(self, low: str) -> str:
        for _, has_not in self._opposites.values():
            low = has_not.sub(" ", low)
        return low

    def opposites(self, low: str) -> dict[str, int]:
        """What a text in lower case says of each pair of opposites, where it names one of them: 1, or -1."""
        found: dict[str, int] = {}
        for what, (has, has_not) in self._opposites.items():
            rest, no = has_not.subn(" ", low)
            if bool(no) != (yes := has.search(rest) is not None):
                found[what] = 1 if yes else -1
        return found


def _as_said(kind: str, written: str, first: Collection[str]) -> tuple[str, ...]:
    """A morning that may be a night ("2 in the morning") is one in the small hours alone."""
    if kind != "night":
        return (kind,)
    return (SMALL,) if written[-1] == "?" and written[:-1] in first else (kind, SMALL)


class _Words:
    """Words that can mean one of several `kinds`, the longest first."""

    def __init__(self, code: str, entry: Mapping[str, Any], kinds: Sequence[str]) -> None:
        spaced = code not in UNSPACED
        meant: dict[str, set[str]] = {}
        sure: set[str] = set()
        first = set(entry.get("morning", "").split()) | set(entry.get("evening", "").split())
        for kind in kinds:
            for written in entry.get(kind, "").split():
                word = written.removesuffix("?").replace("_", " ")
                for form in {word, word if code in MARKS_MATTER else bare(word)}:
                    meant.setdefault(form, set()).update(_as_said(kind, written, first))
                    if written[-1] != "?":
                        sure.add(form)
        self._meant = {form: (frozenset(can_be), form in sure) for form, can_be in meant.items()}
        self.sure = frozenset(form for form, (_, is_sure) in self._meant.items() if is_sure)
        sure_forms = "|".join(sorted(map(re.escape, sure), key=len, reverse=True)) or "(?!)"
        between = r"(?:\W*[^\W\d]{1,6}){0,3}?\W*" if spaced else ""
        self._behind = re.compile(rf"{between}(?<!\w)(?:{sure_forms})(?!\w)" if spaced else sure_forms)
        any_form = "|".join(sorted(map(re.escape, self._meant), key=len, reverse=True))
        self._any = re.compile(_whole(code, any_form))

    def named(self, low: str) -> Named:
        found = self._any.findall(low)
        if not found:
            return NO_NAMED
        meant = [self._meant[form] for form in found]
        sure = tuple(can_be for can_be, is_sure in meant if is_sure)
        # Beside a word that is nothing else, one that may be another word is most likely that.
        return Named(sure, frozenset().union(*(sure or (can_be for can_be, _ in meant))), in_words=bool(sure))

    def follow(self, low: str) -> bool:
        """Whether a text begins with one of the words, with one or two others before it: " uur 's avonds"."""
        return self._behind.match(low) is not None


def _whole(code: str, pattern: str) -> str:
    return pattern if code in UNSPACED else rf"(?<!\w)(?:{pattern})(?!\w)"


def _typed(code: str, pattern: str) -> str:
    """A pattern also as it is typed without the marks on its letters."""
    plain = bare(pattern)
    return pattern if code in MARKS_MATTER or plain == pattern else f"{pattern}|{plain}"


@cache
def spoken() -> Mapping[str, Spoken]:
    """Every language of `time_words.yml`, by its code."""
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for entry in raw.values():
        if "ordinals" in entry:
            entry["ordinals"] = unfolded(entry["ordinals"], "|")
    return {code: Spoken(code, entry, lexicons()[code].counting.forms) for code, entry in raw.items()}
