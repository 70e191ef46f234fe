"""What a caseworker may do. Every operation on a case goes through one function, `Desk.access`.

The queue needs no key, and every caseworker sees all of that of their organisation. A conversation is read by its owner
alone: who
wants to read it claims it first, so that the person knows that somebody reads along. (A coordinator's look, with a
reason, is in `supervision.py`.) An administrator has no part in any of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.content.catalogue import SEVERAL
from bot.domain import message_text
from bot.domain.audit import Deed
from bot.domain.forms import Sheet
from bot.domain.handoff import IllegalMove
from bot.domain.held_replies import Hold
from bot.domain.model import Case, Handoff, Message, Outgoing, Sender, Translated, Urgency
from bot.domain.organisations import sees
from bot.domain.ports import Catalogue, Fact
from bot.domain.return_code_message import hidden
from bot.domain.roles import CASEWORKER, COORDINATOR, manages_people, works_on_cases
from bot.domain.speaker import OF_HELP_ONCE, Speaker
from bot.runtime.wakeups import DESK, Live, conversation, desk_of
from bot.security.alarm_floods import AlarmFloods
from bot.storage.database.errors import Forbidden, Gone, NotFound, NotOwner, NotReadable, StorageError
from bot.storage.store import DeskSession, Invite, Person, Store

log = logging.getLogger(__name__)

OUTCOMES = ("helped", "no_answer", "not_for_us", "asked")
"""Why a case was closed; the labels are `desk.close_reason_<outcome>`."""

TALK, REPORT = "talk", "report"
"""What a case is: somebody who wants to talk or is in danger, or what a bystander reported."""


HERE = ("handoff.joined", "handoff.joined_named", "handoff.transferred", "handoff.transferred_named")
"""After these words about the handoff the person knows that a caseworker is there."""

SIGNS_EVERY = timedelta(seconds=10)
OPENED_AGAIN = timedelta(hours=12)
"""After which reading the same case is one more row of the audit log: the longest that a session lasts."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case of the queue with what was seen in it; `why` is None when the team key does not open it. `kind` is sealed
    as well: nobody without a key can tell who reports something."""

    case: Case
    why: tuple[str, ...] | None
    kind: str = TALK
    stamp: bytes = field(default=b"", repr=False)
    """Changes whenever what the person answered in forms does."""
    alike: int = 0
    """How many more alarms wait that are probably the same sender's (`Desk.alike`)."""


class Desk:
    """The desk of all caseworkers; each call names the session of the one who asks."""

    def __init__(
        self,
        *,
        store: Store,
        words: Catalogue,
        live: Live,
        max_text: int = 4000,
        cases_at_once: int = 4,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        floods: AlarmFloods | None = None,
    ) -> None:
        self._floods = floods or AlarmFloods()
        self._store = store
        self._words = words
        self._live = live
        self._max_text = max_text
        self.cases_at_once = cases_at_once
        """Of a caseworker who has set nothing else."""
        self._present: dict[int, datetime] = {}
        self._opened: dict[tuple[int, int], datetime] = {}
        self.now = clock
        """So that waiting times are right on a phone whose clock is not."""

    async def access(self, session: DeskSession, case_id: int, *, owned: bool) -> Case:
        """The case, when this caseworker may do with it what is to be done.

        `owned`: only its owner may. Raises `Forbidden` for an administrator, `NotOwner` (also for a case of another
        organisation), `NotFound` when there is no such case, and `Gone` when its person has deleted the conversation.
        """
        _works(session)
        case = await self._store.case(case_id)
        if case is None:
            raise NotFound
        if not self.sees(session, case):
            raise NotOwner
        if owned and not _owns(session, case):
            if case.state is Handoff.CLOSED:
                await self._person(session, case)  # deleted, or closed: the owner is told which
            raise NotOwner
        return case

    @staticmethod
    def sees(session: DeskSession, case: Case) -> bool:
        """Whether the case is in the queue of this caseworker's organisation."""
        return sees(session.organisation, case.organisation)

    # -- the queue -----------------------------------------------------------------------------------

    async def queue(self, session: DeskSession, known: Sequence[Row] = ()) -> list[Row]:
        """Who waits and who is with a caseworker, the most urgent and the longest waiting first. A flood of alarms is
        one row, behind those in danger that are part of none.

        `known` is an earlier queue of the same session: what did not change in it is not opened again.
        """
        _works(session)
        before = {row.case.id: row for row in known}
        stamps = await self._store.sheet_stamps()
        rows = []
        for case, alike in self._folded(await self._store.queue(session.organisation)):
            old, stamp = before.get(case.id), stamps.get(case.conversation, b"")
            if old is not None and old.why is not None and _evidence(old.case, old.stamp) == _evidence(case, stamp):
                rows.append(replace(old, case=case, alike=alike))
            else:
                rows.append(replace(await self._row(session, case, stamp), alike=alike))
        return rows

    def _folded(self, queue: Sequence[Case]) -> list[tuple[Case, int]]:
        """The queue with the first case of each flood alone, and how many more there are of it. That one rings while
        any of them does; when it is taken, the next has the row."""
        alone: list[Case] = []
        floods: dict[int, list[Case]] = {}
        for case in queue:
            flood = self._flood(case)
            (alone if flood is None else floods.setdefault(flood, [])).append(case)
        firsts = [
            (replace(first, heard=not any(case.unheard for case in (first, *more))), len(more))
            for first, *more in floods.values()
        ]
        rows = [(case, 0) for case in alone] + firsts
        return sorted(rows, key=lambda row: row[0].urgency is not Urgency.EMERGENCY) if firsts else rows

    def _flood(self, case: Case) -> int | None:
        """The flood that a case is part of while it waits."""
        return self._floods.flood(case.conversation) if case.state is Handoff.WAITING else None

    async def alike(self, session: DeskSession, case_id: int) -> list[Case]:
        """The others that wait in the same flood of alarms as this case, in the order of the queue. Raises what
        `access` raises."""
        flood = self._flood(await self.access(session, case_id, owned=False))
        queue = await self._store.queue(session.organisation)
        return [other for other in queue if flood is not None and other.id != case_id and self._flood(other) == flood]

    def facts_due(self, session: DeskSession) -> Sequence[Fact]:
        """The facts that somebody must compare with their source again; told to coordinators alone."""
        return self._words.due(self.now().date()) if session.role == COORDINATOR else ()

    async def claim(self, session: DeskSession, case_id: int) -> Case:
        """Takes a case: from here on the bot is silent in it. Claiming one's own case again is no error.

        Raises `NotFound`, `Gone`, `IllegalMove`, `AlreadyClaimed` with the owner's name, and `NotReadable` for a
        conversation that cannot be opened before the person comes back; then nothing is changed.
        """
        await self.present(session)
        case = await self.access(session, case_id, owned=False)
        person = await self._store.open_case(case.id, session.team)
        if not _owns(session, case):
            case = await self._store.claim(case.id, session.caseworker)
            log.info("case.claimed", extra={"case": case.number, "caseworker": session.caseworker})
        self._floods.taken(case.conversation)
        await self._tell_joined(case, person)
        self._woken(case)
        return case

    async def claim_next(self, session: DeskSession) -> Case | None:
        """Takes the case whose turn it is; None when nobody waits whose conversation can be opened. Raises `Full`."""
        _works(session)
        skills = await self._store.skills(session.caseworker, self.cases_at_once)
        if not skills.languages and session.language:
            skills = replace(skills, languages=(session.language,))
        case = await self._apart(session) or await self._store.claim_next(session.caseworker, session.team, skills)
        if case is None:
            return None
        person = await self._store.open_case(case.id, session.team)
        log.info("case.claimed", extra={"case": case.number, "caseworker": session.caseworker})
        self._floods.taken(case.conversation)
        await self._tell_joined(case, person)
        self._woken(case)
        return case

    async def _apart(self, session: DeskSession) -> Case | None:
        """Takes somebody in danger who is part of no flood of alarms, while there is one; None when there is nobody."""
        waiting = await self._store.queue(session.organisation) if self._floods.any() else []
        for case in waiting:
            danger = case.state is Handoff.WAITING and case.urgency is Urgency.EMERGENCY
            if danger and self._flood(case) is None:
                with suppress(StorageError, IllegalMove):  # taken in this moment, or it does not open
                    await self._store.open_case(case.id, session.team)
                    return await self._store.claim(case.id, session.caseworker)
        return None

    async def called(self) -> dict[int, bool]:
        """To which cases somebody is being called, and whether somebody has said that they come."""
        return await self._store.called()

    async def heard(self, session: DeskSession, number: str) -> None:
        """Stops the ringing of an emergency on every desk, and nothing else: whoever is on call is called all the same.
        `number` or id of the case; of a flood it is all of it, as far as it has come. Raises `NotFound`, also for a
        case of another organisation, and `NotOwner` for one that somebody else has."""
        _works(session)
        await self.present(session)
        found = self._store.case(int(number)) if number.isdecimal() else self._store.case_by_number(number)
        case = await found
        if case is None or not self.sees(session, case):
            raise NotFound
        if case.state is Handoff.OWNED and not _owns(session, case):
            raise NotOwner
        await self._store.mark_heard(case.id)
        for other in await self.alike(session, case.id) if self._flood(case) is not None else ():
            await self._store.mark_heard(other.id)
        self._live.wake(DESK)

    async def present(self, session: DeskSession) -> None:
        """A sign of life from the caseworker's desk; written down no more than is needed."""
        now = self.now()
        last = self._present.get(session.caseworker)
        if last is None or not timedelta(0) <= now - last < SIGNS_EVERY:
            self._present[session.caseworker] = now
            await self._store.at_desk(session.caseworker)

    # -- one conversation ----------------------------------------------------------------------------

    async def read(self, session: DeskSession, case_id: int, after: int = 0) -> list[Message]:
        """The conversation of an owned case, from after message `after`."""
        await self.present(session)
        case = await self.access(session, case_id, owned=True)
        person = await self._store.open_case(case.id, session.team)
        await self._note_opened(session, case)
        return await self._messages(person, after)

    async def alarms(self, session: DeskSession, case_id: int) -> list[int]:
        """The places of the messages for which an owned case was raised, oldest first."""
        case = await self.access(session, case_id, owned=True)
        return await self._store.alarms(case.id)

    async def told(self, session: DeskSession, case_id: int) -> Sheet:
        """What the person of an owned case answered, as far as caseworkers are shown it."""
        case = await self.access(session, case_id, owned=True)
        return await self._store.sheet(await self._store.open_case(case.id, session.team))

    async def reply(
        self, session: DeskSession, case_id: int, client_id: str, text: str, translated: Translated | None = None,
        hold: Hold | None = None,
    ) -> int | None:  # fmt: skip
        """Says something to the person; its place. The same `client_id` again says nothing new. `translated`: what the
        caseworker wrote, when `text` is a machine's translation of it. `hold`: it goes out only then, and has no place
        yet.

        Raises `TooManyKept`, `intake.Refused`, and `NotOwner` when the case went to somebody else in the meantime.
        """
        text = message_text.clean(text, self._max_text)
        case = await self.access(session, case_id, owned=True)
        person = await self._store.open_case(case.id, session.team)
        message, name = Outgoing(Sender.CASEWORKER, text, translated=translated), f"{session.caseworker}:{client_id}"
        if hold is not None:
            await self._store.hold(case.id, person, session.caseworker, name, message, hold)
            self._live.wake(DESK)
            return None
        seq = await self._store.say(person, name, message, only_if_owner=session.caseworker)
        self._woken(case)
        return seq

    async def seen(self, session: DeskSession, case_id: int, seq: int) -> None:
        """The owner has looked at everything up to message `seq`."""
        case = await self.access(session, case_id, owned=True)
        await self._store.mark_seen(case.id, seq)
        self._live.wake(DESK)

    async def writing(self, session: DeskSession, case_id: int) -> None:
        """The owner is writing; of that nothing is kept."""
        case = await self.access(session, case_id, owned=True)
        if self._live.writing.may(desk_of(session.caseworker)):
            self._live.writing.tell(conversation(case.conversation), case.id)

    async def release(self, session: DeskSession, case_id: int) -> None:
        """Puts the case back in the queue. The person is told: one left, another is asked."""
        case = await self.access(session, case_id, owned=True)
        person = await self._person(session, case)
        await self._store.release(case.id, session.caseworker)
        log.info("case.released", extra={"case": case.number, "caseworker": session.caseworker})
        await self._tell(case, person, "handoff.asked_again")
        self._woken(case)

    async def close(self, session: DeskSession, case_id: int, outcome: str, *, of_help: bool = False) -> None:
        """Ends the case; only a caseworker ever does. `outcome` is one of `OUTCOMES`, else ValueError. `of_help`: the
        person is asked whether it was of help, if they never were and the case is no emergency as it ends."""
        if outcome not in OUTCOMES:
            raise ValueError("no such outcome")
        case = await self.access(session, case_id, owned=True)
        person = await self._person(session, case)
        ended = await self._store.close_case(case.id, session.caseworker, outcome, person=person, team=session.team)
        extra = {"case": case.number, "caseworker": session.caseworker, "outcome": outcome}
        log.info("case.closed", extra=extra)
        await self._tell(case, person, "handoff.closed")
        if of_help and person is not None and ended.urgency is not Urgency.EMERGENCY:
            with suppress(IllegalMove, Gone):  # they write again, perhaps in danger: this is no moment for a question
                asked = self.speaker(person).of_help()
                await self._store.notify(case.conversation, OF_HELP_ONCE, asked, only_while=Handoff.CLOSED)
        self._woken(case)

    # -- colleagues ----------------------------------------------------------------------------------

    async def invite(self, session: DeskSession, name: str, role: str = CASEWORKER) -> str:
        """The secret of a one-time link for a colleague. Raises `NameTaken`, and `Forbidden` for a caseworker."""
        if not manages_people(session.role):
            raise Forbidden
        secret = await self._store.invite(name, session, role)
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

    async def person(self, session: DeskSession, case: Case) -> Person | None:
        """The conversation of a case, or None when it cannot be opened; for whoever has asked `access`."""
        return await self._person(session, case)

    async def tell(self, case: Case, person: Person | None, key: str) -> None:
        """Says to the person what has just happened to the case, and shows it on every desk."""
        await self._tell(case, person, key)
        self._woken(case)

    async def tell_person(self, case: Case, person: Person, key: str, **values: str) -> None:
        """The same to a conversation that is open."""
        await self._tell(case, person, key, **values)
        self._woken(case)

    async def joined(self, case: Case, person: Person) -> None:
        """The same for a caseworker who has taken the case: once for each time."""
        await self._tell_joined(case, person)
        self._woken(case)

    async def transferred(self, case: Case, person: Person) -> None:
        """The same for one who goes on in place of another."""
        await self._say_here(case, person, await self._taken(case, person, "handoff.transferred"))
        self._woken(case)

    async def opened(self, session: DeskSession, case_id: int) -> tuple[Case, Person]:
        """An owned case and its conversation. Raises what `access` raises, and `NotReadable`."""
        case = await self.access(session, case_id, owned=True)
        return case, await self._store.open_case(case.id, session.team)

    async def _tell_joined(self, case: Case, person: Person) -> None:
        """Says once for each claim that a caseworker is here.

        It is named after the last word about the handoff in the conversation: a claim that is repeated, or
        that a crash cut in two, finds the same name again, and the next claim another one.
        """
        told = [m for m in await self._messages(person, 0) if m.key.startswith("handoff.")]
        last = told[-1] if told else None
        if last is None or last.key not in HERE:
            message = await self._taken(case, person, "handoff.joined")
            await self._store.say(person, f"joined:{case.id}:{last.seq if last else 0}", message)

    async def _taken(self, case: Case, person: Person, key: str) -> Outgoing:
        """That the owner of a case goes on: by the name that they have set, with their line, or without any."""
        alias, speaker = await self._store.alias(case.owner), self.speaker(person)
        if not alias.name:
            return speaker.say(key, sender=Sender.SYSTEM)
        message = speaker.say(f"{key}_named", sender=Sender.SYSTEM, name=alias.name)
        if not alias.line:
            return message
        lang = person.language or self._words.languages[0].code  # once is enough: no language's words are in it
        said = self._words.say("handoff.in_their_words", lang, name=alias.name, line=alias.line)
        return replace(message, text=f"{message.text}\n\n{said}")

    async def _tell(self, case: Case, person: Person | None, key: str, **values: str) -> None:
        """Says what happened to the case, after it has happened."""
        if person is not None:
            message = self.speaker(person).say(key, (), sender=Sender.SYSTEM, urgency=Urgency.NONE, **values)
            await self._say_here(case, person, message)

    async def _say_here(self, case: Case, person: Person, message: Outgoing) -> None:
        """Once after the last message that there is."""
        messages = await self._messages(person, 0)
        place = messages[-1].seq if messages else 0
        await self._store.say(person, f"{message.key}:{case.id}:{place}", message)

    async def _messages(self, person: Person, after: int) -> list[Message]:
        return [hidden(message) for message in await self._store.talk(person, after)]

    async def _note_opened(self, session: DeskSession, case: Case) -> None:
        """Before anything of it is shown; the page reads every new message, which is one opening and not a hundred."""
        now, which = self.now(), (session.caseworker, case.id)
        last = self._opened.get(which)
        if last is None or not timedelta(0) <= now - last < OPENED_AGAIN:
            await self._store.note_deed(Deed.OPENED, session.caseworker, case=case.number)
            self._opened = {key: at for key, at in self._opened.items() if now - at < OPENED_AGAIN} | {which: now}

    async def _row(self, session: DeskSession, case: Case, stamp: bytes) -> Row:
        try:
            person = await self._store.open_case(case.id, session.team)
            why = await self._store.case_why(case.id, person.keys)
            kind = REPORT if stamp and "report" in (await self._store.sheet(person)).told else TALK
        except StorageError:  # one row that does not open must not hide the others
            return Row(case, None, stamp=stamp)
        return Row(case, why, kind, stamp)

    def speaker(self, person: Person) -> Speaker:
        """What the person of a conversation is told in."""
        return Speaker(self._words, person.language or SEVERAL)

    def _woken(self, case: Case) -> None:
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)


def _works(session: DeskSession) -> None:
    if not works_on_cases(session.role):
        raise Forbidden


def _owns(session: DeskSession, case: Case) -> bool:
    return case.state is Handoff.OWNED and case.owner == session.caseworker


def _evidence(case: Case, stamp: bytes) -> tuple[object, ...]:
    """What changes whenever there may be more to say about why a case is in the queue."""
    return case.urgency, case.signals, case.last_message_at, stamp
