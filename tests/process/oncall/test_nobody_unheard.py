"""Whoever asks for a person, in danger or not, is heard in time: a page arrives somewhere, or a caseworker takes the
case. And again whenever it has nobody any more, whatever breaks: paging targets, desks, gateways, the database. What
the person is told of where they stand is true meanwhile.

The real ladder on a real database, over real HTTP to a receiver on loopback; only time is the test's.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.handoff import IllegalMove
from bot.domain.model import Handoff, Outgoing, Sender, Urgency
from bot.storage.database.errors import AlreadyClaimed, NotOwner
from bot.storage.database.part import Person
from tests.support.faults import Flaky
from tests.support.oncall import PACES, STEP, World
from tests.support.pages import BREAKS_OFF, HANGS, REFUSES

LOOK = 2.0
ARRIVE = 60.0
"""Seconds in which all of them write."""
LATE = 6.0
"""Seconds of grace: two looks of a gateway and a fault in one of them."""
WORKERS = (1, 2, 3, 4)
IN_TIME = {urgency: (pace.first + STEP).total_seconds() + LATE for urgency, pace in PACES.items()}
"""Until somebody is reached: the time of the first page, and what dead targets may cost, which is no whole step."""


@dataclass
class Case:
    """One person, since when they wait for somebody (each time anew), and when somebody was there."""

    person: Person
    id: int
    urgency: Urgency
    waits: list[float]
    taken: list[float] = field(default_factory=list)


@dataclass
class Night:
    """What people at both ends do, and everything that breaks."""

    world: World
    chance: random.Random
    flaky: list[Flaky]
    dies: set[int]
    cases: dict[str, Case] = field(default_factory=dict)
    plans: list[tuple[float, int, Callable[[], Coroutine[Any, Any, None]]]] = field(default_factory=list)
    read: int = 0

    @property
    def now(self) -> float:
        return self.world.steady.now

    def plan(self, after: float, what: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.plans.append((self.now + after, len(self.plans), what))

    async def arrive(self, urgency: Urgency) -> None:
        person, number = await (self.world.asks() if urgency is Urgency.NONE else self.world.danger(urgency))
        case = await self.world.store.case_of(person.conversation)
        assert case is not None
        self.cases[number] = Case(person, case.id, urgency, [self.now])

    async def status_lines_are_true(self) -> None:
        """What each is told: since when they wait, whether a page has arrived somewhere, that somebody has them."""
        began = self.world.clock() - timedelta(seconds=self.now)
        lapsed = [lapse for flaky in self.flaky for lapse in flaky.lapsed]
        sent = [page for flaky in self.flaky for page in flaky.sent]
        for number, case in self.cases.items():
            since = max([case.waits[0], *(at for case_id, at in lapsed if case_id == case.id)])
            stands = await self.world.store.standing(case.person.conversation)
            assert stands is not None
            if case.taken and case.taken[-1] >= since:
                assert stands.state is Handoff.OWNED
                continue
            assert (stands.state, stands.since) == (Handoff.WAITING, began + timedelta(seconds=since))
            assert stands.called is any(of == number and at >= since for of, at in sent)

    async def take(self, number: str, worker: int) -> None:
        """Somebody takes the case; half of them then say nothing: the desk is gone."""
        case = self.cases[number]
        with contextlib.suppress(AlreadyClaimed, IllegalMove):
            before = await self.world.store.case(case.id)
            await self.world.store.claim(case.id, worker)
            if before is not None and before.owner is None:
                case.taken.append(self.now)
                if self.chance.random() < 0.5:
                    self.plan(self.chance.uniform(3, 100), lambda: self.speak(case, worker))

    async def speak(self, case: Case, worker: int) -> None:
        with contextlib.suppress(NotOwner):
            words = Outgoing(Sender.CASEWORKER, "I am here.")
            await self.world.store.say(case.person, f"w{self.now}", words, only_if_owner=worker)

    def react(self) -> None:
        """Some who get a page take the case; of those who get one for several, nobody."""
        for page in self.world.receiver.arrived[self.read :]:
            number, worker = page.title[-6:], int(page.to)
            if number in self.cases and self.chance.random() < 0.3:
                self.plan(self.chance.uniform(5, 60), lambda number=number, worker=worker: self.take(number, worker))
        self.read = len(self.world.receiver.arrived)

    async def live(self) -> None:
        due = sorted(plan for plan in self.plans if plan[0] <= self.now)
        self.plans = [plan for plan in self.plans if plan[0] > self.now]
        for _, _, what in due:
            await what()
        if self.chance.random() < 0.05:  # somebody at the desk, without a page
            number = self.chance.choice([*self.cases, ""])
            if number:
                await self.take(number, self.chance.choice(WORKERS))
        for worker in WORKERS[:2]:  # the desks of the others are gone
            await self.world.store.at_desk(worker)

    def break_things(self, count: int) -> None:
        moods = self.world.receiver.moods
        if self.chance.random() < 0.05:  # at most two of the four targets are not well
            moods.clear()
            for who in self.chance.sample(WORKERS, self.chance.randint(0, 2)):
                moods[str(who)] = self.chance.choice([REFUSES, HANGS, BREAKS_OFF])
        for place, flaky in enumerate(self.flaky):
            flaky.rate = 0.15 if (count + place) % 7 == 0 else 0.0

    async def look(self, count: int) -> None:
        for place, gateway in enumerate(list(self.world.gateways)):
            await tries(gateway.look)
            dies = 2 * count + place in self.dies
            if not dies or self.chance.random() < 0.5:
                await tries(gateway.send)
            if dies:  # after climbing and before sending, or with pages under way; and another takes its place
                await gateway.stop()
                fresh = self.world.gateway(self.flaky[place])  # type: ignore[arg-type]
                self.world.gateways.remove(fresh)
                self.world.gateways[place] = fresh
        for gateway in self.world.gateways:
            await gateway.settle()


async def tries(what: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """As the running duty does: what broke off is tried again half a second later."""
    for _ in range(3):
        with contextlib.suppress(OperationalError):
            await what()
            return


@pytest.mark.timeout(3600)  # its length is that of what so many people do, on whatever machine
@pytest.mark.parametrize(
    ("each", "end"), [pytest.param(8, 420.0, id="push"), pytest.param(500, 600.0, id="night", marks=pytest.mark.night)]
)
async def test_nobody_is_unheard(world: World, each: int, end: float) -> None:
    seed = int(os.environ.get("INLOOP_TEST_SEED", "0")) or (each if each < 500 else random.randrange(1, 10**6))
    print(f"INLOOP_TEST_SEED={seed}")
    chance = random.Random(seed)
    await world.team()
    flaky = [Flaky(world.store, random.Random(seed + i), world.steady, []) for i in (1, 2)]
    for one in flaky:
        world.gateway(one)  # type: ignore[arg-type]
    world.receiver.patience = 0.25
    rounds = int(end / LOOK)
    night = Night(world, chance, flaky, set(chance.sample(range(2 * rounds), 12)))
    arrivals = sorted((chance.uniform(0, ARRIVE), urgency) for urgency in (Urgency.NONE, Urgency.EMERGENCY) * each)
    for count in range(rounds):
        night.break_things(count)
        while arrivals and arrivals[0][0] <= count * LOOK:
            await night.arrive(arrivals.pop(0)[1])
        await night.live()
        await night.look(count)
        night.react()
        if count % 20 == 0:
            await night.status_lines_are_true()
        world.pass_by(LOOK)
    everybody_was_heard_in_time(night)


def everybody_was_heard_in_time(night: Night) -> None:
    """Each time that somebody waits, a page arrives in time, or the case is taken."""
    assert len(night.cases) > 0
    heard: dict[str, list[float]] = defaultdict(list)
    for flaky in night.flaky:
        for number, at in flaky.sent:
            heard[number].append(at)
        for case_id, at in flaky.lapsed:
            next(case for case in night.cases.values() if case.id == case_id).waits.append(at)
    again = 0
    for number, case in night.cases.items():
        for since in case.waits:
            latest = since + IN_TIME[case.urgency]
            if latest > night.now:
                continue  # the night ended before
            again += since != case.waits[0]
            assert any(since <= at <= latest for at in (*heard[number], *case.taken)), (number, case.urgency, since)
    assert again > 0, "nobody was left alone by an owner"
