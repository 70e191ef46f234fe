"""A time of the clock that is said in words, as figures: "tien voor drie" is 2:50 (`clock` in `spoken.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.translation.cues import cues
from bot.translation.lexicon import MARKS_MATTER, UNSPACED, bare

_MINUTES, _HOURS = (5, 10, 15, 20, 25), range(1, 13)
_ANY_MINUTE = {"fr", "vi", "zh"}
"""Languages that say 3:07 so: in others, what stands before an hour in figures is minutes where 5 divides it."""
_OTHERS = {"o": "ordinals", "d": "datives", "a": "accusatives"}
_QUARTERS = {"quarter": 15, "threequarters": 45, "third": 20}
_DAY = 24 * 60
_HAN = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Clock:
    """One way in which a language says a time."""

    pattern: re.Pattern[str]
    kind: str
    minutes: Mapping[str, int]
    hours: Mapping[str, int]
    any_minute: bool
    cues: tuple[str, ...]
    """What stands in every text that it finds, if anything does."""

    def in_figures(self, text: str, low: str) -> str:
        """`low` is the text in lower case."""
        if self.cues and not any(map(low.__contains__, self.cues)):
            return text
        return self.pattern.sub(self._figure, text)

    def _figure(self, match: re.Match[str]) -> str:
        said = match.groupdict()
        hour = self._value(self.hours, said["h"])
        minute = self._value(self.minutes, said.get("m") or "0")
        digits = (said.get("m") or "").isdigit() and not self.any_minute
        if hour > 24 or minute > 59 or (digits and minute % 5):
            return match[0]
        at = hour * 60 + (-minute if self.kind in {"to", "halfto"} else minute)
        at += {"of": -60, "halfto": -30, "halfpast": -30}.get(self.kind, 0)
        at %= _DAY
        whole = at // 60 or 12
        return f"{said.get('keep') or ''}{whole}:{at % 60:02d}"

    @staticmethod
    def _value(words: Mapping[str, int], said: str) -> int:
        return int(said) if said.isdigit() else words[said.lower()]


def clocks(code: str, entry: Mapping[str, Any], numbers: Mapping[str, float]) -> Iterator[Clock]:
    """The ways of language `code`; `numbers` are its number words, each with its value."""
    if code == "zh":
        numbers = {_han(number): number for number in range(1, 60)} | {"两": 2, "兩": 2}
    minutes = {word: int(number) for word, number in numbers.items() if number in _MINUTES or code == "zh"}
    quarters = {form: value for key, value in _QUARTERS.items() for form in _forms(code, entry.get(key, ""))}
    minutes |= quarters
    for value, words in entry.get("minutes", {}).items():
        minutes |= dict.fromkeys(_forms(code, words), value)
    hours = {word: int(number) for word, number in numbers.items() if number in _HOURS}
    hours |= dict.fromkeys(_forms(code, entry.get("one", "")), 1)
    others = {
        letter: {
            form: number
            for number, words in enumerate(entry[key].split(), 1)
            for form in _forms(code, words.replace("|", " "))
        }
        for letter, key in _OTHERS.items()
        if key in entry
    }
    others["t"] = dict.fromkeys(_forms(code, entry.get("twelve", "")), 12)
    hours_said = hours | {form: number for words in others.values() for form, number in words.items()}
    groups = {"m": ("m", minutes, r"|\d{1,2}"), "h": ("h", hours, r"|\d{1,2}")}
    groups["q"] = ("m", quarters, "")
    groups |= {letter: ("h", words, "") for letter, words in others.items()}
    start, end = ("", "") if code in UNSPACED else (r"(?<!\w)(?<!\d[:.,])", r"(?!\w)")
    for kind, templates in entry.get("clock", {}).items():
        for template in [templates] if isinstance(templates, str) else templates:
            pattern = template if code in MARKS_MATTER else template.translate(_LOOSE)
            sought = cues(pattern)
            for letter, (group, words, digits) in groups.items():
                either = "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + digits
                pattern = pattern.replace(f"{{{letter}}}", f"(?P<{group}>{either}){end}")
            any_minute = code in _ANY_MINUTE
            yield Clock(re.compile(start + pattern, re.IGNORECASE), kind, minutes, hours_said, any_minute, sought)


_LOOSE = str.maketrans({"ă": "[ăa]", "ș": "[șşs]", "é": "[ée]", "ë": "[ëe]"})
"""Marks that are often not typed."""


def _forms(code: str, words: str) -> Iterator[str]:
    for written in words.split():
        form = written.replace("_", " ")
        yield form
        if code not in MARKS_MATTER and bare(form) != form:
            yield bare(form)


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _HAN[tens] + "十") + (_HAN[ones] if ones else "")
