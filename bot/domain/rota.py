"""Who is on call: shifts of a calendar, changes made on the desk, and where nobody is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.organisations import EVERY

_WORD = re.compile(r"\w+")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """One event of a calendar. Times are aware UTC, `end` is not in it any more; `emails` are in lower case."""

    start: datetime
    end: datetime
    title: str
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    second: bool = False
    away: bool = False
    """A holiday or the like: whom it names is not on call by the calendar, whatever other events say."""


@dataclass(frozen=True, slots=True)
class Override:
    """A change to the rota: for this time `caseworker` is first (or second) on call, whatever the calendar says."""

    id: int
    start: datetime
    end: datetime
    caseworker: int
    second: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An active caseworker. `emails`: how calendars name them, in lower case. `reachable`: has a page address.
    `languages`: those they read and write."""

    id: int
    name: str
    coordinator: bool = False
    emails: tuple[str, ...] = ()
    reachable: bool = False
    organisation: int = 1
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnCall:
    """The numbers of the caseworkers on call; None: nobody."""

    first: int | None = None
    second: int | None = None


@dataclass(frozen=True, slots=True)
class Rota:
    """Everything that says who is on call."""

    shifts: Sequence[Shift] = ()
    overrides: Sequence[Override] = ()
    team: Sequence[Member] = field(default=())

    def at(self, moment: datetime) -> OnCall:
        """Who is on call. A change beats the calendar, a shorter event a longer one (a swap beats the week)."""
        known = {member.id for member in self.team}
        now = [o for o in reversed(self.overrides) if o.start <= moment < o.end and o.caseworker in known]
        firsts = [o.caseworker for o in now if not o.second]
        seconds = [o.caseworker for o in now if o.second]
        running = sorted(
            (shift for shift in self.shifts if shift.start <= moment < shift.end),
            key=lambda shift: (shift.end - shift.start, shift.start, shift.title),
        )
        away = {who for shift in running if shift.away for who in named(shift, self.team)}
        for given, second in ((firsts, False), (seconds, True)):
            if not given:
                mine = (shift for shift in running if shift.second is second and not shift.away)
                given += [who for shift in mine for who in named(shift, self.team) if who not in away]
        first = firsts[0] if firsts else None
        behind = [who for who in (*seconds, *firsts) if who != first]
        return OnCall(first, behind[0] if behind else None)

    def begun(self, moment: datetime, within: timedelta) -> tuple[datetime, int] | None:
        """Since when who is first on call works, and who it is; None when they did not begin less than `within` ago. A
        shift of a day or longer is no work that begins: nobody gets up for it at midnight."""
        first = self.at(moment).first
        shifts = [s for s in self.shifts if not (s.second or s.away) and first in named(s, self.team)]
        changes = [o for o in self.overrides if not o.second and o.caseworker == first]
        spans = [(s.start, s.end) for s in shifts] + [(o.start, o.end) for o in changes]
        starts = [start for start, end in spans if start <= moment < min(end, start + within) and end - start < _DAY]
        return (max(starts), first) if starts and first is not None else None

    def holes(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """When nobody who can be reached is on call, between `start` and `end`; in order, none touching the next."""
        reachable = {member.id for member in self.team if member.reachable}
        spans = [(s.start, s.end) for s in self.shifts] + [(o.start, o.end) for o in self.overrides]
        edges = {edge for span in spans for edge in span if start < edge < end}
        cuts = [start, *sorted(edges), end]
        found: list[tuple[datetime, datetime]] = []
        for left, right in pairwise(cuts):
            on_call = self.at(left)
            if {on_call.first, on_call.second} & reachable:
                continue
            if found and found[-1][1] == left:
                found[-1] = (found[-1][0], right)
            else:
                found.append((left, right))
        return found

    def of(self, organisation: int) -> Rota:
        """The same for one organisation (`domain.organisations`); every one: as it is."""
        if organisation == EVERY:
            return self
        return replace(self, team=[member for member in self.team if member.organisation == organisation])

    def unknown(self) -> list[Shift]:
        """Shifts that name nobody of the team: somebody wrote a name that no caseworker has."""
        return [shift for shift in self.shifts if not named(shift, self.team)]


def named(shift: Shift, team: Sequence[Member]) -> list[int]:
    """Whom a shift means: those whose name or address its title has, in that order; else its attendees."""
    title = shift.title.casefold()
    words = _words(shift.title)
    found: list[tuple[int, int, int]] = []
    for member in team:
        mine = _words(member.name)
        places = [i for i in range(len(words) - len(mine) + 1) if mine and words[i : i + len(mine)] == mine]
        if places:
            found.append((places[0], -len(mine), member.id))
        elif any(email in title for email in member.emails):
            found.append((len(words), 0, member.id))
    if found:
        # "An Peeters" means her alone, though a colleague is called "An"
        taken: set[int] = set()
        people = []
        for place, length, who in sorted(found):
            if place not in taken:
                people.append(who)
                taken |= set(range(place, place - length)) if length else set()
        return people
    names = {tuple(_words(name)) for name in shift.names}
    return [m.id for m in team if set(m.emails) & set(shift.emails) or tuple(_words(m.name)) in names]


def _words(text: str) -> list[str]:
    """As names are compared: without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
