"""Who works on the desk: what coordinators and administrators may do with colleagues."""

from __future__ import annotations

import logging

from bot.domain.roles import manages_people, supervises
from bot.storage.database.errors import Forbidden, NotFound
from bot.storage.store import CaseworkerInfo, DeskSession, OpenInvite, Store

log = logging.getLogger(__name__)


class People:
    """Each call names the session of the one who asks. All raise `Forbidden` for a caseworker."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self, session: DeskSession) -> list[CaseworkerInfo]:
        """Everybody of the organisation who ever accepted an invitation, by name."""
        self._may(session)
        return [one for one in await self._store.caseworkers() if one.organisation == session.organisation]

    async def invited(self, session: DeskSession) -> list[OpenInvite]:
        """Whom a link of the organisation waits for."""
        self._may(session)
        return await self._store.open_invites(session.organisation)

    async def take_back(self, session: DeskSession, invite: str) -> None:
        """Ends a link that nobody has used. Raises `NotFound`."""
        await self._store.take_back_invite(invite, session)
        log.info("people.invite_taken_back", extra={"caseworker": session.caseworker})

    async def renewal_due(self, session: DeskSession) -> bool:
        """Whether somebody who left once had the team key in use: it is made anew when somebody who has it logs in."""
        self._may(session)
        return await self._store.renewal_due()

    async def recovery(self, session: DeskSession) -> str:
        """What is wrong with the recovery key, for coordinators: `none`, `stale` (it opens an older team key, or is not
        the one that was made); empty when it is good."""
        if not supervises(session.role):
            return ""
        found = await self._store.recovery_key()
        if found is None:
            return "none"
        return "" if found.current and await self._store.vouches(session) else "stale"

    async def confirm(self, session: DeskSession, caseworker: int) -> None:
        """A coordinator hands the team's key to somebody whom an administrator invited. Raises `NotFound`."""
        if not supervises(session.role):
            raise Forbidden
        await self._ours(session, caseworker)
        await self._store.confirm(caseworker, session)
        log.info("people.confirmed", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def set_role(self, session: DeskSession, caseworker: int, role: str) -> None:
        """Raises `NotFound`, and `ValueError` when no coordinator would be left; nobody changes their own."""
        await self._ours(session, caseworker)
        await self._store.set_role(caseworker, role, session)
        log.info("people.role", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def end(self, session: DeskSession, caseworker: int) -> None:
        """Ends somebody's access at once; their cases go back to the queue. Raises as `set_role`."""
        await self._ours(session, caseworker)
        if caseworker == session.caseworker:
            raise Forbidden
        await self._store.set_active(caseworker, False, session)
        log.info("people.ended", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def let_in(self, session: DeskSession, caseworker: int) -> None:
        """Lets somebody in again whose access had ended, with the password they had. Raises `NotFound`."""
        await self._ours(session, caseworker)
        await self._store.set_active(caseworker, True, session)
        log.info("people.let_in", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def _ours(self, session: DeskSession, caseworker: int) -> None:
        """Raises `NotFound` for who is of another organisation: theirs are managed there."""
        if caseworker not in {one.id for one in await self.all(session)}:
            raise NotFound("there is no such caseworker")

    def _may(self, session: DeskSession) -> None:
        if not manages_people(session.role):
            raise Forbidden
