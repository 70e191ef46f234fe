"""Who works on the desk: what coordinators and administrators may do with colleagues."""

from __future__ import annotations

import logging

from bot.domain.roles import manages_people, supervises
from bot.storage.database.errors import Forbidden, NotFound
from bot.storage.store import CaseworkerInfo, DeskSession, OpenInvite, Store

log = logging.getLogger(__name__)


class People:
    """What may be done with colleagues of one's own organisation; each call names the session of the one who asks.

    All but `recovery` raise `Forbidden` for who may not manage people.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self, session: DeskSession) -> list[CaseworkerInfo]:
        """Return everybody of the organisation who ever accepted an invitation, by name."""
        self._may(session)
        return [one for one in await self._store.caseworkers() if one.organisation == session.organisation]

    async def invited(self, session: DeskSession) -> list[OpenInvite]:
        """Return the invitations of the organisation that still work, the one that ends first on top."""
        self._may(session)
        return await self._store.open_invites(session.organisation)

    async def take_back(self, session: DeskSession, invite: str) -> None:
        """End an invitation that nobody has used. Raises `NotFound` where there is none of that id."""
        await self._store.take_back_invite(invite, session)
        log.info("people.invite_taken_back", extra={"caseworker": session.caseworker})

    async def renewal_due(self, session: DeskSession) -> bool:
        """Return whether the team's key must be replaced, because somebody who had it has left.

        That is done when the next one who has it logs in.
        """
        self._may(session)
        return await self._store.renewal_due()

    async def recovery(self, session: DeskSession) -> str:
        """Return what is wrong with the recovery key: `none` (there is none) or `stale` (it opens an older team key, or
        is not the one that was made); "" where it is good, and for everybody who does not coordinate."""
        if not supervises(session.role):
            return ""
        found = await self._store.recovery_key()
        if found is None:
            return "none"
        return "" if found.current and await self._store.vouches(session) else "stale"

    async def unvouched(self, session: DeskSession) -> bool:
        """Whether somebody else than this program has written into the database who may read."""
        self._may(session)
        return bool(await self._store.unvouched())

    async def confirm(self, session: DeskSession, caseworker: int) -> None:
        """Hand the team's key to somebody whom an administrator invited.

        For coordinators: raises `Forbidden` for others, and `NotFound` for who is not of the organisation.
        """
        if not supervises(session.role):
            raise Forbidden
        await self._ours(session, caseworker)
        await self._store.confirm(caseworker, session)
        log.info("people.confirmed", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def set_role(self, session: DeskSession, caseworker: int, role: str) -> None:
        """Give a colleague another role.

        Raises `NotFound`, `Forbidden` for one's own, and `ValueError` when no coordinator would be left.
        """
        await self._ours(session, caseworker)
        await self._store.set_role(caseworker, role, session)
        log.info("people.role", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def end(self, session: DeskSession, caseworker: int) -> None:
        """End a colleague's access at once; their cases go back to the queue. Raises as `set_role`."""
        await self._ours(session, caseworker)
        if caseworker == session.caseworker:
            raise Forbidden
        await self._store.set_active(caseworker, False, session)
        log.info("people.ended", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def let_in(self, session: DeskSession, caseworker: int) -> None:
        """Let a colleague in again whose access had ended, with the password they had. Raises `NotFound`."""
        await self._ours(session, caseworker)
        await self._store.set_active(caseworker, True, session)
        log.info("people.let_in", extra={"caseworker": session.caseworker, "subject": caseworker})

    async def _ours(self, session: DeskSession, caseworker: int) -> None:
        """Raise `NotFound` for who is of another organisation: theirs are managed there."""
        if caseworker not in {one.id for one in await self.all(session)}:
            raise NotFound("there is no such caseworker")

    def _may(self, session: DeskSession) -> None:
        if not manages_people(session.role):
            raise Forbidden
