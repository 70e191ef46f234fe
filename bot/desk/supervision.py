"""A coordinator's look at a case that is a colleague's, or is closed: with a reason, and never without a row of the
audit log. Nothing is changed by it; the owner stays the owner."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from bot.domain.audit import REASONS, Deed
from bot.domain.forms import Sheet
from bot.domain.model import Case, Handoff, Message
from bot.domain.organisations import sees
from bot.domain.return_code_message import hidden
from bot.domain.roles import supervises
from bot.storage.database.errors import Forbidden, NotFound
from bot.storage.store import DeskSession, Person, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case with everything in it. `why`: why it was opened and raised."""

    case: Case
    messages: list[Message] = field(repr=False)
    sheet: Sheet
    why: tuple[str, ...] = field(repr=False)


class Looking:
    """Each call names the session of the one who asks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def look(self, session: DeskSession, number: str, reason: str) -> Opened:
        """The case of that number. Raises `Forbidden` for whoever is no coordinator, `NotFound`, `Gone` when it was
        deleted, `NotReadable`, and ValueError for a reason that is none."""
        if not supervises(session.role):
            raise Forbidden
        if reason not in REASONS:
            raise ValueError("no such reason")
        case = await self.find(session, number)
        person = await self._store.open_closed(case.id, session)
        await self._store.note_deed(Deed.LOOKED, session.caseworker, case=case.number, reason=reason)
        log.info("case.looked", extra={"case": case.number, "caseworker": session.caseworker})
        return await self.whole(case, person)

    async def find(self, session: DeskSession, number: str) -> Case:
        """The case of a number as somebody types it; raises `NotFound`, also for a case of another organisation."""
        typed = "".join(number.upper().split())
        case = await self._store.case_by_number(typed)
        if case is None or not sees(session.organisation, case.organisation):
            raise NotFound("there is no such case")
        return case

    async def whole(self, case: Case, person: Person) -> Opened:
        """Everything in an opened case. Whoever calls has written down that it is looked at."""
        messages = await self.messages(person)
        why = await self._store.case_why(case.id, person.keys)
        return Opened(case, messages, await self._store.sheet(person), why)

    async def messages(self, person: Person) -> list[Message]:
        """Every message of an opened conversation."""
        return [hidden(message) for message in await self._store.talk(person)]


def owns(session: DeskSession, case: Case) -> bool:
    """Whether the case is this caseworker's now."""
    return case.state is Handoff.OWNED and case.owner == session.caseworker
