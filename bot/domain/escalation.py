"""Who is called to a case, one after another, until somebody takes it: the rungs, their pace, and who stands on them.

::

    first on call -> second -> coordinator -> who speaks the language -> everyone -> everyone -> ...

Those who speak the person's language come first on a rung. Without danger the others are called after them, with
everyone; in danger a language makes nobody wait, and the rung of those who speak it is left out. A rung on which
nobody can be reached costs no time: the next one is climbed in its place. The last one never ends: everyone is called
again and again, because a case is not closed by a timer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.model import Urgency

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]|24):([0-5][0-9])")

TEAM = 0
"""The addressee that stands for the team's own addresses (`INLOOP_PAGE_URLS`); caseworkers count from 1."""


class Rung(StrEnum):
    FIRST = "first"
    SECOND = "second"
    COORDINATOR = "coordinator"
    SPEAKER = "speaker"
    EVERYONE = "everyone"


RUNGS = tuple(Rung)


def rung(number: int) -> Rung:
    """What rung `number` (from 1) is."""
    return RUNGS[min(number, len(RUNGS)) - 1]


@dataclass(frozen=True, slots=True)
class Reach:
    """Who can be paged at this moment, by number of caseworker; only those with an address. `speaking`: those of them
    before whom nobody else is called, because they speak the person's language."""

    first: int | None = None
    second: int | None = None
    coordinators: tuple[int, ...] = ()
    everyone: tuple[int, ...] = ()
    speaking: frozenset[int] = frozenset()

    @property
    def on_call(self) -> bool:
        """Whether the rota names anybody who can be reached."""
        return self.first is not None or self.second is not None

    def of(self, what: Rung) -> tuple[int, ...]:
        named = (self.first, self.second)
        match what:
            case Rung.FIRST:
                return () if self.first is None else (self.first,)
            case Rung.SECOND:
                return () if self.second is None or self.second == self.first else (self.second,)
            case Rung.COORDINATOR:
                others = tuple(who for who in self.coordinators if who not in named)
                return tuple(who for who in others if who in self.speaking) or others
            case Rung.SPEAKER:
                called = (*named, *self.coordinators)
                return tuple(who for who in self.everyone if who in self.speaking and who not in called)
            case Rung.EVERYONE:
                return self.everyone


def climb(climbed: int, reach: Reach) -> tuple[int, tuple[int, ...]]:
    """The number of the next rung after `climbed`, and who is paged on it; nobody only when nobody can be."""
    number = climbed + 1
    while not reach.of(rung(number)) and rung(number) is not Rung.EVERYONE:
        number += 1
    return number, reach.of(rung(number))


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of every day, in minutes after midnight; over midnight where `end` is before `begin`."""

    begin: int
    end: int

    @classmethod
    def read(cls, text: str) -> Hours:
        """The hours of a text such as `08:00-22:00`; `00:00-24:00` is always. Raises `ValueError`."""
        found = _HOURS.fullmatch(text)
        if found is None:
            raise ValueError("must be hours such as 08:00-22:00")
        hour, minute, last_hour, last_minute = map(int, found.groups())
        made = cls(60 * hour + minute, 60 * last_hour + last_minute)
        if made.begin == made.end or made.end > 24 * 60:
            raise ValueError("must end at another time than it begins, at 24:00 at the latest")
        return made

    @property
    def written(self) -> str:
        """The text that `read` reads."""
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.begin, self.end))

    def include(self, local: datetime) -> bool:
        """Whether it is in them at this local time."""
        minute = 60 * local.hour + local.minute
        if self.begin < self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the ladder is climbed for one urgency.

    `step`: from one rung to the next. `again`: from everyone to everyone. `hold`: how long an acknowledgement keeps
    it still before the next rung, if the case is not claimed by then. `first`: from the moment that somebody waits to
    the first rung. `hours`: when rungs are climbed at all; None: at any hour. `together`: everyone is called to all
    cases at once, at the same times of the clock.
    """

    step: timedelta
    again: timedelta
    hold: timedelta
    first: timedelta = timedelta(0)
    hours: Hours | None = None
    together: bool = False

    def calls(self, local: datetime) -> bool:
        """Whether rungs are climbed at this local time."""
        return self.hours is None or self.hours.include(local)

    def until_next(self, number: int, now: datetime) -> timedelta:
        """From the climbing of rung `number`, which is now, to the next. Where everyone is called together it is at a
        multiple of `again`, and no sooner than after half of it."""
        if not self.together or rung(number) is not Rung.EVERYONE:
            return self.after(number)
        half = self.again / 2
        past = timedelta(seconds=now.timestamp() % self.again.total_seconds())
        return self.again - past if past <= half else 2 * self.again - past

    def after(self, number: int) -> timedelta:
        """From the climbing of rung `number` to the next."""
        return self.again if rung(number) is Rung.EVERYONE else self.step

    def after_failure(self, number: int) -> timedelta:
        """From the moment that rung `number` is known to have reached nobody: none, but among everyone a breath."""
        if rung(number) is not Rung.EVERYONE:
            return timedelta(0)
        return min(FIRST_BREATH * (1 << min(number - len(RUNGS), 8)), self.again)

    @property
    def longest(self) -> timedelta:
        return max(self.step, self.again, self.hold, self.first)


FIRST_BREATH = timedelta(seconds=10)
Paces = Mapping[Urgency, Pace]


class Acknowledgement(StrEnum):
    """What the one tap on a page's link came to."""

    DONE = "done"
    ALREADY = "already"  # this page, or another of the same call, was acknowledged before
    OVER = "over"  # somebody has taken the case, or it is closed
