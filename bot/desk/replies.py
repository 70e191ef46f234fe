"""Ready replies beside those of the program: each caseworker keeps their own, and a coordinator those that all of the
organisation have. They are put into the field to write in; none of them is ever sent from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.domain.roles import supervises, works_on_cases
from bot.storage.cases.replies import LONGEST, ReadyReply
from bot.storage.database.errors import Forbidden, TooManyKept
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.store import DeskSession, Store

__all__ = ["LONGEST", "DeskSession", "OwnReplies", "ReadyReply", "SharedReplies", "Store", "TooManyKept"]


class OwnReplies:
    """What a caseworker keeps. Each call names the session of the one who asks, and raises `Forbidden` for who works on
    no cases."""

    NAMES: Final = "^[0-9a-f]{32}$"
    """The form of a reply's name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, session: DeskSession) -> Sequence[tuple[str, ReadyReply]]:
        """Return them by title, with the name of each."""
        return await self._store.own_replies(session.caseworker, _key(session))

    async def add(self, session: DeskSession, reply: ReadyReply) -> str:
        """Add one and return its name. Raises `TooManyKept`."""
        return await self._store.add_own_reply(session.caseworker, _key(session), reply)

    async def change(self, session: DeskSession, name: str, reply: ReadyReply) -> None:
        """Put a reply in the place of another. Raises `NotFound`."""
        await self._store.set_own_reply(session.caseworker, _key(session), name, reply)

    async def remove(self, session: DeskSession, name: str) -> None:
        """Remove one. Raises `NotFound`."""
        _key(session)
        await self._store.remove_own_reply(session.caseworker, name)


class SharedReplies:
    """What all of an organisation have. Each change raises `Forbidden` for who does not coordinate."""

    NAMES: Final = "^[1-9][0-9]{0,8}$"
    """The form of a reply's name: its id."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def list(self, session: DeskSession) -> Sequence[tuple[str, ReadyReply]]:
        """Return them by title, with the name of each."""
        return await self._store.organisation_replies(session.organisation)

    async def add(self, session: DeskSession, reply: ReadyReply) -> str:
        """Add one and return its name. Raises `TooManyKept`."""
        return await self._store.add_organisation_reply(_supervised(session), reply)

    async def change(self, session: DeskSession, name: str, reply: ReadyReply) -> None:
        """Put a reply in the place of another. Raises `NotFound`."""
        await self._store.set_organisation_reply(_supervised(session), int(name), reply)

    async def remove(self, session: DeskSession, name: str) -> None:
        """Remove one. Raises `NotFound`."""
        await self._store.remove_organisation_reply(_supervised(session), int(name))


def _key(session: DeskSession) -> KeyPair:
    if session.own is None or not works_on_cases(session.role):
        raise Forbidden
    return session.own


def _supervised(session: DeskSession) -> int:
    if not supervises(session.role):
        raise Forbidden
    return session.organisation
