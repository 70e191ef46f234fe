"""The store: everything that is kept, behind one object. Its parts are in the modules beside this one."""

from __future__ import annotations

from datetime import tzinfo
from typing import Self

from sqlalchemy import select

from bot.domain.ports import Clock
from bot.storage.cases.cards import CaseCards, Deadline, Link
from bot.storage.cases.muting import Muting
from bot.storage.cases.notes_and_plans import Note, Plan
from bot.storage.cases.organisations import Organisation
from bot.storage.cases.partners import Partners
from bot.storage.cases.replies import Replies
from bot.storage.cases.transfers import Colleague, Transfers
from bot.storage.conversations.conversations import NewConversation
from bot.storage.conversations.held_replies import HeldReplies, HeldReply
from bot.storage.conversations.retention import Keeping, Run
from bot.storage.conversations.telegram_chats import Chat, Chats, Mark
from bot.storage.conversations.turns import Accepted
from bot.storage.database import schema
from bot.storage.database.engine import Database
from bot.storage.database.errors import LogInFailed
from bot.storage.database.locks import Locks
from bot.storage.database.part import Person
from bot.storage.oncall.escalations import Ladders
from bot.storage.oncall.opening_hours import Opening
from bot.storage.oncall.outbox import Outbox, OutboxItem
from bot.storage.oncall.phones import Phones
from bot.storage.oncall.rota import OnCallPart, PageAddress
from bot.storage.people.aliases import Alias, Aliases
from bot.storage.people.caseworkers import CaseworkerInfo, DeskSession, Invite
from bot.storage.people.invitations import Invitations, OpenInvite
from bot.storage.people.log_in import Knock
from bot.storage.people.recovery import Recovering, RecoveryKey
from bot.storage.people.skills import Skills
from bot.storage.records.statistics import Figures
from bot.storage.sealing.vouching import Voucher
from bot.storage.tables.conversations import installation

__all__ = [
    "Accepted",
    "Alias",
    "CaseworkerInfo",
    "Chat",
    "Colleague",
    "Deadline",
    "DeskSession",
    "HeldReply",
    "Invite",
    "Knock",
    "Link",
    "Locks",
    "LogInFailed",
    "Mark",
    "NewConversation",
    "Note",
    "OpenInvite",
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


class Store(
    HeldReplies, Recovering, Invitations, Outbox, Ladders, OnCallPart, Phones, Chats, Keeping, Transfers, CaseCards,
    Muting, Partners, Replies, Aliases, Opening, Figures,
):  # fmt: skip
    """Conversations and turns, cases, caseworkers, who is on call, the outbox. Times are aware UTC, from `clock`."""

    @classmethod
    async def open(
        cls, url: str, *, clock: Clock, zone: tzinfo | None = None, open_cases_only: bool = False,
        root: bytes = b"",
    ) -> Self:  # fmt: skip
        """Connect; `zone`: local time of the figures. `root`: the key outside the database that vouches for what stands
        in it. `open_cases_only`: the team's key opens a conversation only while
        a case of it is open. Raises `SchemaError` for an unsupported database or one that is
        not at this program's schema."""
        database = Database(url)
        database.zone = zone or database.zone
        database.open_cases_only = open_cases_only
        database.voucher = Voucher(root)
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
