"""What makes an alarming sentence harmless: long past, denied, supposed, told about, or a figure of speech.

Guards are looked for around a match of a pattern, in its own sentence only, so that "three years ago he beat me. now
he is at the door" is not excused by its beginning. They hold for Dutch, French and English, like the patterns.
"""

from __future__ import annotations

import math
from enum import StrEnum
from importlib import resources
from typing import Final

import regex
import yaml

from bot.understanding.danger.budget import Budget


class Guard(StrEnum):
    """Why a match does not count in full."""

    PAST = "past"
    NEGATED = "negated"
    SUPPOSED = "supposed"
    TOLD = "told"
    FIGURE = "figure"
    HABIT = "habit"
    """Again and again, so not this minute: an emergency becomes urgent."""


def _alternatives(patterns: list[str], number: str) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns).replace("{number}", number)


_FILE: Final = resources.files("bot.understanding.danger").joinpath("context_guards.yml")
_CONTENT: Final = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
_SENTENCE: Final = {
    Guard(name): regex.compile(_alternatives(patterns, _CONTENT["number"]))
    for name, patterns in _CONTENT["sentence"].items()
}
_BEFORE: Final = regex.compile(rf"(?:{_alternatives(_CONTENT['before'], '')})(?: \w++)?[ ]?$")
_DENIED: Final = regex.compile(_alternatives(_CONTENT["denied"], ""))
_BREAK: Final = regex.compile(
    r"(?<![.!?;\u3002\uff01\uff1f])[.!?;\u3002\uff01\uff1f]++(?=\s|$)|\n"
)
COMPILED: Final = {guard.value: pattern for guard, pattern in _SENTENCE.items()} | {
    "before": _BEFORE, "denied": _DENIED, "break": _BREAK,
}  # fmt: skip
"""All that is looked for here, by name, for those who ask what it costs (`bot/text/pattern_cost.py`)."""


def anywhere(text: str, budget: Budget | None = None) -> frozenset[Guard]:
    """The guards found anywhere in the folded `text`, whatever they stand beside: a hint, no excuse. Raises `Spent`."""
    search = (budget or Budget(math.inf)).search
    found = {guard for guard, pattern in _SENTENCE.items() if search(pattern, text)}
    if search(_DENIED, text):
        found.add(Guard.NEGATED)
    return frozenset(found)


def around(
    text: str, start: int, end: int, budget: Budget | None = None, known: dict[str, frozenset[Guard]] | None = None
) -> frozenset[Guard]:
    """The guards that hold for the match `text[start:end]`; `text` is folded. Raises `Spent`. `known`: those of the
    sentences that were looked at before; of many matches in one sentence it is looked at once."""
    known = {} if known is None else known
    search = (budget or Budget(math.inf)).search
    left, right = 0, len(text)
    for stop in _BREAK.finditer(text):
        if stop.end() <= start:
            left = stop.end()
        elif stop.start() >= end:
            right = stop.end()
            break
    sentence = text[left:right]
    if sentence not in known:
        known[sentence] = anywhere(sentence, budget)
    found = known[sentence]
    return found | {Guard.NEGATED} if search(_BEFORE, text[max(left, start - 40) : start]) else found
