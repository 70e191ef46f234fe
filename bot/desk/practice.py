"""The practice desk: a new caseworker does there everything of a night, with invented persons.

Each session that practises has a room of its own: a store on a new SQLite file in a temporary folder, with keys that
were made for it, and a desk on that store. Nothing in it knows the real store, so that no query of the real desk has to
leave anything out, and no page, figure or audit row of a real case can come from here. No escalation worker looks at
the room: a danger rings on its own desk alone. What is left of a room after a crash are sealed rows without any key.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyotp

from bot.content.practice import InventedPerson
from bot.desk.case_work import CaseWork
from bot.desk.held_replies import HeldSending
from bot.desk.interpreter import Interpreter
from bot.desk.service import Desk
from bot.domain.held_replies import Hold
from bot.domain.model import CaseChange, Sender, Translated, Urgency
from bot.domain.ports import Catalogue
from bot.runtime.logs import practising
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import Live
from bot.storage.database.schema import upgrade
from bot.storage.store import DeskSession, Person, Store

__all__ = ["MOST_ROOMS", "DeskSession", "Practice", "Room", "TooManyPractise"]

log = logging.getLogger(__name__)

LASTS = timedelta(hours=4)
"""How long a room exists at most."""
IDLE = timedelta(minutes=30)
"""How long a room exists without a request: as long as a session."""
SWEPT_EVERY = 60.0
MOST_ROOMS = 8
COLLEAGUE = "Colleague (practice)"
"""Somebody to give a case to."""
ALWAYS_THERE = timedelta(days=1)
"""For how long that colleague counts as being at their desk: longer than any room."""


class TooManyPractise(Exception):
    """The limit `MOST_ROOMS` is reached."""


class PracticeDesk(Desk):
    """A desk whose persons answer by their script: one line for each reply."""

    scripts: dict[int, tuple[Person, InventedPerson, str]]
    """By the conversation: who it is, and in what language they write."""
    keep: Store

    async def reply(
        self, session: DeskSession, case_id: int, client_id: str, text: str, translated: Translated | None = None,
        hold: Hold | None = None,
    ) -> int | None:  # fmt: skip
        seq = await super().reply(session, case_id, client_id, text, translated, hold)
        case = await self.access(session, case_id, owned=True)
        person, who, language = self.scripts[case.conversation]
        replies = sum(m.sender is Sender.CASEWORKER for m in await self.keep.talk(person))
        if 0 < replies <= len(who.then):  # the name of the line: a reply that is repeated gets no second answer
            await say_line(self.keep, person, who, replies, language)
            self._woken(case)
        return seq


async def say_line(store: Store, person: Person, who: InventedPerson, reply: int, language: str) -> None:
    """Write what an invented person says after so many replies; 0: what they say by themselves."""
    for place, line in enumerate(who.first if reply == 0 else who.then[reply - 1 : reply]):
        urgency = Urgency.EMERGENCY if line.signals else Urgency.NONE
        asked = CaseChange(urgency, line.signals) if line.signals or reply == 0 else None
        await store.accept(person, f"practice:{reply}:{place}", line.text(language), case=asked, answered=True)


@dataclass(eq=False)
class Room:
    """One session's practice. `cookie` opens the session of the room's own store; no browser ever has it."""

    store: Store
    desk: PracticeDesk
    work: CaseWork
    live: Live
    interpreter: Interpreter | None
    cookie: str = field(repr=False)
    folder: Path
    begun: datetime
    used: datetime
    held: HeldSending
    tasks: Tasks

    async def close(self) -> None:
        """End it: after this nothing that was written in it exists."""
        self.live.close()
        await self.held.stop()
        await self.tasks.finish(0)
        await self.store.close()
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


class Practice:
    """The rooms, by the id of the real session that practises in each."""

    def __init__(
        self, words: Catalogue, persons: Sequence[InventedPerson], clock: Callable[[], datetime],
        interpreter: Callable[[Desk, Store, Live, Tasks], Interpreter] | None = None, max_text: int = 4000,
    ) -> None:  # fmt: skip
        """`interpreter` makes one for the desk of a room; without it nothing is translated there."""
        self._words = words
        self._persons = persons
        self._clock = clock
        self._interpreter = interpreter
        self._max_text = max_text
        self._rooms: dict[str, Room] = {}
        self._one = asyncio.Lock()
        self._sweeper: asyncio.Task[None] | None = None

    def room(self, session: DeskSession) -> Room | None:
        """Return the room of a real session; None when there is none (any more)."""
        found = self._rooms.get(session.id)
        return None if found is None or self._over(found) else found

    async def begin(self, session: DeskSession, language: str) -> Room:
        """Open a new room for a real session, in place of the one that it has. Raises `TooManyPractise`."""
        async with self._one:
            await self._end(session.id)
            await self._sweep()
            if len(self._rooms) >= MOST_ROOMS:
                raise TooManyPractise
            said = practising.set(True)  # what is started here goes on without a line in the log
            try:
                room = await self._made(session, language)
            finally:
                practising.reset(said)
            self._rooms[session.id] = room
            if self._sweeper is None or self._sweeper.done():
                self._sweeper = asyncio.get_running_loop().create_task(self._sweeping())
            return room

    async def end(self, session: DeskSession) -> None:
        """Forget the room of a real session; none is no error."""
        async with self._one:
            await self._end(session.id)

    async def sweep(self) -> None:
        """Forget the rooms whose time is over."""
        async with self._one:
            await self._sweep()

    async def close(self) -> None:
        """Forget all of them."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        async with self._one:
            for name in list(self._rooms):
                await self._end(name)

    def touch(self, room: Room) -> None:
        """Put off the end of an idle room."""
        room.used = self._clock()

    def _over(self, room: Room) -> bool:
        now = self._clock()
        return room.begun + LASTS <= now or room.used + IDLE <= now

    async def _end(self, name: str) -> None:
        if (room := self._rooms.pop(name, None)) is not None:
            await room.close()

    async def _sweep(self) -> None:
        for name in [name for name, room in self._rooms.items() if self._over(room)]:
            await self._end(name)

    async def _sweeping(self) -> None:
        while self._rooms:
            await asyncio.sleep(SWEPT_EVERY)
            await self.sweep()

    async def _made(self, session: DeskSession, language: str) -> Room:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="inloop-practice-"))
        try:
            url = f"sqlite:///{folder / 'practice.db'}"
            await asyncio.to_thread(upgrade, url)
            store = await Store.open(url, clock=self._clock, root=secrets.token_bytes(32))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            return await self._furnished(store, folder, session, language)
        except BaseException:
            await store.close()
            shutil.rmtree(folder, ignore_errors=True)
            raise

    async def _furnished(self, store: Store, folder: Path, session: DeskSession, language: str) -> Room:
        live, tasks = Live(), Tasks()
        first = await store.invite_first(COLLEAGUE)
        assert first is not None
        _, colleague = await self._joined(store, COLLEAGUE, first)
        cookie, own = await self._joined(store, session.name, await store.invite(session.name, colleague))
        await store.at_desk(colleague.caseworker)
        await store.set_caseworker_language(own.caseworker, language)
        desk = PracticeDesk(store=store, words=self._words, live=live, max_text=self._max_text, clock=self._clock)
        desk.keep, desk.scripts = store, {}
        for who in self._persons:
            writes = who.writes_in(language)
            person = (await store.create_conversation(writes)).person
            desk.scripts[person.conversation] = (person, who, writes)
            await say_line(store, person, who, 0, writes)
        work = CaseWork(desk, store, self._words, live, ALWAYS_THERE, self._max_text)
        interpreter = None if self._interpreter is None else self._interpreter(desk, store, live, tasks)
        held, now = HeldSending(store, live), self._clock()
        held.start()
        return Room(store, desk, work, live, interpreter, cookie, folder, now, now, held, tasks)

    async def _joined(self, store: Store, name: str, secret: str) -> tuple[str, DeskSession]:
        """Let somebody in by the store's own doors, with a password and a code that nobody ever learns."""
        password, totp, now = secrets.token_urlsafe(32), pyotp.TOTP(pyotp.random_base32()), self._clock()
        await store.accept_invite(secret, password, totp.secret, totp.at(now - timedelta(seconds=30)))
        return await store.log_in(name, password, totp.at(now))
