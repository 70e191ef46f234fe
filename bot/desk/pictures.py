"""Pictures of the person, for the owner of the case alone."""

from __future__ import annotations

from bot.desk.service import Desk
from bot.storage.database.errors import NotFound
from bot.storage.store import DeskSession, Store

__all__ = ["DeskSession", "Pictures"]


class Pictures:
    """Opens one picture of an owned case."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def of(self, session: DeskSession, case_id: int, seq: int) -> bytes:
        """Return the picture of the message `seq`, a JPEG. Raises `NotFound`, and what `Desk.opened` raises."""
        _, person = await self._desk.opened(session, case_id)
        picture = await self._store.picture(person, seq)
        if picture is None:
            raise NotFound
        return picture
