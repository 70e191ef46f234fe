"""Who is on call and where they are paged, from the calendars and the database, as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.escalation import TEAM, Reach
from bot.domain.organisations import EVERY, FIRST
from bot.domain.rota import Rota
from bot.domain.web_push import Subscription
from bot.oncall.calendars import Calendars
from bot.oncall.pager import known
from bot.oncall.ports import Store


class Roster:
    """`team_urls`: the team's own page addresses; `key`: what opens those of the caseworkers; `offline`: for how long
    an open desk may show no sign of life; `web_push`: whether anybody is paged in a browser."""

    def __init__(
        self,
        store: Store,
        calendars: Calendars,
        team_urls: Sequence[str],
        key: bytes,
        clock: Callable[[], datetime],
        offline: timedelta,
        *,
        web_push: bool = False,
    ) -> None:
        self._store = store
        self.calendars = calendars
        self._team_urls = tuple(team_urls)
        self._team_known = bool(known(team_urls))
        self._key = key
        self._clock = clock
        self._offline = offline
        self._web_push = web_push

    async def rota(self) -> Rota:
        team, there = await self._store.team(self._key), await self._phones()
        team = [replace(m, reachable=True) if m.id in there else m for m in team]
        return Rota(self.calendars.shifts, await self._store.overrides(), team)

    async def reach(self, organisation: int = EVERY, language: str | None = None, *, apart: bool = False) -> Reach:
        """Whom a ladder can call now: people of one organisation, or of every one. Who speaks `language` comes first;
        `apart`: and is called before the others."""
        rota = (await self.rota()).of(organisation)
        on_call = rota.at(self._clock())
        able = sorted((m for m in rota.team if m.reachable), key=lambda m: language not in m.languages)
        everyone = tuple(member.id for member in able)
        return Reach(
            on_call.first if on_call.first in everyone else None,
            on_call.second if on_call.second in everyone else None,
            tuple(member.id for member in able if member.coordinator),
            (*everyone, TEAM) if self._team_known and organisation in (FIRST, EVERY) else everyone,
            frozenset(member.id for member in able if apart and language in member.languages),
        )

    async def at_desk(self, organisation: int = EVERY) -> bool:
        """Whether anybody of an organisation, or of every one, has the desk open."""
        return await self._store.somebody_since(self._clock() - self._offline, organisation)

    async def urls(self, addressee: int) -> Sequence[str]:
        if addressee == TEAM:
            return self._team_urls
        addresses, _ = await self._store.page_addresses(self._key)
        found = addresses.get(addressee)
        return () if found is None else found.urls

    async def phones(self, addressee: int) -> Sequence[Subscription]:
        """The browsers in which somebody is paged; the team has none of its own."""
        return (await self._phones()).get(addressee, ())

    async def _phones(self) -> Mapping[int, Sequence[Subscription]]:
        return await self._store.phones(self._key) if self._web_push else {}

    async def coordinators(self, organisation: int = EVERY) -> Sequence[int]:
        team = await self._store.team(self._key)
        return [m.id for m in team if m.coordinator and organisation in (EVERY, m.organisation)]

    async def organisations(self) -> Sequence[int]:
        """Those that anybody works in."""
        return sorted({member.organisation for member in await self._store.team(self._key)})

    @property
    def known(self) -> bool:
        """Whether there are calendars, and each was read or tried: before that nobody is missing from them."""
        return self.planned and all(s.good_at or s.fault for s in self.calendars.sources)

    @property
    def planned(self) -> bool:
        """Whether there is a calendar at all: without one nobody can be said to be missing."""
        return bool(self.calendars.sources)
