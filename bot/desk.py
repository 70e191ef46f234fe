"""What a caseworker may do. Every operation on a case goes through one function, `Desk.access`.

The queue needs no key and every caseworker sees all of it. A conversation is read by its owner alone: who
wants to read it claims it first, so that the person knows that somebody reads along.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.content.catalogue import SEVERAL
from bot.core import intake
from bot.core.model import Case, Handoff, Message, Outgoing, Sender
from bot.core.replies import Speaker
from bot.live.local import DESK, Live, conversation
from bot.ports import Catalogue
from bot.storage.errors import NotFound, NotOwner, NotReadable, StorageError
from bot.storage.store import DeskSession, Invite, Person, Store

log = logging.getLogger(__name__)

OUTCOMES = ("helped", "no_answer", "not_for_us", "asked")
"""Why a case was closed; the labels are `desk.close_reason_<outcome>`."""

PAGE = 500
"""Messages that are read from the store at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case of the queue with what was seen in it; `why` is None when the team key does not open it."""

    case: Case
    why: tuple[str, ...] | None


class Desk:
    """The desk of all caseworkers; each call names the session of the one who asks."""

    def __init__(
        self,
        *,
        store: Store,
        words: Catalogue,
        live: Live,
        max_text: int = 4000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._words = words
        self._live = live
        self._max_text = max_text
        self.now = clock
        """So that waiting times are right on a phone whose clock is not."""

    async def access(self, session: DeskSession, case_id: int, *, owned: bool) -> Case:
        """The case, when this caseworker may do with it what is to be done.

        `owned`: only its owner may. Raises `NotOwner`, `NotFound` when there is no such case, and
        `Gone` when its person has deleted the conversation.
        """
        case = await self._store.case(case_id)
        if case is None:
            raise NotFound
        if owned and not _owns(session, case):
            if case.state is Handoff.CLOSED:
                await self._person(session, case)  # deleted, or closed: the owner is told which
            raise NotOwner
        return case

    # -- the queue -----------------------------------------------------------------------------------

    async def queue(self, session: DeskSession, known: Sequence[Row] = ()) -> list[Row]:
        """Who waits and who is with a caseworker, the most urgent and the longest waiting first.

        `known` is an earlier queue of the same session: what did not change in it is not opened again.
        """
        before = {row.case.id: row for row in known}
        rows = []
        for case in await self._store.queue():
            old = before.get(case.id)
            same = old is not None and _evidence(old.case) == _evidence(case) and old.why is not None
            rows.append(Row(case, old.why if old is not None and same else await self._why(session, case)))
        return rows

    async def claim(self, session: DeskSession, case_id: int) -> Case:
        """Takes a case: from here on the bot is silent in it. Claiming one's own case again is no error.

        Raises `NotFound`, `Gone`, `IllegalMove`, `AlreadyClaimed` with the owner's name, and `NotReadable` for a
        conversation that cannot be opened before the person comes back; then nothing is changed.
        """
        case = await self.access(session, case_id, owned=False)
        person = await self._store.open_case(case.id, session.team)
        if not _owns(session, case):
            case = await self._store.claim(case.id, session.caseworker)
            log.info("case.claimed", extra={"case": case.number, "caseworker": session.caseworker})
        await self._tell_joined(case, person)
        self._woken(case)
        return case

    # -- one conversation ----------------------------------------------------------------------------

    async def read(self, session: DeskSession, case_id: int, after: int = 0) -> list[Message]:
        """The conversation of an owned case, from after message `after`."""
        case = await self.access(session, case_id, owned=True)
        return await self._messages(await self._store.open_case(case.id, session.team), after)

    async def reply(self, session: DeskSession, case_id: int, client_id: str, text: str) -> int:
        """Says something to the person; its place. The same `client_id` again says nothing new.

        Raises `intake.Refused`, and `NotOwner` when the case went to somebody else in the meantime.
        """
        text = intake.clean(text, self._max_text)
        case = await self.access(session, case_id, owned=True)
        person = await self._store.open_case(case.id, session.team)
        message = Outgoing(Sender.CASEWORKER, text)
        seq = await self._store.say(
            person, f"{session.caseworker}:{client_id}", message, only_if_owner=session.caseworker
        )
        self._woken(case)
        return seq

    async def seen(self, session: DeskSession, case_id: int, seq: int) -> None:
        """The owner has looked at everything up to message `seq`."""
        case = await self.access(session, case_id, owned=True)
        await self._store.mark_seen(case.id, seq)
        self._live.wake(DESK)

    async def release(self, session: DeskSession, case_id: int) -> None:
        """Puts the case back in the queue. The person is told: one left, another is asked."""
        case = await self.access(session, case_id, owned=True)
        person = await self._person(session, case)
        await self._store.release(case.id, session.caseworker)
        log.info("case.released", extra={"case": case.number, "caseworker": session.caseworker})
        await self._tell(case, person, "handoff.returned_to_bot", "handoff.waiting")
        self._woken(case)

    async def close(self, session: DeskSession, case_id: int, outcome: str) -> None:
        """Ends the case; only a caseworker ever does. `outcome` is one of `OUTCOMES`, else ValueError."""
        if outcome not in OUTCOMES:
            raise ValueError("no such outcome")
        case = await self.access(session, case_id, owned=True)
        person = await self._person(session, case)
        await self._store.close_case(case.id, session.caseworker, outcome)
        extra = {"case": case.number, "caseworker": session.caseworker, "outcome": outcome}
        log.info("case.closed", extra=extra)
        await self._tell(case, person, "handoff.closed")
        self._woken(case)

    # -- colleagues ----------------------------------------------------------------------------------

    async def invite(self, session: DeskSession, name: str) -> str:
        """The secret of a one-time link for a colleague. Raises `NameTaken`."""
        secret = await self._store.invite(name, session)
        log.info("caseworker.invited", extra={"caseworker": session.caseworker})
        return secret

    async def invitation(self, secret: str) -> Invite | None:
        """Who a link is for; None when it was used, has expired or never was."""
        return await self._store.invite_info(secret)

    # -- what the person is told ---------------------------------------------------------------------

    async def _person(self, session: DeskSession, case: Case) -> Person | None:
        """The conversation, or None when it cannot be opened: a case can be given away all the same."""
        try:
            return await self._store.open_case(case.id, session.team)
        except NotReadable:
            return None

    async def _tell_joined(self, case: Case, person: Person) -> None:
        """Says once for each claim that a caseworker is here.

        It is named after the last word about the handoff in the conversation: a claim that is repeated, or
        that a crash cut in two, finds the same name again, and the next claim another one.
        """
        told = [m for m in await self._messages(person, 0) if m.key.startswith("handoff.")]
        last = told[-1] if told else None
        if last is None or last.key != "handoff.joined":
            message = self._speaker(person).say("handoff.joined", sender=Sender.SYSTEM)
            await self._store.say(person, f"joined:{case.id}:{last.seq if last else 0}", message)

    async def _tell(self, case: Case, person: Person | None, *keys: str) -> None:
        """Says what happened to the case, after it has happened."""
        if person is None:
            return
        messages = await self._messages(person, 0)
        place = messages[-1].seq if messages else 0
        for key in keys:
            message = self._speaker(person).say(key, sender=Sender.SYSTEM)
            await self._store.say(person, f"{key}:{case.id}:{place}", message)

    async def _messages(self, person: Person, after: int) -> list[Message]:
        found: list[Message] = []
        while page := await self._store.messages(person, after, PAGE):
            found += page
            after = page[-1].seq
            if len(page) < PAGE:
                break
        return found

    async def _why(self, session: DeskSession, case: Case) -> tuple[str, ...] | None:
        try:
            person = await self._store.open_case(case.id, session.team)
            return await self._store.case_why(case.id, person.keys)
        except StorageError:  # one row that does not open must not hide the others
            return None

    def _speaker(self, person: Person) -> Speaker:
        return Speaker(self._words, person.language or SEVERAL)

    def _woken(self, case: Case) -> None:
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)


def _owns(session: DeskSession, case: Case) -> bool:
    return case.state is Handoff.OWNED and case.owner == session.caseworker


def _evidence(case: Case) -> tuple[object, ...]:
    """What changes whenever there may be more to say about why a case is in the queue."""
    return case.urgency, case.signals, case.last_message_at
