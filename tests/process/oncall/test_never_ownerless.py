"""500 people in danger within a few minutes, and everything that can break does, at random: paging targets that are
dead, slow or lose the answer, caseworkers who do not react, who claim and say nothing or go offline, gateways that die
in the middle of sending, a database that breaks off before or after it did what it was asked, clocks that jump.

The real ladder on a real database, over real HTTP to a receiver on loopback; only time is the test's. Each is called
within its time, nobody twice on one rung, and no case is lost. The seed is printed and can be given.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.escalation import Rung, rung
from bot.domain.handoff import IllegalMove
from bot.domain.model import Handoff, Outgoing, Sender
from bot.oncall.page_links import Links
from bot.storage.database.errors import AlreadyClaimed, NotOwner
from bot.storage.database.part import Person
from tests.support.faults import Climbed, Flaky
from tests.support.oncall import EMERGENCY, HOLD, KEY, PACES, TIMES, World
from tests.support.pages import BREAKS_OFF, HANGS, REFUSES

pytestmark = pytest.mark.night

CASES = 500
ARRIVE = 180.0
"""Seconds in which all of them write."""
END = 560.0
LOOK = 2.0
ROUNDS = int(END / LOOK)
DEATHS = 12
"""Gateways that die: a number that is given, at places that are not. So it is a bad night whatever the seed."""
BAD = 40
"""Rounds in which a gateway's database breaks off now and then, of each of the two."""
HANG = 0.25
"""Seconds of the real clock that a target hangs: there are hundreds of them."""
LATE = 6.0
"""Seconds of grace for every step: two looks of a gateway and a fault in one of them."""
HOLDS = {urgency: pace.hold for urgency, pace in PACES.items()}
WORKERS = (1, 2, 3, 4)


@dataclass
class Case:
    """What truly happened to one person; times are seconds of the clock that never jumps."""

    person: Person
    number: str
    id: int
    began: float
    acknowledged: list[float] = field(default_factory=list)
    freed: list[float] = field(default_factory=list)


@dataclass
class Night:
    """The night of the 500, with what the people at both ends will do."""

    world: World
    chance: random.Random
    flaky: list[Flaky]
    climbed: list[Climbed]
    links: Links
    cases: dict[str, Case] = field(default_factory=dict)
    plans: list[tuple[float, int, Any]] = field(default_factory=list)
    read: int = 0
    killed: list[float] = field(default_factory=list)
    dies: set[int] = field(init=False)
    bad: tuple[set[int], ...] = field(init=False)
    born: list[tuple[float, int]] = field(default_factory=lambda: [(0.0, 0), (0.0, 1)])
    sick: list[tuple[float, str]] = field(default_factory=list)
    online: set[int] = field(default_factory=lambda: set(WORKERS))
    spoke: set[str] = field(default_factory=set)
    claims: dict[str, float] = field(default_factory=dict)
    signs: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dies = set(self.chance.sample(range(2 * ROUNDS), DEATHS))
        self.bad = tuple(set(self.chance.sample(range(ROUNDS), BAD)) for _ in self.flaky)

    @property
    def now(self) -> float:
        return self.world.steady.now - 1000.0

    @property
    def round(self) -> int:
        return int(self.now / LOOK)

    def oldest(self, at: float) -> float:
        """When the older of the two gateways that lived at `at` was born."""
        return min(max(born for born, place in self.born if place == of and born <= at) for of in (0, 1))

    def unsure(self, at: float) -> bool:
        """Whether a gateway died, or the database broke off, before both had looked at what happened then: whoever
        looks later goes by the time of day, which may have jumped meanwhile."""
        faults = [*(killed + 1000.0 for killed in self.killed), *(t for flaky in self.flaky for t in flaky.broken)]
        return any(at <= fault <= at + 2 * LOOK for fault in faults)

    def plan(self, after: float, what: Any) -> None:
        self.plans.append((self.now + after, len(self.plans), what))

    async def arrive(self) -> None:
        person, number = await self.world.danger()
        case = await self.world.store.case_of(person.conversation)
        assert case is not None
        self.cases[number] = Case(person, number, case.id, self.now)

    def react(self) -> None:
        """What each does who gets a page: nothing, a tap, a claim, or a tap and a claim."""
        for page in self.world.receiver.arrived[self.read :]:
            number, worker, way = page.title[-6:], int(page.to), self.chance.random()
            token = page.body.rpartition("/")[2]
            if way < 0.35:
                continue
            if way < 0.65:
                self.plan(self.chance.uniform(2, 50), lambda token=token: self.tap(token))
            if way < 0.5:  # taps, and never comes
                continue
            later = self.chance.uniform(5, 80)
            self.plan(later, lambda number=number, worker=worker: self.claim(number, worker))
        self.read = len(self.world.receiver.arrived)

    async def tap(self, token: str) -> None:
        read = self.links.read(token)
        assert read is not None
        done = await self.world.store.acknowledge(read[0], HOLDS)
        assert done is not None
        if done.what == "done":
            self.cases[done.number].acknowledged.append(self.now)

    async def claim(self, number: str, worker: int) -> None:
        case = self.cases[number]
        with contextlib.suppress(AlreadyClaimed, IllegalMove):
            owned = await self.world.store.case(case.id)
            await self.world.store.claim(case.id, worker)
            if owned is not None and owned.owner is None:
                self.claims[number] = self.now
            if self.chance.random() < 0.7:
                self.plan(self.chance.uniform(3, 100), lambda: self.speak(number, worker))

    async def speak(self, number: str, worker: int) -> None:
        message = Outgoing(Sender.CASEWORKER, "I am here.")
        with contextlib.suppress(NotOwner):
            await self.world.store.say(self.cases[number].person, f"w{self.now}", message, only_if_owner=worker)
            self.spoke.add(number)

    async def live(self) -> None:
        """Everything that people do until now, and the desks that are open."""
        due = sorted(plan for plan in self.plans if plan[0] <= self.now)
        self.plans = [plan for plan in self.plans if plan[0] > self.now]
        for _, _, what in due:
            await what()
        if int(self.now) % 20 < LOOK:
            for worker in self.online:
                await self.world.store.at_desk(worker)
                self.signs[worker] = self.now

    async def break_things(self) -> None:
        moods = self.world.receiver.moods
        if self.chance.random() < 0.05:  # at most two of the four targets are not well
            moods.clear()
            for who in self.chance.sample(WORKERS, self.chance.randint(0, 2)):
                moods[str(who)] = self.chance.choice([REFUSES, HANGS, BREAKS_OFF])
        if self.chance.random() < 0.02:
            self.world.clock.pass_by(seconds=self.chance.choice([-7200, -600, -45, -5, 5, 45, 600, 7200]))
        if self.chance.random() < 0.03:
            self.online.symmetric_difference_update({self.chance.choice(WORKERS)})
        for flaky, bad in zip(self.flaky, self.bad, strict=True):
            flaky.rate = 0.15 if self.round in bad else 0.0

    async def look(self) -> None:
        """Both gateways look once; now and then one dies in the middle of it and another takes its place."""
        world = self.world
        for place, gateway in enumerate(list(world.gateways)):
            await tries(gateway.look)
            dies = 2 * self.round + place in self.dies
            if dies and self.chance.random() < 0.5:
                await gateway.stop()  # after climbing, before sending
            else:
                await tries(gateway.send)
                if dies:
                    await gateway.stop()  # with pages under way
            if dies:
                self.killed.append(self.now)
                fresh = world.gateway(self.flaky[place])  # type: ignore[arg-type]
                world.gateways.remove(fresh)
                world.gateways[place] = fresh
                self.born.append((self.now, place))
        for gateway in world.gateways:
            await gateway.settle()

    async def nobody_owns_in_silence(self) -> None:
        """Who claims and says nothing, or is away, has the case no longer than they may.

        A gateway that dies takes along how long it has waited: its successor goes by the time of day, which may have
        jumped back, and else counts from its own birth. So time runs from the birth of the older of the living at most.
        """
        oldest = self.oldest(self.now)
        queue = {case.number: case for case in await self.world.store.queue()}
        for owned in await self.world.store.owned():
            claimed, owner = self.claims[owned.number], queue[owned.number].owner
            assert owner is not None
            if owned.spoke_at is None:
                assert self.now - max(claimed, oldest) <= TIMES.word.total_seconds() + LATE, "claimed, and not a word"
            sign = max(claimed, oldest, self.signs.get(owner, 0.0))
            assert self.now - sign <= TIMES.offline.total_seconds() + LATE, "away"


async def tries(what: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """As the running duty does: what broke off is tried again half a second later."""
    for _ in range(3):
        with contextlib.suppress(OperationalError):
            await what()
            return


async def spend(night: Night) -> None:
    arrivals = sorted(night.chance.uniform(0, ARRIVE) for _ in range(CASES))
    while night.now < END:
        await night.break_things()
        while arrivals and arrivals[0] <= night.now:
            arrivals.pop(0)
            await night.arrive()
        await night.live()
        await night.look()
        night.react()
        if int(night.now) % 10 < LOOK:
            await night.nobody_owns_in_silence()
        night.world.pass_by(LOOK)


@pytest.mark.timeout(3600)  # its length is that of what 500 people and four caseworkers do, on whatever machine
async def test_nobody_in_danger_is_ever_without_an_owner(world: World) -> None:
    seed = int(os.environ.get("INLOOP_TEST_SEED", "0")) or random.randrange(1, 10**6)
    print(f"INLOOP_TEST_SEED={seed}")
    chance = random.Random(seed)
    await world.team()
    climbed: list[Climbed] = []
    flaky = [Flaky(world.store, random.Random(seed + i), world.steady, climbed) for i in (1, 2)]
    for each in flaky:
        world.gateway(each)  # type: ignore[arg-type]
    world.receiver.patience = HANG
    night = Night(world, chance, flaky, climbed, Links(KEY, timedelta(days=30), world.clock))
    await spend(night)
    assert len(night.killed) == DEATHS
    assert sum(len(each.broken) for each in flaky) > 30, "it was no bad night: 80 rounds, one call in seven"

    await nobody_is_lost(night)
    nobody_is_called_twice_on_one_rung(night)
    everybody_is_called_in_time(night)


async def nobody_is_lost(night: Night) -> None:
    store = night.world.store
    queue = {case.number: case for case in await store.queue()}
    assert queue.keys() == night.cases.keys(), "a case is gone"
    running = {ladder.number for ladder in await store.ladders()}
    for number, case in queue.items():
        assert (case.state is Handoff.WAITING) == (number in running), "who waits is being called, who has an owner not"
    # Not how many have an owner just now: a clock that jumps ahead before a gateway is born frees nearly all of them.
    assert len(night.spoke) > CASES // 2, "most were helped"
    assert {case.state for case in queue.values()} <= {Handoff.WAITING, Handoff.OWNED}


def nobody_is_called_twice_on_one_rung(night: Night) -> None:
    links = Counter(page.body for page in night.world.receiver.arrived)
    assert max(links.values()) == 1
    read = [night.links.read(link.rpartition("/")[2]) for link in links]
    pages = Counter(found[0] for found in read if found is not None)
    assert max(pages.values()) == 1, "one page, one arrival"
    assert max(Counter((c.ladder, c.rung) for c in night.climbed).values()) == 1


def everybody_is_called_in_time(night: Night) -> None:
    """Every first rung within 5 s of the danger, and every next one within its time after the one before, or after the
    older gateway was born: see `Night.nobody_owns_in_silence`."""
    ladders: dict[int, list[Climbed]] = defaultdict(list)
    first: dict[str, float] = {}
    for climb in night.climbed:
        at = climb.at - 1000.0
        ladders[climb.ladder].append(climb)
        first.setdefault(climb.number, at)
    waits = [first[number] - case.began for number, case in night.cases.items() if number in first]
    unseen = night.cases.keys() - first.keys()
    assert not unseen, "nobody was called"
    assert max(waits) <= 5.0, f"{max(waits):.0f} s"
    for steps in ladders.values():
        held = night.cases[steps[0].number].acknowledged
        for before, after in pairwise(steps):
            assert after.rung > before.rung
            allowed = EMERGENCY.again if rung(before.rung) is Rung.EVERYONE else EMERGENCY.step
            taps = [tap + 1000.0 for tap in held if before.at <= tap + 1000.0 <= after.at]
            latest = max([before.at + allowed.total_seconds(), *(tap + HOLD.total_seconds() for tap in taps)])
            if (oldest := night.oldest(after.at - 1000.0) + 1000.0) > max([before.at, *taps]):
                latest = max(latest, oldest + EMERGENCY.longest.total_seconds())
            for event in (before.at, *taps):
                if night.unsure(event):
                    latest = max(latest, event + EMERGENCY.longest.total_seconds())
            assert after.at <= latest + LATE, (before, after, taps)


