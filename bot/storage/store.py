"""The store: everything that is kept, behind one object. Its parts are in the modules beside this one."""

from __future__ import annotations

from datetime import tzinfo
from typing import Self

from sqlalchemy import select

from bot.storage import schema
from bot.storage.casecards import CaseCards, Deadline, Link
from bot.storage.casefiles import Note, Plan
from bot.storage.caseworkers import CaseworkerInfo, DeskSession, Invite
from bot.storage.chats import Chat, Chats, Mark
from bot.storage.conversations import NewConversation
from bot.storage.engine import Database
from bot.storage.figures import Figures
from bot.storage.ladders import Ladders
from bot.storage.locks import Locks
from bot.storage.oncall import OnCallPart, PageAddress
from bot.storage.organisations import Organisation
from bot.storage.outbox import Outbox, OutboxItem
from bot.storage.part import Clock, Person
from bot.storage.recovering import Recovering, RecoveryKey
from bot.storage.retention import Keeping, Run
from bot.storage.skills import Skills
from bot.storage.tables import installation
from bot.storage.transfers import Colleague, Transfers
from bot.storage.turns import Accepted, Turns

__all__ = [
    "Accepted",
    "CaseworkerInfo",
    "Chat",
    "Colleague",
    "Deadline",
    "DeskSession",
    "Invite",
    "Link",
    "Locks",
    "Mark",
    "NewConversation",
    "Note",
    "Organisation",
    "OutboxItem",
    "PageAddress",
    "Person",
    "Plan",
    "RecoveryKey",
    "Run",
    "Skills",
    "Store",
]


class Store(Turns, Recovering, Outbox, Ladders, OnCallPart, Chats, Keeping, Transfers, CaseCards, Figures):
    """Conversations and turns, cases, caseworkers, who is on call, the outbox. Times are aware UTC, from `clock`."""

    @classmethod
    async def open(cls, url: str, *, clock: Clock, zone: tzinfo | None = None, open_cases_only: bool = False) -> Self:
        """Connect; `zone`: local time of the figures. `open_cases_only`: the team's key opens a conversation only while
        a case of it is open. Raises `SchemaError` for an unsupported database or one that is
        not at this program's schema."""
        database = Database(url)
        database.zone = zone or database.zone
        database.open_cases_only = open_cases_only
        try:
            await database.check_version()
            async with database.read() as connection:
                await connection.run_sync(schema.check)
                salt = (await connection.execute(select(installation.c.return_salt))).scalar_one()
        except BaseException:
            await database.close()
            raise
        return cls(database, clock, salt)

    def locks(self) -> Locks:
        """Locks that all gateways on this database share; whoever takes them closes them."""
        return Locks(self._db)

    async def close(self) -> None:
        """Close every connection."""
        await self._db.close()
