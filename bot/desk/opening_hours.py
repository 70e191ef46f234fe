"""When caseworkers usually read: each organisation has its own, and coordinators alone change them."""

from __future__ import annotations

from bot.domain.opening_hours import DAYS, MOST_CLOSED, OpeningHours
from bot.domain.roles import supervises
from bot.storage.database.errors import Forbidden
from bot.storage.store import DeskSession, Store

__all__ = ["DAYS", "MOST_CLOSED", "DeskSession", "OpeningHours", "OpeningTimes", "Store"]


class OpeningTimes:
    """Each call names the session of the one who asks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, session: DeskSession) -> OpeningHours:
        """Those of their organisation."""
        return await self._store.opening_hours(session.organisation)

    async def change(self, session: DeskSession, hours: OpeningHours) -> None:
        """Raises `Forbidden` for who does not coordinate."""
        if not supervises(session.role):
            raise Forbidden
        await self._store.set_opening_hours(session.organisation, hours)
