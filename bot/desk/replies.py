"""Ready replies beside those of the program: each caseworker keeps their own, and a coordinator those that all of the
organisation have. They are put into the field to write in; none of them is ever sent from here.
"""

from __future__ import annotations

from bot.domain.roles import supervises, works_on_cases
from bot.storage.cases.replies import LONGEST, ReadyReply
from bot.storage.database.errors import Forbidden, TooManyKept
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.store import DeskSession, Store

__all__ = ["LONGEST", "DeskSession", "ReadyReply", "ReplyList", "Store", "TooManyKept"]


class ReplyList:
    """Each call names the session of the one who asks; a change of what the organisation has raises `Forbidden` for who
    does not coordinate, and each call for who works on no cases."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def own(self, session: DeskSession) -> list[tuple[str, ReadyReply]]:
        """By title, with the name of each."""
        return await self._store.own_replies(session.caseworker, _key(session))

    async def add_own(self, session: DeskSession, reply: ReadyReply) -> str:
        """Its name. Raises `TooManyKept`."""
        return await self._store.add_own_reply(session.caseworker, _key(session), reply)

    async def change_own(self, session: DeskSession, name: str, reply: ReadyReply) -> None:
        """Raises `NotFound`."""
        await self._store.set_own_reply(session.caseworker, _key(session), name, reply)

    async def remove_own(self, session: DeskSession, name: str) -> None:
        """Raises `NotFound`."""
        _key(session)
        await self._store.remove_own_reply(session.caseworker, name)

    async def shared(self, session: DeskSession) -> list[tuple[str, ReadyReply]]:
        """What all of the organisation have, by title, with the id of each."""
        return await self._store.organisation_replies(session.organisation)

    async def add_shared(self, session: DeskSession, reply: ReadyReply) -> str:
        """Its id. Raises `TooManyKept`."""
        return await self._store.add_organisation_reply(_supervised(session), reply)

    async def change_shared(self, session: DeskSession, which: int, reply: ReadyReply) -> None:
        """Raises `NotFound`."""
        await self._store.set_organisation_reply(_supervised(session), which, reply)

    async def remove_shared(self, session: DeskSession, which: int) -> None:
        """Raises `NotFound`."""
        await self._store.remove_organisation_reply(_supervised(session), which)


def _key(session: DeskSession) -> KeyPair:
    if session.own is None or not works_on_cases(session.role):
        raise Forbidden
    return session.own


def _supervised(session: DeskSession) -> int:
    if not supervises(session.role):
        raise Forbidden
    return session.organisation
