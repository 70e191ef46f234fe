"""How many a text says without a number, and which of several: hundreds, half a month, the third floor, the end of May
(`quantities.yml`, `ordinals` in `lexicon.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from bot.translation.checks.reading.lexicon import UNSPACED, lexicons
from bot.translation.checks.sentence import Side

_FILE = Path(__file__).with_name("quantities.yml")
_MANY = ("tens", "hundreds", "thousands")
_BETWEEN = {True: r"[ -]?(?:an? |de |d'|of an? |een |eine?[nrs]? |un[aeă]? |o |të )?", False: "个?"}
"""What may stand between a half and its unit, in languages with spaces and without."""
_HALVED = re.compile(r"\d[.,:h]?(?:5|30|50)(?!\d)|(?<!\d)(?:6|12|15|30|50)(?!\d)")
"""Figures that half of an hour, a day, a month or a year may be."""
_HALVES = frozenset({6.0, 12.0, 15.0, 30.0, 50.0})
_HALF = 0.5
_LONG = {"week", "month", "year"}


class _Quantities:
    def __init__(self, code: str, entry: Mapping[str, str]) -> None:
        spaced = code not in UNSPACED
        whole = r"(?<!\w)(?:{})(?!\w)" if spaced else "{}"
        self._many = [re.compile(whole.replace("{}", entry[each])) for each in _MANY]
        self._edges = [re.compile(whole.replace("{}", entry[each])) for each in ("start", "end")]
        self._half = re.compile(whole.replace("{}", entry["half"]))
        glued = whole.replace("{}", f"(?:{entry['half']}){_BETWEEN[spaced]}~")
        self._half_unit = re.compile(glued)
        self._counting = lexicons()[code].counting

    def many(self, low: str) -> frozenset[int]:
        plain = self._counting.plain(low)
        return frozenset(size for size, words in enumerate(self._many) if words.search(plain))

    def edge(self, low: str) -> int:
        """1 at the beginning of something, -1 at its end; 0 for neither, and for both."""
        plain = self._counting.plain(low)
        starts, ends = (words.search(plain) is not None for words in self._edges)
        return starts - ends

    def half(self, low: str) -> bool:
        """Whether a half of anything stands there."""
        return self._half.search(self._counting.plain(low)) is not None

    def half_unit(self, low: str) -> bool:
        """Whether half of a unit of time stands there."""
        return self.half(low) and self._half_unit.search(self._counting.marked(self._counting.plain(low))) is not None


@cache
def _quantities() -> Mapping[str, _Quantities]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {code: _Quantities(code, entry) for code, entry in raw.items()}


def _other_many(ours: Side, theirs: Side) -> bool:
    """Whether hundreds became thousands."""
    many = _quantities()[ours.language].many(ours.said)
    return bool(many and (others := _quantities()[theirs.language].many(theirs.said)) and many.isdisjoint(others))


def _other_place(ours: Side, theirs: Side) -> bool:
    """Whether the third floor became the second."""
    mine, other = (lexicons()[side.language].counting.ordinals(side.said_words) for side in (ours, theirs))
    return bool(mine and other) and (mine.isdisjoint(other) or (len(mine) == len(other) and mine != other))


def _other_edge(ours: Side, theirs: Side) -> bool:
    """Whether the beginning of a month, or of a week, became its end."""
    if not ((ours.months and theirs.months) or ours.units[1] & theirs.units[1] & _LONG):
        return False
    edge = _quantities()[ours.language].edge(ours.said)
    return bool(edge) and _quantities()[theirs.language].edge(theirs.said) == -edge


def _other_half(ours: Side, theirs: Side) -> bool:
    """Whether half a month became a month."""
    mine, other = (_quantities()[side.language] for side in (ours, theirs))
    return _half_lost(mine.half_unit(ours.said), theirs, other) or _half_lost(other.half_unit(theirs.said), ours, mine)


def _half_lost(stands: bool, other: Side, words: _Quantities) -> bool:
    """Whether half of a unit `stands` in one text and nothing that may be a half in the `other`."""
    if not stands or words.half(other.said) or _HALVED.search(other.timed):
        return False
    said = other.numbers.maybe
    return not any(number % 1 == _HALF for number in said) and _HALVES.isdisjoint(said)


QUANTITIES = {
    "tens, hundreds": _other_many,
    "place in a row": _other_place,
    "beginning, end": _other_edge,
    "half of a unit": _other_half,
}
"""The languages of both must be among those of `quantities.yml`: else each raises `KeyError`."""
