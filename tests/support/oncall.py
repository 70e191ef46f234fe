"""A team, its gateways on one database, and a clock that the test moves: the real ladder, end to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from bot import content
from bot.conversation.notices import Notices
from bot.conversation.service import Service, Standing
from bot.conversation.sessions import Session
from bot.domain.escalation import Hours, Pace
from bot.domain.model import CaseChange, Urgency
from bot.domain.rota import Shift
from bot.oncall.calendars import Calendars
from bot.oncall.escalation_worker import Duty, Times
from bot.oncall.page_links import Links
from bot.oncall.pager import Pager
from bot.oncall.roster import Roster
from bot.oncall.web_push import WebPush
from bot.runtime.wakeups import DESK, Live
from bot.storage.database.part import Person
from bot.storage.store import PageAddress, Store
from bot.storage.tables.conversations import caseworkers
from tests.support.databases import Clock
from tests.support.pages import Receiver
from tests.support.steady import Steady

KEY = b"k" * 32
ZONE = ZoneInfo("Europe/Brussels")
ADDRESS = "https://chat.example.org"
STEP, AGAIN, HOLD = timedelta(seconds=60), timedelta(seconds=300), timedelta(seconds=120)
EMERGENCY = Pace(STEP, AGAIN, HOLD)
URGENT = Pace(5 * STEP, 3 * AGAIN, 3 * HOLD)
QUIET = Pace(
    10 * STEP, 12 * AGAIN, 3 * HOLD, first=timedelta(seconds=120), hours=Hours.read("08:00-22:00"), together=True
)
PACES = {Urgency.EMERGENCY: EMERGENCY, Urgency.URGENT: URGENT, Urgency.NONE: QUIET}
TIMES = Times(word=timedelta(seconds=120), offline=timedelta(seconds=300), warn=timedelta(hours=48))

FIRST, SECOND, COORDINATOR, OTHER = 1, 2, 3, 4
NAMES = {FIRST: "An", SECOND: "Bart", COORDINATOR: "Chris", OTHER: "Dina"}


@dataclass
class World:
    """`gateways` share the store's database; each has its own timers and its own sender."""

    store: Store
    words: content.Catalogue
    clock: Clock
    receiver: Receiver
    folder: Path
    shifts: Sequence[Shift] = ()
    planned: bool = True
    team_urls: Sequence[str] = ()
    steady: Steady = field(default_factory=Steady)
    live: Live = field(default_factory=Live)
    flood: Callable[[int], int | None] = lambda _: None
    push: WebPush | None = None
    gateways: list[Duty] = field(default_factory=list)

    async def team(self, *without: int) -> None:
        """Four caseworkers, one of them the coordinator; with page addresses, but for some."""
        row = {"active": True, "public": b"", "wrapped": b"", "salt": b"", "totp_step": 0, "passes": 1}
        row |= {"memory_mib": 1, "totp_wrapped": b"", "created_at": self.clock()}
        roles = {COORDINATOR: "coordinator"}
        rows = [
            row | {"id": i, "name": name, "name_key": name.lower(), "role": roles.get(i, "caseworker")}
            for i, name in NAMES.items()
        ]
        async with self.store._db.write() as connection:
            await connection.execute(insert(caseworkers), rows)
        for who in NAMES:
            if who not in without:
                await self.store.set_page_address(who, PageAddress((self.receiver.url(who),)), KEY)

    def gateway(self, store: Store | None = None) -> Duty:
        store = store or self.store
        calendars = Calendars(["planned.ics"] if self.planned else [], self.folder, ZONE, self.clock)
        for source in calendars.sources:
            source.shifts, source.good_at = tuple(self.shifts), self.clock()
        roster = Roster(store, calendars, self.team_urls, KEY, self.clock, TIMES.offline, web_push=bool(self.push))
        telling = Notices(store, self.words, self.live)
        links = Links(KEY, timedelta(hours=1), self.clock)
        pager = Pager(
            store, roster, links, telling, PACES,
            words=self.words, language="en", address=ADDRESS, clock=self.clock, steady=self.steady,
            flood=self.flood, push=self.push,
        )  # fmt: skip
        made = Duty(
            store, roster, pager, telling, PACES, TIMES,
            waker=self.live, topic=DESK, zone=ZONE, clock=self.clock, steady=self.steady,
            flood=self.flood,
        )  # fmt: skip
        self.gateways.append(made)
        return made

    def pass_by(self, seconds: float) -> None:
        self.clock.pass_by(seconds=seconds)
        self.steady.now += seconds

    async def round(self) -> None:
        """One look of every gateway, and everything that follows from it until it is done."""
        for gateway in self.gateways:
            await gateway.look()
            await gateway.send()
        for gateway in self.gateways:
            await gateway.settle()

    async def danger(self, urgency: Urgency = Urgency.EMERGENCY, language: str = "en") -> tuple[Person, str]:
        """A person in danger, and the number of their case."""
        person = (await self.store.create_conversation(language)).person
        await self.store.accept(person, "1", "he keeps us here", case=CaseChange(urgency, ("confined",), page=True))
        case = await self.store.case_of(person.conversation)
        assert case is not None
        return person, case.number

    async def turns_dangerous(self, person: Person, urgency: Urgency = Urgency.EMERGENCY) -> None:
        """They write of danger, where there was none or less."""
        await self.store.accept(person, "worse", "he is here", case=CaseChange(urgency, ("threat",), page=True))

    async def asks(self, language: str = "en") -> tuple[Person, str]:
        """A person who asks for a caseworker and says nothing of danger, and the number of their case."""
        person = (await self.store.create_conversation(language)).person
        await self.store.accept(person, "1", "a person please", case=CaseChange(Urgency.NONE))
        case = await self.store.case_of(person.conversation)
        assert case is not None
        return person, case.number

    async def stands(self, person: Person) -> Standing:
        """Where the conversation stands, as its person is told by the first gateway."""
        service = Service(
            store=self.store, words=self.words, understanding=None, engine=None, live=self.live, sessions=None,
            tasks=None, limits=None, max_text=1, somebody=self.gateways[0].somebody,
        )  # type: ignore[arg-type]  # fmt: skip
        found = await service.standing(Session(person, b"", 0.0))
        assert found is not None
        return found

    async def told(self, person: Person) -> list[str]:
        """The keys of what the person was told."""
        return [message.key for message in await self.store.messages(person) if message.key]

    def paged(self, number: str) -> list[str]:
        """To whom pages of this case arrived, in order."""
        return [page.to for page in self.receiver.arrived if page.title.endswith(number)]

    async def close(self) -> None:
        for gateway in self.gateways:
            await gateway.stop()


def week(clock: Clock, first: str = "An", second: str | None = "Bart") -> list[Shift]:
    """One week of shifts around now."""
    start, end = clock() - timedelta(days=3), clock() + timedelta(days=4)
    shifts = [Shift(start, end, f"Wacht {first}")]
    return shifts if second is None else [*shifts, Shift(start, end, f"2e wacht {second}", second=True)]


def at(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%a %d/%m %H:%M")
