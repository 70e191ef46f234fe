"""Whether two sentences say the same hours of the day, in figures and in words. Pure."""

from __future__ import annotations

import re

from bot.translation.checks.reading.time_words import SMALL
from bot.translation.checks.sentence import Side

_NOON, _TWO = 12, 2
_HOUR = re.compile(r"n:(?:1?\d|2[0-4])(?:\.[0-5]?\d)?")


def hours_changed_places(ours: Side, theirs: Side) -> bool:
    """Return whether "from 9 to 14.30" became "from 14.30 to 9". A day and an hour may change places."""
    before, after = ours.figures, theirs.figures
    if len(before) != _TWO or before != after[::-1] or not all(_HOUR.fullmatch(form) for form in before):
        return False
    return not (ours.months or theirs.months or ours.days or theirs.days) and "hour" in ours.units[1] | theirs.units[1]


def same_hours(ours: Side, theirs: Side) -> bool:
    """Return whether figures differ by twelve hours alone, and the words say that the hour is the same: 8 in the
    evening and 20.00. A time in words ("ten to three") may be either of two."""
    before, after = by_shape(ours.figures), by_shape(theirs.figures)
    if [shape[:2] for shape in before] != [shape[:2] for shape in after]:
        return False
    return all(_same_hour(one[2], other[2], ours, theirs) for one, other in zip(before, after, strict=True))


def _same_hour(one: str, other: str, ours: Side, theirs: Side) -> bool:
    if one == other:
        return True
    (hour, _, minutes), (other_hour, _, other_minutes) = (form[2:].partition(".") for form in (one, other))
    if not (ours.says_hour(hour) and theirs.says_hour(other_hour)):
        return False
    if minutes != other_minutes or not (hour.isdigit() and other_hour.isdigit()):
        return False
    early, late = sorted((int(hour), int(other_hour)))
    early_side, late_side = (ours, theirs) if int(hour) == early else (theirs, ours)
    if late - early != _NOON or late > 2 * _NOON or len(minutes) > _TWO:
        return False
    if _NOON in {early, late}:  # at 12 in the night
        return SMALL in (ours if int(hour) == _NOON else theirs).parts.maybe
    in_words = early_side.timed is not early_side.text
    return early_side.is_late or (in_words and not early_side.is_early and not late_side.is_early)


def by_shape(forms: list[str], dated: bool = False) -> list[tuple[str, int, str]]:
    """Return the figures sorted by what they can be taken for. Two numbers that changed places count as changed; a
    number and a time do not, nor do a day and a year in a date (`dated`), whose order depends on the language."""
    return sorted(
        ((form[:2] + "y" * (dated and _is_year(form)), form.count("."), form) for form in forms),
        key=lambda item: item[:2],
    )


def _is_year(form: str) -> bool:
    return len(form) == len("n:2026") and form.startswith(("n:19", "n:20"))
