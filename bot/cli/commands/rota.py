"""`inloop rota`: who is on call, where nobody is, and changes to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.cli.commands.asking import with_store
from bot.domain.names import name_key
from bot.oncall.factory import roster_of
from bot.runtime.clock import utc_now
from bot.settings import Settings
from bot.storage.database.errors import NotFound


async def show(settings: Settings, days: int, console: Console) -> int:
    """Prints who is on call from change to change, then the holes, the changes, and titles that name nobody."""
    zone = ZoneInfo(settings.rota_zone)

    def local(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")

    async with with_store(settings) as store:
        roster = roster_of(settings, store, utc_now)
        await roster.calendars.load()
        await roster.calendars.refresh()
        rota, now = await roster.rota(), utc_now()
        end = now + timedelta(days=days)
        names = {member.id: member.name for member in rota.team}
        edges = {edge for s in rota.shifts for edge in (s.start, s.end)}
        edges |= {edge for o in rota.overrides for edge in (o.start, o.end)}
        before = None
        for left, _ in pairwise([now, *sorted(edge for edge in edges if now < edge < end), end]):
            on_call = rota.at(left)
            if on_call != before:
                first, second = (names.get(who or 0, "nobody") for who in (on_call.first, on_call.second))
                console.print(f"{local(left)}  {first}, then {second}", markup=False)
            before = on_call
        holes = rota.holes(now, end)
        for left, right in holes:
            console.print(f"NOBODY who can be paged: {local(left)} to {local(right)}")
        for o in rota.overrides:
            rank = "second" if o.second else "first"
            console.print(f"change {o.id}: {names.get(o.caseworker)} {rank}, {local(o.start)} to {local(o.end)}")
        for title in sorted({shift.title for shift in rota.unknown()}):
            console.print(f"names no caseworker: {title}", markup=False)
        for number, source in enumerate(roster.calendars.sources, 1):
            if source.fault is not None:
                console.print(f"calendar {number} could not be read now: {source.fault}")
    return int(bool(holes))


async def change(settings: Settings, name: str, start: str, end: str, console: Console, *, second: bool) -> int:
    """Makes a change; times are local times of `INLOOP_ROTA_ZONE`."""
    try:
        span = [datetime.fromisoformat(text) for text in (start, end)]
    except ValueError:
        console.print("A time looks like 2026-12-24T18:00.")
        return 2
    zone = ZoneInfo(settings.rota_zone)
    begins, ends = (moment if moment.tzinfo else moment.replace(tzinfo=zone) for moment in span)
    async with with_store(settings) as store:
        found = [p for p in await store.caseworkers() if p.active and name_key(p.name) == name_key(name)]
        if not found:
            console.print("There is no such caseworker.")
            return 1
        try:
            number = await store.add_override(found[0].id, begins, ends, second=second, by=None)
        except ValueError:
            console.print("It ends before it begins, or is over.")
            return 2
    console.print(f"Change {number} is made.")
    return 0


async def undo(settings: Settings, number: int, console: Console) -> int:
    """Takes a change back."""
    async with with_store(settings) as store:
        try:
            await store.remove_override(number)
        except NotFound:
            console.print("There is no such change.")
            return 1
    console.print("The calendar holds again.")
    return 0
