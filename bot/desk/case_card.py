"""What a caseworker writes on top of a case: a summary line, deadlines, links to other cases; and the person's return
code, made anew. Every operation goes through `Desk.access`, as all of the desk's do."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime

from bot.desk.service import Desk
from bot.desk.supervision import Looking
from bot.domain import deadlines, message_text
from bot.domain.audit import Deed
from bot.domain.deadlines import KINDS
from bot.domain.model import Case, Outgoing, Sender, Urgency
from bot.domain.ports import Catalogue
from bot.domain.return_code_message import KEY, with_code
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.store import Deadline, DeskSession, Store

log = logging.getLogger(__name__)

LONGEST_SUMMARY = 200


@dataclass(frozen=True, slots=True, repr=False)
class Linked:
    """A link to a case of one's own organisation: which link, and the case, of which nothing is read."""

    name: str
    case: Case


@dataclass(frozen=True, slots=True)
class Judged:
    """The urgency that a caseworker set by hand, why and when."""

    urgency: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Card:
    """What stands on top of a case."""

    summary: str
    deadlines: list[Deadline]
    links: list[Linked]
    judged: Judged | None = None


class CaseFile:
    """Each call names the session of the one who asks."""

    def __init__(self, desk: Desk, store: Store, words: Catalogue, live: Live) -> None:
        self._desk = desk
        self._store = store
        self._words = words
        self._live = live
        self._looking = Looking(store)

    async def card(self, session: DeskSession, case_id: int) -> Card:
        """For whoever may read the conversation."""
        case, person = await self._desk.opened(session, case_id)
        links = []
        for link in await self._store.links(case.id, person):
            other = await self._store.case_by_number(link.number)
            if other is not None and self._desk.sees(session, other):
                links.append(Linked(link.name, other))
        summary = await self._store.summary(case.id, person)
        return Card(summary, await self._store.deadlines(case.id, person), links, await self._judged(case))

    async def _judged(self, case: Case) -> Judged | None:
        row = await self._store.last_deed(Deed.URGENCY, case.number)
        if row is None:
            return None
        names = {one.id: one.name for one in await self._store.caseworkers()}
        return Judged(row.detail, row.reason, names.get(row.actor or 0, ""), row.at)

    async def judge(self, session: DeskSession, case_id: int, urgency: Urgency, reason: str) -> None:
        """Set the urgency of an owned case. Raises `NotOwner`, and ValueError for a reason that does not go with the
        change."""
        case = await self._desk.access(session, case_id, owned=True)
        await self._store.judge_urgency(case.id, session.caseworker, urgency, reason)
        extra = {"case": case.number, "caseworker": session.caseworker, "urgency": urgency.value}
        log.info("case.urgency", extra=extra)
        self._live.wake(DESK)

    async def set_summary(self, session: DeskSession, case_id: int, text: str) -> None:
        """An empty one takes it away. Raises `intake.Refused`, `NotOwner`."""
        case, person = await self._desk.opened(session, case_id)
        line = " ".join(message_text.clean(text, LONGEST_SUMMARY).split()) if text.strip() else ""
        await self._store.set_summary(case.id, person, session.caseworker, line)
        self._live.wake(DESK)

    def periods(self) -> dict[str, tuple[int, bool] | None]:
        """The kinds of deadlines; for those that begin on a day, how long they last, and whether in months."""
        return {kind: deadlines.length(kind, self._words.fact) for kind in KINDS}

    async def add_deadline(self, session: DeskSession, case_id: int, kind: str, day: date) -> None:
        """`day`: when a period of that kind began, or for a kind without one the day itself. Raises `NotOwner`,
        `TooManyKept`, and KeyError for a kind that is none."""
        case, person = await self._desk.opened(session, case_id)
        length = deadlines.length(kind, self._words.fact)
        on = day if length is None else deadlines.end(day, length[0], months=length[1])
        await self._store.add_deadline(case.id, person, session.caseworker, kind, on)
        self._live.wake(DESK)

    async def remove_deadline(self, session: DeskSession, case_id: int, name: str) -> None:
        """Raises `NotOwner`."""
        case = await self._desk.access(session, case_id, owned=True)
        await self._store.remove_deadline(case.id, session.caseworker, name)
        self._live.wake(DESK)

    async def due_days(self, session: DeskSession) -> list[tuple[Case, date, str]]:
        """The deadlines of the organisation's cases, the earliest first: the case, the day, which one."""
        return await self._store.due_days(session.organisation)

    async def link(self, session: DeskSession, case_id: int, number: str) -> None:
        """Link an owned case with the case of that number, which may be a colleague's. Raises `NotFound` also for a
        case of another organisation, `Gone`, `NotReadable`, `NotOwner`, `TooManyKept`."""
        case, person = await self._desk.opened(session, case_id)
        other = await self._looking.find(session, number)
        their = await self._store.open_closed(other.id, session)
        await self._store.link(case.id, person, session.caseworker, other, their)
        self._live.wake(DESK)

    async def unlink(self, session: DeskSession, case_id: int, name: str) -> None:
        """Raises `NotOwner`."""
        case, person = await self._desk.opened(session, case_id)
        await self._store.unlink(case.id, person, session.caseworker, name)
        self._live.wake(DESK)

    async def renew_code(self, session: DeskSession, case_id: int, client_id: str) -> None:
        """Another return code, which the person reads in the talk and the caseworker does not. The same `client_id`
        again makes no other one. Raises `NotOwner`."""
        case, person = await self._desk.opened(session, case_id)

        def told(code: str) -> Outgoing:
            return with_code(self._desk.speaker(person).say(KEY, sender=Sender.SYSTEM), code)

        name = f"code:{session.caseworker}:{client_id}"
        if await self._store.renew_code(person, name, session.caseworker, told):
            log.info("case.code_renewed", extra={"case": case.number, "caseworker": session.caseworker})
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)
