"""Somebody is always called, and whoever is called must come: the ladder, the watch over owners, the holes in the rota.

Every gateway does all of it. What one does is done in one transaction that another would lose, so it happens once; what
one leaves undone because it dies, another does, or the same one after its restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.escalation import RUNGS, Paces, Reach, climb, rung
from bot.domain.model import Urgency
from bot.domain.organisations import EVERY, FIRST
from bot.domain.ports import Telling
from bot.domain.rota import Rota
from bot.oncall.pager import Pager
from bot.oncall.ports import Ladder, Store, Waker
from bot.oncall.roster import Roster
from bot.oncall.steady_timers import Timers

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds between two looks at what is due; a wake-up only makes it sooner."""
AGAIN = 0.5
"""Seconds until what broke off is tried again."""
TIDY_EVERY = 3600.0
FLOOD_AT_ONCE = 50
"""Ladders of floods that are climbed in one round."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long things may take. `word`: from a claim to the owner's first word. `offline`: without a sign of life from
    an owner's desk. `warn`: how long before a hole in the rota its coordinator is warned."""

    word: timedelta
    offline: timedelta
    warn: timedelta
    refresh: timedelta = timedelta(minutes=15)


KEPT = timedelta(days=90)
STILL = timedelta(minutes=10)
"""After which a person who waits for somebody is told once more who answers day and night."""
BEGINS = timedelta(minutes=30)
"""For how long after its start a shift has only just begun: who begins is told so late, when a gateway was down."""


class Duty:
    """All of it, in rounds. `steady` counts seconds and never jumps; `flood`: the flood of alarms that a conversation's
    is part of."""

    def __init__(
        self,
        store: Store,
        roster: Roster,
        pager: Pager,
        telling: Telling,
        paces: Paces,
        times: Times,
        *,
        waker: Waker,
        topic: str,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        flood: Callable[[int], int | None] = lambda _: None,
    ) -> None:
        self._store = store
        self.roster = roster
        self._pager = pager
        self._telling = telling
        self.paces = paces
        self._times = times
        self._waker = waker
        self._topic = topic
        self._zone = zone
        self._clock = clock
        self._flood = flood
        self._climbing = Timers(clock, steady)
        self._watching = Timers(clock, steady)
        self._waiting = Timers(clock, steady)
        self._begun: set[tuple[datetime, int]] = set()
        self._offered: set[tuple[str, datetime]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        work = (
            (self.look, LOOK_EVERY), (self.send, LOOK_EVERY),
            (self.refresh, self._times.refresh.total_seconds()), (self.tidy, TIDY_EVERY),
        )  # fmt: skip
        self._tasks = [loop.create_task(self._keep(what, every)) for what, every in work]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._pager.close()

    async def look(self) -> None:
        """One round: owners who say nothing or are away, who begins to work, the rungs that are due, who waits long."""
        await self._watch()
        ladders = await self._store.ladders()
        await self._tell_beginners([ladder for ladder in ladders if ladder.urgency is Urgency.NONE])
        await self._climb(ladders)
        await self._offer_helpline(ladders)

    async def send(self) -> None:
        """Sends what is due. Beside `look`: a slow target holds up no ladder."""
        await self._pager.send_due()

    async def settle(self) -> None:
        """Waits for the pages that are under way."""
        await self._pager.settle()

    async def refresh(self) -> None:
        """Reads the calendars anew, and looks ahead in them."""
        await self.roster.calendars.refresh()
        await self.look_ahead()
        if await self._store.free_stranded():
            self._waker.wake(self._topic)

    async def somebody(
        self, urgency: Urgency = Urgency.NONE, organisation: int = FIRST, *, in_vain: bool = False
    ) -> bool:
        """Whether somebody can be expected to come to a case: at the desk, or called at this hour. `in_vain`: everyone
        was called already, and no page has arrived."""
        if await self.roster.at_desk(organisation):
            return True
        if in_vain:
            return False
        if not self.paces[urgency].calls(self._clock().astimezone(self._zone)):
            return False
        reach = await self.roster.reach(organisation)
        return reach.on_call if self.roster.planned else bool(reach.everyone)

    async def look_ahead(self) -> None:
        """Warns the coordinators of holes in the rota that are near, once of each."""
        if not self.roster.known:
            return
        now = self._clock()
        everybody = await self.roster.rota()
        for organisation in await self.roster.organisations() or (FIRST,):
            for start, end in everybody.of(organisation).holes(now, now + self._times.warn):
                begins = _last_end(everybody, now) if start == now else start
                local = [moment.astimezone(self._zone).strftime("%d/%m %H:%M") for moment in (start, end)]
                payload = json.dumps({"when": " - ".join(local), "organisation": organisation})
                if await self._store.warn_hole(begins, payload, organisation):
                    log.warning("rota.hole", extra={"begins": start.isoformat(), "ends": end.isoformat()})
                    self._waker.wake(self._topic)

    async def tidy(self) -> None:
        await self._store.drop_ladders(self._clock() - KEPT)
        await self._store.tidy_rota()

    async def _tell_beginners(self, quiet: Sequence[Ladder]) -> None:
        """Tells whoever begins a shift how many wait without danger, at whatever hour: nobody may have been called."""
        if not quiet:
            return
        now, everybody = self._clock(), await self.roster.rota()
        for organisation in {member.organisation for member in everybody.team}:
            begun = everybody.of(organisation).begun(now, BEGINS)
            if begun is None or begun in self._begun:
                continue
            start, who = begun
            theirs = [one for one in quiet if one.organisation in (organisation, EVERY) and one.began_at <= start]
            if theirs and await self._store.tell_beginner(start, who, len(theirs)):
                self._waker.wake(self._topic)
            self._begun.add(begun)
        self._begun = {begun for begun in self._begun if now - begun[0] < BEGINS}

    async def _climb(self, ladders: Sequence[Ladder]) -> None:
        keys = {ladder.id: (ladder.id, ladder.rung, ladder.due_at) for ladder in ladders}
        local = self._clock().astimezone(self._zone)
        due = [
            ladder for ladder in ladders
            if self._climbing.over(keys[ladder.id], self._due_at(ladder), self._longest(ladder))
            and self.paces[ladder.urgency].calls(local)
        ]  # fmt: skip
        self._climbing.keep(set(keys.values()))
        if not due:
            return
        working = await self.roster.organisations()
        for ladder in self._in_turn(due):
            among_others = bool(working) and list(working) != [ladder.organisation]
            whose = await self._whose(ladder) if among_others else EVERY
            pace, danger = self.paces[ladder.urgency], ladder.urgency is not Urgency.NONE
            reach = await self.roster.reach(whose, ladder.language, apart=not danger)
            number, addressees = climb(ladder.rung, reach)
            wait = pace.until_next(number, self._clock())
            if danger and whose != EVERY:  # the others are not kept waiting for a whole round of everyone
                wait = min(wait, pace.step)
            due_at = await self._store.climb(ladder, number, addressees, wait)
            if due_at is None:
                continue
            self._climbing.over((ladder.id, number, due_at), due_at, wait)  # from here on whatever the clock does
            extra = {"case": ladder.number, "rung": rung(number).value, "people": len(addressees)}
            log.info("ladder.climbed", extra=extra)
            if among_others and whose == EVERY:
                name = f"all:{ladder.id}"
                await self._telling.waiting(ladder.conversation, ladder.language, name, "handoff.all_asked")
            if danger:  # without it that was said when they asked
                await self._tell_who_comes(ladder, reach, called=bool(addressees))
        self._waker.wake(self._topic)

    def _in_turn(self, due: Sequence[Ladder]) -> list[Ladder]:
        """Return what is climbed in this round: those of floods last, and few of them, so that nobody who comes
        meanwhile waits for all of them. The rest follows in the next round, which begins at once."""
        alone = [ladder for ladder in due if self._flood(ladder.conversation) is None]
        return alone + [ladder for ladder in due if self._flood(ladder.conversation) is not None][:FLOOD_AT_ONCE]

    async def _tell_who_comes(self, ladder: Ladder, reach: Reach, *, called: bool) -> None:
        """Tells a person in danger that nobody is on call, or that nobody can be called. An open desk rings: who sits
        at it is somebody."""
        if called and (ladder.rung > 0 or reach.on_call or not self.roster.planned):
            return
        name, key = f"nobody:{ladder.id}", "handoff.nobody_on_call"
        if await self.roster.at_desk(ladder.organisation):
            if called:
                return  # a page that arrives is told
            name, key = f"asked:{ladder.id}", "handoff.waiting"
        await self._telling.waiting(ladder.conversation, ladder.language, name, key)

    async def _offer_helpline(self, ladders: Sequence[Ladder]) -> None:
        """Says once, to whoever has waited for ten minutes, that nobody has come yet and who answers day and night."""
        waits = {(one.number, one.waiting_since): one for one in ladders}
        for key, one in waits.items():
            if key in self._offered or not self._waiting.over(key, one.waiting_since + STILL, STILL):
                continue
            name = f"still:{one.number}:{one.waiting_since.timestamp()}"
            await self._telling.waiting(one.conversation, one.language, name, "handoff.still_waiting")
            self._offered.add(key)
        self._offered &= waits.keys()
        self._waiting.keep(waits.keys())

    def _due_at(self, ladder: Ladder) -> datetime:
        return ladder.due_at if ladder.rung else ladder.due_at + self.paces[ladder.urgency].first

    def _longest(self, ladder: Ladder) -> timedelta:
        """What is left until the next rung at most, whatever the time of day has become since: no pause is as long as
        that after an acknowledgement."""
        pace = self.paces[ladder.urgency]
        if ladder.rung == 0:
            return pace.first
        return pace.longest if ladder.acknowledged else pace.after(ladder.rung)

    async def _whose(self, ladder: Ladder) -> int:
        """Whose people are called next. In danger, when nobody of its organisation has come, or can be reached, the
        case belongs to every one from now. Without danger it goes to another one with the person's leave alone."""
        if ladder.organisation == EVERY or ladder.urgency is Urgency.NONE:
            return ladder.organisation
        if ladder.rung < len(RUNGS) and (await self.roster.reach(ladder.organisation)).everyone:
            return ladder.organisation
        if await self._store.offer_to_all(ladder.id, ladder.conversation):
            log.warning("case.offered_to_all", extra={"case": ladder.number})
        return EVERY

    async def _watch(self) -> None:
        cases = await self._store.owned()
        seen = set()
        for case in cases:
            word = ("word", case.id, case.claimed_at)
            away = ("away", case.id, case.claimed_at, case.seen_at)
            seen |= {word, away}
            if case.quiet:
                continue
            sign = max(filter(None, (case.claimed_at, case.seen_at)))
            silent = case.spoke_at is None and self._watching.over(
                word, case.claimed_at + self._times.word, self._times.word
            )
            gone = self._watching.over(away, sign + self._times.offline, self._times.offline)
            missed = case.urgency is not Urgency.NONE or case.waits
            if not silent and not (gone and missed):
                continue
            if await self._store.lapse(case.id, case.claimed_at, case.seen_at, silent=silent):
                log.warning("case.offered_again", extra={"case": case.number, "reason": "silent" if silent else "away"})
                name = f"again:{case.id}:{case.claimed_at.timestamp()}"
                await self._telling.waiting(case.conversation, case.language, name, "handoff.asked_again")
                # In danger the ladder that begins anew says so.
                if case.urgency is Urgency.NONE and not await self.somebody(organisation=case.organisation):
                    name, key = f"no:{name}", "handoff.nobody_on_call"
                    await self._telling.waiting(case.conversation, case.language, name, key)
        self._watching.keep(seen)

    async def _keep(self, what: Callable[[], Coroutine[Any, Any, None]], every: float) -> None:
        while True:
            waiter = self._waker.listen(self._topic) if every == LOOK_EVERY else None
            pause = every
            try:
                await what()
            except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the calling
                log.error("duty.failed", extra={"error": type(error).__name__, "what": what.__name__})
                pause = min(every, AGAIN)
            if waiter is None:
                await asyncio.sleep(pause)
            else:
                await self._waker.wait(self._topic, waiter, pause)


def _last_end(rota: Rota, now: datetime) -> datetime:
    """When the last shift ended: so a hole that has begun is the same hole at every look."""
    ended = [s.end for s in rota.shifts if s.end <= now] + [o.end for o in rota.overrides if o.end <= now]
    return max(ended, default=now.replace(hour=0, minute=0, second=0, microsecond=0))
