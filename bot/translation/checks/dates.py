"""A date in figures beside one that names its month: 21/09 and "21 September". Pure."""

from __future__ import annotations

import re

from bot.translation.checks.sentence import Side

_IN_FIGURES = re.compile(
    r"(?<![\d.,/:+-])(0?[1-9]|[12]\d|3[01])(?P<between>[./-])(0?[1-9]|1[0-2])(?:(?P=between)(\d{4}|\d\d))?"
    r"(?![/:%]|[.,-]?\d)"
)
"""The day first, as everywhere that these languages are spoken but in America."""


def dates_alike(ours: Side, theirs: Side) -> tuple[Side, Side]:
    """Return both, a date in figures of the one written as if it named the month, where the other names it.

    Done only where just one of them names months, and the other has dates of as many months in figures; else both are
    returned as they are.
    """
    if bool(ours.months) == bool(theirs.months):
        return ours, theirs
    if ours.months:
        return ours, _named(theirs, ours)
    return _named(ours, theirs), theirs


def _named(side: Side, other: Side) -> Side:
    """`side` with the months of its dates named, if `other` names as many."""
    text = side.timed
    if not ("/" in text or "." in text or "-" in text):
        return side
    found = [int(match[3]) - 1 for match in _IN_FIGURES.finditer(text)]
    if not found or len(set(found)) != len(other.months):
        return side
    return side.with_months(_IN_FIGURES.sub(lambda m: f"{m[1]} {m[4] or ''}".strip(), side.text), found)
