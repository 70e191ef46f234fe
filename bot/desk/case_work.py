"""What a caseworker does with a case besides talking: gives it to a colleague or to the bot, takes up a closed one,
says a ready-made reply, keeps notes and plans; and what persons read of them. Every operation on a case goes through
`Desk.access`, as all of the desk's do.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.content.catalogue import SEVERAL
from bot.desk.service import Desk
from bot.domain import message_text
from bot.domain.model import Case, Sender
from bot.domain.names import shown_alias, shown_line
from bot.domain.ports import Catalogue
from bot.domain.roles import supervises
from bot.domain.speaker import Speaker
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.database.errors import Forbidden, NotFound
from bot.storage.store import Alias, Colleague, DeskSession, Note, Plan, Skills, Store

log = logging.getLogger(__name__)

CANNED = (
    "welcome", "safe_now", "talk_now", "here", "call_now", "someone_comes", "where", "others", "no_name", "thanks",
    "no_fault", "wait", "colleague", "when_again", "stop_now",
)  # fmt: skip
"""The ready-made replies, in the order in which a talk needs them; the words are `canned.<id>`."""

LONGEST_HOW = 300


@dataclass(frozen=True, slots=True)
class Canned:
    """A ready-made reply in the caseworker's language and in the person's."""

    id: str
    own: str
    person: str


class CaseWork:
    """See the module."""

    def __init__(
        self, desk: Desk, store: Store, words: Catalogue, live: Live, offline: timedelta, max_text: int = 4000
    ) -> None:
        self._desk = desk
        self._store = store
        self._words = words
        self._live = live
        self._offline = offline
        self._max_text = max_text

    # -- from hand to hand -------------------------------------------------------------------------

    async def colleagues(self, session: DeskSession) -> list[Colleague]:
        """To whom a case can be given, and why not."""
        return await self._store.colleagues(session.caseworker, self._offline, self._desk.cases_at_once)

    async def offer(self, session: DeskSession, case_id: int, to: int) -> None:
        """Offers an owned case to a colleague; the person is told when they accept. Raises `TransferRefused`."""
        case = await self._desk.access(session, case_id, owned=True)
        usual = self._desk.cases_at_once
        await self._store.offer(case.id, session.caseworker, to, self._offline, usual)
        self._log("case.offered", session, case, colleague=to)
        self._live.wake(DESK)

    async def accept(self, session: DeskSession, case_id: int) -> Case:
        """Takes an offered case: from here on this caseworker reads it, and who offered it does not.

        Raises `NotOffered`, and `NotReadable` for a conversation that this caseworker could not open; then nothing is
        changed.
        """
        await self._desk.present(session)
        case = await self._desk.access(session, case_id, owned=False)
        person = await self._store.open_case(case.id, session.team)
        if case.owner != session.caseworker:  # accepted twice is accepted once
            case = await self._store.accept_offer(case.id, session.caseworker)
            self._log("case.transferred", session, case)
            await self._desk.transferred(case, person)
        return case

    async def assign(self, session: DeskSession, case_id: int, to: int, reason: str) -> Case:
        """Gives an open case to a colleague, or takes it over oneself: a coordinator's. The person is told as of any
        other change of hands. Raises `Forbidden`, what `Store.assign` raises, and `NotReadable`."""
        if not supervises(session.role):
            raise Forbidden
        await self._desk.present(session)
        before = await self._desk.access(session, case_id, owned=False)
        person = await self._store.open_case(before.id, session.team)
        case = await self._store.assign(before.id, to, session.caseworker, reason, self._offline)
        if case.owner == before.owner:
            return case
        self._log("case.assigned", session, case, colleague=to)
        if before.owner is None:
            await self._desk.joined(case, person)
        else:
            await self._desk.transferred(case, person)
        return case

    async def drop(self, session: DeskSession, case_id: int) -> None:
        """Declines what was offered, or takes back what one has offered. Raises `NotOffered`."""
        case = await self._desk.access(session, case_id, owned=False)
        await self._store.drop_offer(case.id, session.caseworker)
        self._log("case.kept", session, case)
        self._live.wake(DESK)

    async def to_bot(self, session: DeskSession, case_id: int) -> None:
        """Lets the bot speak again; the person is told, and can ask for a caseworker again."""
        case = await self._desk.access(session, case_id, owned=True)
        person = await self._desk.person(session, case)
        await self._store.return_to_bot(case.id, session.caseworker, person=person, team=session.team)
        self._log("case.returned_to_bot", session, case)
        await self._desk.tell(case, person, "handoff.returned_to_bot")

    async def closed(self, session: DeskSession) -> list[Case]:
        """The organisation's cases that were closed last and can be taken up again."""
        return await self._store.closed_cases(session.organisation)

    async def sealed(self, session: DeskSession) -> set[int]:
        """The closed cases that only coordinators can take up again; none for a coordinator."""
        return set() if supervises(session.role) else await self._store.sealed_cases()

    async def reopen(self, session: DeskSession, case_id: int) -> Case:
        """Takes up a closed case: the person is told that a caseworker is there. Raises what `Store.reopen` raises, and
        `NotReadable`."""
        await self._desk.present(session)
        case = await self._desk.access(session, case_id, owned=False)
        person = await self._store.open_closed(case.id, session)
        case = await self._store.reopen(case.id, session.caseworker, person)
        self._log("case.reopened", session, case)
        await self._store.rewrap(person)
        await self._desk.joined(case, person)
        return case

    # -- ready-made replies ------------------------------------------------------------------------

    async def canned(self, session: DeskSession, case_id: int, own: str) -> list[Canned]:
        """The ready-made replies in language `own`, and as the person of the case would read them."""
        case = await self._desk.access(session, case_id, owned=True)
        person = case.language or SEVERAL
        return [
            Canned(key, self._words.say(f"canned.{key}", own), self._words.say(f"canned.{key}", person))
            for key in CANNED
        ]

    async def say_canned(self, session: DeskSession, case_id: int, client_id: str, key: str) -> int:
        """Says a ready-made reply in the person's language; its place. The same `client_id` again says nothing new.
        Raises `NotFound` for no such reply, and `NotOwner`."""
        if key not in CANNED:
            raise NotFound("there is no such reply")
        case, person = await self._desk.opened(session, case_id)
        speaker = Speaker(self._words, person.language or SEVERAL)
        message = speaker.say(f"canned.{key}", sender=Sender.CASEWORKER)
        name = f"{session.caseworker}:{client_id}"
        seq = await self._store.say(person, name, message, only_if_owner=session.caseworker)
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)
        return seq

    # -- what is kept with a case ------------------------------------------------------------------

    async def notes(self, session: DeskSession, case_id: int) -> list[Note]:
        """For whoever may read the conversation."""
        case, person = await self._desk.opened(session, case_id)
        return await self._store.notes(case.id, person)

    async def add_note(self, session: DeskSession, case_id: int, client_id: str, text: str) -> None:
        """Raises `intake.Refused`, `NotOwner`."""
        text = message_text.clean(text, self._max_text)
        case, person = await self._desk.opened(session, case_id)
        await self._store.add_note(case.id, person, session.caseworker, client_id, text)

    async def plan(self, session: DeskSession, case_id: int) -> Plan:
        """For whoever may read the conversation."""
        case, person = await self._desk.opened(session, case_id)
        return await self._store.plan(case.id, person)

    async def set_plan(self, session: DeskSession, case_id: int, plan: Plan) -> None:
        """Raises `NotOwner`."""
        case, person = await self._desk.opened(session, case_id)
        how = message_text.clean(plan.how, LONGEST_HOW) if plan.how.strip() else ""
        await self._store.set_plan(case.id, person, session.caseworker, replace(plan, how=how))
        self._live.wake(DESK)

    async def follow_ups(self, session: DeskSession) -> list[Case]:
        """Every case of the organisation that somebody looks at again, the earliest first."""
        return await self._store.follow_ups(session.organisation)

    async def followed_up(self, session: DeskSession, case_id: int) -> None:
        """The case was looked at again; the way to its person stays. Raises `NotOwner` when a colleague has it."""
        case = await self._desk.access(session, case_id, owned=False)
        await self._store.followed_up(case.id, session.caseworker)
        self._log("case.followed_up", session, case)
        self._live.wake(DESK)

    # -- what one can do ---------------------------------------------------------------------------

    async def skills(self, session: DeskSession) -> Skills:
        return await self._store.skills(session.caseworker, self._desk.cases_at_once)

    async def set_skills(self, session: DeskSession, languages: Collection[str], capacity: int | None) -> None:
        """Raises `ValueError` for a language without words or a capacity outside bounds."""
        codes = [self._words.fallback(language) for language in languages]
        if None in codes:
            raise ValueError("no such language")
        await self._store.set_skills(session.caseworker, [code for code in codes if code], capacity)

    async def alias(self, session: DeskSession) -> Alias:
        """What persons read of this caseworker."""
        return await self._store.alias(session.caseworker)

    async def set_alias(self, session: DeskSession, name: str, line: str) -> None:
        """From now on, also where they are already. Raises `ValueError` for what may not stand there."""
        await self._store.set_alias(session.caseworker, Alias(shown_alias(name), shown_line(line)))
        for case in await self._store.queue(session.organisation):
            if case.owner == session.caseworker:
                self._live.wake(conversation(case.conversation))

    def _log(self, what: str, session: DeskSession, case: Case, **more: int) -> None:
        log.info(what, extra={"case": case.number, "caseworker": session.caseworker, **more})
