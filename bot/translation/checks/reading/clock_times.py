"""A time of the clock that is said in words, as figures: "tien voor drie" is 2:50 (`time_words.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.translation.checks.reading.lexicon import MARKS_MATTER, UNSPACED, bare

_MINUTES, _HOURS, _LONG_HOURS = (5, 10, 15, 20, 25), range(1, 13), range(1, 25)
_ANY_MINUTE = {"fr", "vi", "zh"}
"""Languages that say 3:07 so: in others, what stands before an hour in figures is minutes where 5 divides it."""
_FOR, _AND = {"de", "en", "nl"}, {"ar", "bg", "es", "pt", "ro", "sq", "zh"}
"""Languages whose "before" is also "for", or "to"; and those that say "three and ten" for ten past three."""
_OTHERS = {"o": "ordinals", "d": "datives", "a": "accusatives"}
_QUARTERS = {"quarter": 15, "threequarters": 45, "third": 20}
_SPOKEN = {15, 30, 45}
"""Minutes for which there are words that count nothing else."""
_DAY, _LAST_MINUTE, _NEAR = 24 * 60, 59, 12
_ENDS = re.compile(r"\s*(?:[.,;:!?…)\"。，！？؟]|$)")
_COUNTED = re.compile(
    r"\s*(?:[€$£%₽₴₺]|eur|dol|lei|lev|lew|лев|грив|руб|евро|євро|يورو|ليرة|zł|ft\b|forint|lir|lek|đồng|元|欧|块|个|個|次|人|天|岁|歲)",
    re.I,
)
"""What makes a number of it, and no time."""
_HAN = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Clock:
    """One way in which a language says a time."""

    pattern: re.Pattern[str]
    kind: str
    minutes: Mapping[str, int]
    hours: Mapping[str, int]
    any_minute: bool
    sure: bool
    """It is said of nothing else; not what may be "20 for a night"."""
    before: re.Pattern[str]
    """Words right before a time; without one it must be the end of what is said: "10 to 12 men" is none."""

    def in_figures(self, text: str) -> str:
        return self.pattern.sub(self._figure, text)

    def _figure(self, match: re.Match[str]) -> str:
        said = match.groupdict()
        hour, minute = self._value(self.hours, said["h"]), self._value(self.minutes, said.get("m") or "0")
        if hour is None or minute is None or hour > _DAY // 60 or minute > _LAST_MINUTE or not self._is_time(match):
            return match[0]
        at = hour * 60 + (-minute if self.kind in {"to", "halfto"} else minute)
        at += {"of": -60, "halfto": -30, "halfpast": -30, "half": 30}.get(self.kind, 0)
        at %= _DAY
        whole = at // 60 or (0 if hour == _DAY // 60 else 12)
        return f"{said.get('keep') or ''}{whole}:{at % 60:02d}"

    def _is_time(self, match: re.Match[str]) -> bool:
        """Whether what looks like a time is one: a quarter is, what stands behind "at" is, and what ends there."""
        minutes = match.groupdict().get("m") or ""
        if not self.any_minute and minutes.isdigit() and int(minutes) % 5:
            return False
        quarter = bool(minutes) and not minutes.isdigit() and self._value(self.minutes, minutes) in _SPOKEN
        if self.sure or quarter or not minutes or match.groupdict().get("keep") or match[0].endswith("分"):
            return not _COUNTED.match(match.string, match.end())
        return _ENDS.match(match.string, match.end()) is not None or (
            self.before.search(match.string, max(0, match.start() - _NEAR), match.start()) is not None
            and _COUNTED.match(match.string, match.end()) is None
        )

    @staticmethod
    def _value(words: Mapping[str, int], said: str) -> int | None:
        """None for letters that only look alike in capitals: İ is i and a dot."""
        if said.isdigit():
            return int(said)
        low = said.lower().replace("i\u0307", "i")
        return words.get(low, words.get(bare(low)))


def clocks(code: str, entry: Mapping[str, Any], numbers: Mapping[str, float]) -> Iterator[Clock]:
    """The ways of language `code`; `numbers` are its number words, each with its value."""
    if code == "zh":
        numbers = {_han(number): number for number in range(1, 60)} | {"两": 2, "兩": 2}
        numbers |= {f"零{_han(number)}": number for number in range(1, 10)}
    minutes = {word: int(number) for word, number in numbers.items() if number in _MINUTES or code == "zh"}
    quarters = {form: value for key, value in _QUARTERS.items() for form in _forms(code, entry.get(key, ""))}
    minutes |= quarters
    for value, words in entry.get("minutes", {}).items():
        minutes |= dict.fromkeys(_forms(code, words), value)
    hours = {
        word: int(number) for word, number in numbers.items() if number in (_LONG_HOURS if code == "zh" else _HOURS)
    }
    hours |= dict.fromkeys(_forms(code, entry.get("one", "")), 1)
    hours |= {form: hour for hour, words in entry.get("hours", {}).items() for form in _forms(code, words)}
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
    others["t"] |= dict.fromkeys(_forms(code, entry.get("midnight", "")), 24)
    at = "|".join(re.escape(word.replace("_", " ")) for word in entry.get("at", "").split())
    before = re.compile(rf"(?<!\w)(?:{at}) (?:an? |het |die |las )?$" if at else r"(?!)", re.IGNORECASE)
    hours_said = hours | {form: number for words in others.values() for form, number in words.items()}
    groups = {"m": ("m", minutes, r"|\d{1,2}(?!\d)"), "h": ("h", hours, r"|\d{1,2}(?!\d)")}
    groups["q"], groups["n"] = ("m", quarters, ""), ("h", {}, r"\d{1,2}(?!\d)")
    groups |= {letter: ("h", words, "") for letter, words in others.items()}
    start, end = ("", "") if code in UNSPACED else (r"(?<!\w)(?<!\d[:.,])", r"(?!\w)")
    for kind, templates in entry.get("clock", {}).items():
        for template in [templates] if isinstance(templates, str) else templates:
            pattern = template if code in MARKS_MATTER else template.translate(_LOOSE)
            for letter, (group, words, digits) in groups.items():
                either = "|".join(f"{re.escape(word)}{end}" for word in sorted(words, key=len, reverse=True)) + digits
                pattern = pattern.replace(f"{{{letter}}}", f"(?P<{group}>{either})")
            any_minute = code in _ANY_MINUTE
            sure = not (code in _FOR or "para" in template or (kind == "past" and code in _AND))
            yield Clock(re.compile(start + pattern, re.IGNORECASE), kind, minutes, hours_said, any_minute, sure, before)


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
