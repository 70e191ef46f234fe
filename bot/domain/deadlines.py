"""The kinds of deadlines of a case. How long a period lasts is a fact with a source, and stands in `content/facts.yml`
alone. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """How long something lasts: the id of the fact that has the number, in days or months."""

    fact: str
    months: bool = False


KINDS: dict[str, Period | None] = {
    "reflection": Period("reflection_days"),
    "orange_card": Period("orange_card_months", months=True),
    "card_a": Period("card_a_months", months=True),
    "appointment": None,
    "court": None,
    "other": None,
}
"""In the order of the desk. Without a period somebody sets the day. The labels are `desk.deadline_<kind>`."""


def length(kind: str, fact: Callable[[str], str]) -> tuple[int, bool] | None:
    """How long a kind lasts, and whether in months; None for one whose day is set. `fact` gives a fact's value."""
    period = KINDS[kind]
    return None if period is None else (int(fact(period.fact)), period.months)


def end(begins: date, count: int, *, months: bool) -> date:
    """The last day of a period that begins on `begins`: `count` days, or months (then the same day of the month, or its
    last one)."""
    if not months:
        return begins + timedelta(days=count)
    year, month = divmod(begins.month - 1 + count, 12)
    year, month = begins.year + year, month + 1
    return date(year, month, min(begins.day, monthrange(year, month)[1]))
