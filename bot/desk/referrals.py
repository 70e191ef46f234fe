"""A case goes to another organisation of the installation: when its person has allowed it, or in an emergency, and
never without telling them. From then on this organisation reads nothing more of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.desk.exports import NotConsented
from bot.desk.service import Desk
from bot.domain.model import Case, Sender
from bot.domain.organisations import allowed, may_go
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.database.errors import NotFound
from bot.storage.store import DeskSession, Organisation, Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Centre:
    """Another organisation to which a case could go. `allowed`: whether its person lets it; `open`: whether it may go
    now."""

    of: Organisation
    allowed: bool
    open: bool


class Centres:
    """Each call names the session of the one who asks."""

    def __init__(self, desk: Desk, store: Store, live: Live) -> None:
        self._desk = desk
        self._store = store
        self._live = live

    async def others(self, session: DeskSession, case_id: int) -> list[Centre]:
        """For the owner of a case; empty where there is one organisation alone."""
        case, person = await self._desk.opened(session, case_id)
        sheet = await self._store.sheet(person)
        return [
            Centre(one, allowed(sheet, one.id), bool(one.people) and may_go(sheet, one.id, case.urgency))
            for one in await self._store.organisations()
            if one.id != session.organisation
        ]

    async def ask(self, session: DeskSession, case_id: int, organisation: int, client_id: str) -> None:
        """Asks the person whether the case may go there; they answer by a button. Raises `NotFound`, `NotOwner`."""
        case, person = await self._desk.opened(session, case_id)
        name = await self._name(session, organisation)
        speaker = self._desk.speaker(person)
        actions = [
            {"command": f"centre_{answer}", "value": organisation, "name": name} for answer in ("yes", "no")
        ]
        message = speaker.say("centres.ask", actions, sender=Sender.SYSTEM, centre=name)
        await self._store.say(
            person, f"centre:{session.caseworker}:{client_id}", message, only_if_owner=session.caseworker
        )
        log.info("case.centre_asked", extra={"case": case.number, "caseworker": session.caseworker})
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)

    async def hand_over(self, session: DeskSession, case_id: int, organisation: int) -> Case:
        """Gives the case away: it waits in the other organisation's queue, and its person reads where it went.

        Raises `NotConsented` (an emergency may go without), `NotFound`, `NotOwner`, `TransferRefused`.
        """
        case, person = await self._desk.opened(session, case_id)
        name = await self._name(session, organisation)
        if not may_go(await self._store.sheet(person), organisation, case.urgency):
            raise NotConsented
        given = await self._store.hand_over(case.id, session.caseworker, organisation)
        extra = {"case": case.number, "caseworker": session.caseworker, "organisation": organisation}
        log.info("case.handed_over", extra=extra)
        await self._desk.tell_person(given, person, "handoff.handed_over", centre=name)
        return given

    async def _name(self, session: DeskSession, organisation: int) -> str:
        names = {one.id: one.name for one in await self._store.organisations()}
        if organisation not in names or organisation == session.organisation:
            raise NotFound("there is no such other organisation")
        return names[organisation]
