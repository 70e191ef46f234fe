"""The list of partner organisations: each organisation has its own, and coordinators alone change it."""

from __future__ import annotations

from bot.domain.roles import supervises
from bot.storage.cases.partners import LONGEST, Partner
from bot.storage.database.errors import Forbidden
from bot.storage.store import DeskSession, Store

__all__ = ["LONGEST", "DeskSession", "Partner", "PartnerList", "Store"]


class PartnerList:
    """Each call names the session of the one who asks; a change raises `Forbidden` for who does not coordinate."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, session: DeskSession) -> list[tuple[int, Partner]]:
        """By name, with the id of each."""
        return await self._store.partners(session.organisation)

    async def add(self, session: DeskSession, partner: Partner) -> int:
        """Its id. Raises `TooManyKept`."""
        return await self._store.add_partner(_supervised(session), partner)

    async def change(self, session: DeskSession, which: int, partner: Partner) -> None:
        """Raises `NotFound`."""
        await self._store.set_partner(_supervised(session), which, partner)

    async def remove(self, session: DeskSession, which: int) -> None:
        """Raises `NotFound`."""
        await self._store.remove_partner(_supervised(session), which)


def _supervised(session: DeskSession) -> int:
    if not supervises(session.role):
        raise Forbidden
    return session.organisation
