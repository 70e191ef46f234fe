"""The store: everything that is kept, behind one object. Its parts are in the modules beside this one."""

from __future__ import annotations

from typing import Self

from sqlalchemy import select

from bot.storage import schema
from bot.storage.caseworkers import CaseworkerInfo, DeskSession, Invite
from bot.storage.conversations import NewConversation
from bot.storage.engine import Database
from bot.storage.outbox import Outbox, OutboxItem
from bot.storage.part import Clock, Person
from bot.storage.sessions import Sessions
from bot.storage.tables import installation
from bot.storage.turns import Accepted, Turns

__all__ = [
    "Accepted",
    "CaseworkerInfo",
    "DeskSession",
    "Invite",
    "NewConversation",
    "OutboxItem",
    "Person",
    "Store",
]


class Store(Turns, Sessions, Outbox):
    """Conversations and turns, cases, caseworkers, and the outbox. All times are aware UTC, from `clock`."""

    @classmethod
    async def open(cls, url: str, *, clock: Clock) -> Self:
        """Connect; raises `SchemaError` for an unsupported database or one that is not at this program's
        schema."""
        database = Database(url)
        try:
            await database.check_version()
            async with database.read() as connection:
                await connection.run_sync(schema.check)
                salt = (await connection.execute(select(installation.c.return_salt))).scalar_one()
        except BaseException:
            await database.close()
            raise
        return cls(database, clock, salt)

    async def close(self) -> None:
        """Close every connection."""
        await self._db.close()
