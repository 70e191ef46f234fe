"""Muting somebody who abuses the desk, without losing a danger: new messages make no sound, do not count as new and
keep no owner to answering. A message in danger ends it and rings; so does whatever takes the case out of its owner's
hands. The person reads meanwhile that no caseworker is reading."""

from __future__ import annotations

import logging

from bot.desk.service import Desk
from bot.domain.roles import supervises
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.store import DeskSession, Store

__all__ = ["DeskSession", "Muting", "Store"]

log = logging.getLogger(__name__)


class Muting:
    """For the owner of a case, and whoever coordinates."""

    def __init__(self, desk: Desk, store: Store, live: Live) -> None:
        self._desk = desk
        self._store = store
        self._live = live

    async def mute(self, session: DeskSession, case_id: int, hours: int, reason: str) -> None:
        """Raises what `Store.mute` raises, and what `Desk.access` does."""
        all_cases = supervises(session.role)
        case = await self._desk.access(session, case_id, owned=not all_cases)
        await self._store.mute(case.id, session.caseworker, hours, reason, anybodys=all_cases)
        log.info("case.muted", extra={"case": case.number, "caseworker": session.caseworker, "hours": hours})
        self._woken(case.conversation)

    async def unmute(self, session: DeskSession, case_id: int) -> None:
        """The same."""
        all_cases = supervises(session.role)
        case = await self._desk.access(session, case_id, owned=not all_cases)
        await self._store.unmute(case.id, session.caseworker, anybodys=all_cases)
        self._woken(case.conversation)

    def _woken(self, which: int) -> None:
        self._live.wake(conversation(which))
        self._live.wake(DESK)
