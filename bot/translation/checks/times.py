"""Whether a translation says another part of the day, another day from today, or another order of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.translation.checks.reading.time_words import SMALL
from bot.translation.checks.sentence import Side

_SMALL = 5
"""The hour until which a night may be a morning."""
_EARLY = frozenset({"morning", SMALL})
_OF_24 = re.compile(r"(?<!\d)\d{1,2}\s?[uh:]\s?\d\d(?!\d)(?!\s?[ap]\.?m)", re.I)
_DIGITS = 3
"""An hour has fewer."""


def _other_part(ours: Side, theirs: Side) -> bool:
    """Whether evening became morning."""
    if ours.parts is theirs.parts:
        return False
    small = any(number <= _SMALL for side in (ours, theirs) for number in _hours(side))
    parts = (ours.parts, theirs.parts) if small else (ours.parts.without(SMALL), theirs.parts.without(SMALL))
    return parts[0].against(parts[1])


def _hours(side: Side) -> Iterator[float]:
    """What may be an hour, words where no figure may: noon and midnight are both 0."""
    yield from (hour % 12 for hour in [*map(int, _in_figures(side.figures))] or side.numbers.maybe)


def _in_figures(forms: list[str]) -> list[str]:
    """The hours of figures, of those that may have one."""
    hours = [form[2:].partition(".")[0] for form in forms if form.startswith("n:")]
    return [hour for hour in hours if hour.isdigit() and len(hour) < _DIGITS]


def _lost_part(ours: Side, theirs: Side) -> bool:
    """Whether an hour is in the evening on one side, and on the other it may be any."""
    if ours.parts is theirs.parts:
        return False
    for one, other in ((ours, theirs), (theirs, ours)):
        if one.parts.in_words and not other.parts.maybe and one.counts and _has_hour(one):
            if one.parts.maybe <= _EARLY and _OF_24.search(other.timed):
                return False  # 8:45 is in the morning
            return not any(int(hour) > 11 or int(hour) == 0 for hour in _in_figures(other.figures))
    return False


def _has_hour(side: Side) -> bool:
    return "hour" in side.units[1] or any(map(side.says_hour, _in_figures(side.figures)))


def _other_from_today(ours: Side, theirs: Side) -> bool:
    """Whether tomorrow became today."""
    return ours.from_today is not theirs.from_today and ours.from_today.against(theirs.from_today)


def _changed_places(ours: Side, theirs: Side) -> bool:
    """Whether two weekdays, months or currencies changed places."""
    if len(ours.days) > 1 and ours.days == theirs.days and ours.days_in_order != theirs.days_in_order:
        return True
    if len(ours.months) > 1 and ours.months == theirs.months and ours.month_order != theirs.month_order:
        return True
    return len(ours.currencies) > 1 and ours.currencies == theirs.currencies and ours.money_order != theirs.money_order


def _other_span(ours: Side, theirs: Side) -> bool:
    """Whether days became weeks, also where nobody counted them: "a week ago"."""
    mine, other = ours.units[1], theirs.units[1]
    return bool(mine - other and other - mine)


TIMES = {
    "part of the day": _other_part,
    "part of the day lost": _lost_part,
    "day from today": _other_from_today,
    "changed places": _changed_places,
    "unit of time": _other_span,
}
