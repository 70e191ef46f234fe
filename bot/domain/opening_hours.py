"""When the caseworkers of an organisation usually read, by the week, and on which days they do not. Pure.

It says what a person is told before they wait, and decides nothing else: who is called, and when, is the rota's, and
danger has no hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from bot.domain.escalation import Hours

DAYS = 7
WHOLE = "\u2060–\u2060"
"""A dash at which no line is broken."""
MOST_CLOSED = 200
"""Days that an organisation can name."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """`week`: the hours of each day, Monday first; None: none on that day. Where no day has any, nothing is known and
    nothing is said. `closed`: days without hours, such as holidays."""

    week: tuple[Hours | None, ...] = (None,) * DAYS
    closed: frozenset[date] = frozenset()

    @property
    def known(self) -> bool:
        return any(self.week)

    def open_at(self, local: datetime) -> bool:
        """Whether it is in them at this local time; hours over midnight belong to the day on which they begin."""
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        began, late = self._of(today), self._of(yesterday)
        minute = 60 * local.hour + local.minute
        now = began is not None and began.include(local) and minute >= began.begin
        return now or (late is not None and late.end < late.begin and minute < late.end)

    def closed_on(self, day: date) -> bool:
        """Whether this day would have hours, and has none."""
        return self.week[day.weekday()] is not None and day in self.closed

    def shown(self, days: Sequence[str]) -> str:
        """Return the week in one line, with the names of the days; those that follow one another and are alike stand
        together."""
        spans = []
        for hours, alike in groupby(range(DAYS), key=lambda day: self.week[day]):
            names = [days[day] for day in alike]
            if hours is not None:
                times = hours.written.replace("-", WHOLE)
                spans.append(f"{names[0]}–{names[-1]} {times}" if len(names) > 1 else f"{names[0]} {times}")
        return " · ".join(spans)

    def _of(self, day: date) -> Hours | None:
        return None if day in self.closed else self.week[day.weekday()]
