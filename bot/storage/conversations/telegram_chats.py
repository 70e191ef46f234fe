"""Telegram chats: where the answers of a conversation go, how far they went, and what can still be deleted there.

The outbox of a chat is its conversation: everything after `sent_seq`. It is written in the transaction that says it,
whoever says it (the bot, a caseworker, the system), so nothing is in it twice and nothing can be lost between the two.
Identities come in sealed and are never opened here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, exists, insert, select, update
from sqlalchemy.engine import Row

from bot.storage.database.part import Part
from bot.storage.tables.conversations import conversations, telegram_chats, telegram_messages, telegram_updates

KEEP_UPDATES = timedelta(hours=48)
"""Telegram keeps an update for 24 hours; after that it cannot bring it again."""

KEEP_MESSAGES = timedelta(hours=48)
"""A bot can delete what is younger."""


@dataclass(frozen=True, slots=True, repr=False)
class Chat:
    """A chat and the conversation in it. `trying_seq` is a message that was perhaps sent: nobody saw the end of it."""

    id: int
    lookup: bytes
    sealed: bytes
    salt: bytes
    conversation: int
    sent_seq: int
    trying_seq: int | None
    attempts: int
    blocked: bool
    older: bool = False
    """Something stands in it that is too old to be deleted, or in another chat that the talk was in before."""
    trying_after: bytes | None = None
    """The sealed number of the last message before the one that was perhaps sent."""

    def __repr__(self) -> str:
        return f"Chat({self.id}, conversation={self.conversation})"


@dataclass(frozen=True, slots=True, repr=False)
class Mark:
    """A message in a chat: a keyed hash of its number, and the number sealed."""

    lookup: bytes
    sealed: bytes
    chat: int = 0

    def __repr__(self) -> str:
        return "Mark(...)"


class Chats(Part):
    """See `Store`."""

    async def chat(self, lookup: bytes) -> Chat | None:
        """The chat with the conversation that goes on in it now."""
        found = await self._chats(_chats().where(telegram_chats.c.lookup == lookup, telegram_chats.c.current))
        return found[0] if found else None

    async def chats(self, lookup: bytes) -> list[Chat]:
        """The same chat with every conversation that is still in it: one may wait for a caseworker's answer."""
        return await self._chats(_chats().where(telegram_chats.c.lookup == lookup).order_by(telegram_chats.c.id))

    async def chat_of(self, conversation: int) -> Chat | None:
        """The chat that a conversation is in."""
        found = await self._chats(_chats().where(telegram_chats.c.conversation == conversation))
        return found[0] if found else None

    async def put_in_chat(
        self, conversation: int, lookup: bytes, sealed: bytes, salt: bytes, *, sent_seq: int = 0
    ) -> Chat:
        """From here on the conversation goes on in this chat; what was in it before stays reachable. `sent_seq`: what
        the person has read elsewhere. What stands in another chat that it was in cannot be deleted from here any more.
        """
        c = telegram_chats.c
        row = {"lookup": lookup, "sealed": sealed, "salt": salt, "conversation": conversation, "sent_seq": sent_seq}
        async with self._db.write() as connection:
            await connection.execute(update(telegram_chats).where(c.lookup == lookup).values(current=False))
            values = {**row, "current": True, "due_at": self._clock(), "trying_seq": None, "blocked_at": None}
            again = update(telegram_chats).where(c.conversation == conversation, c.lookup == lookup)
            there = (await connection.execute(again.values(**values).returning(c.id, c.older))).first()
            if there is None:
                left = delete(telegram_chats).where(c.conversation == conversation).returning(c.id)
                values["older"] = (await connection.execute(left)).first() is not None
                made = insert(telegram_chats).values(**values).returning(c.id, c.older)
                there = (await connection.execute(made)).one()
        return Chat(there.id, lookup, sealed, salt, conversation, sent_seq, None, 0, blocked=False, older=there.older)

    async def drop_chat(self, chat_id: int) -> None:
        """Nothing is known of it any more; the conversation is not touched."""
        async with self._db.write() as connection:
            await connection.execute(delete(telegram_messages).where(telegram_messages.c.chat == chat_id))
            await connection.execute(delete(telegram_chats).where(telegram_chats.c.id == chat_id))

    # -- the outbox ----------------------------------------------------------------------------------

    async def unsent(self, limit: int = 200) -> list[Chat]:
        """Chats with something to send that is due, the longest waiting first."""
        c = telegram_chats.c
        due = and_(c.blocked_at.is_(None), c.due_at <= self._clock())
        waiting = _chats().join(conversations, conversations.c.id == c.conversation)
        waiting = waiting.where(due, conversations.c.last_seq > c.sent_seq).order_by(c.due_at).limit(limit)
        return await self._chats(waiting)

    async def trying(self, chat_id: int, seq: int, after: bytes | None = None) -> None:
        """Message `seq` is about to go out, after the one whose number is sealed in `after`: after a crash nobody knows
        whether it did."""
        await self._set(chat_id, trying_seq=seq, trying_after=after)

    async def sent(self, chat_id: int, seq: int, marks: Sequence[Mark] = (), delete_at: datetime | None = None) -> None:
        """Everything up to `seq` is out; `marks` stand in the chat for it."""
        now = self._clock()
        values = {"sent_seq": seq, "trying_seq": None, "attempts": 0, "due_at": now}
        rows = [_marked(chat_id, mark, now, delete_at) for mark in marks]
        async with self._db.write() as connection:
            await connection.execute(update(telegram_chats).where(telegram_chats.c.id == chat_id).values(**values))
            if rows:
                await connection.execute(self._db.insert_new(telegram_messages), rows)

    async def send_later(self, chat_id: int, due_at: datetime, *, unsent: bool) -> None:
        """It did not go out, or (`unsent` False) perhaps did; the next try is at `due_at`."""
        values: dict[str, Any] = {"due_at": due_at, "attempts": telegram_chats.c.attempts + 1}
        await self._set(chat_id, **values, **({"trying_seq": None} if unsent else {}))

    async def set_blocked(self, lookup: bytes, blocked: bool) -> None:
        """Whether the person keeps the bot out. Unblocked, what waited is due at once."""
        now = self._clock()
        mine = telegram_chats.c.lookup == lookup
        async with self._db.write() as connection:
            values = {"blocked_at": now if blocked else None, "due_at": now, "trying_seq": None}
            await connection.execute(update(telegram_chats).where(mine).values(**values))

    # -- what stands in a chat -----------------------------------------------------------------------

    async def note(self, chat_id: int, mark: Mark, delete_at: datetime | None = None) -> None:
        """A message stands in the chat; noted twice is no error."""
        row = _marked(chat_id, mark, self._clock(), delete_at)
        async with self._db.write() as connection:
            await connection.execute(self._db.insert_new(telegram_messages).values(**row))

    async def noted(self, chat_id: int) -> list[Mark]:
        """What can still be deleted in the chat, oldest first."""
        c = telegram_messages.c
        young = c.at > self._clock() - KEEP_MESSAGES
        return await self._marks(select(c.lookup, c.sealed, c.chat).where(c.chat == chat_id, young).order_by(c.at))

    async def last_noted(self, limit: int = 50) -> list[Mark]:
        """The newest messages of all chats."""
        c = telegram_messages.c
        return await self._marks(select(c.lookup, c.sealed, c.chat).order_by(c.at.desc()).limit(limit))

    async def _marks(self, query: Select[Any]) -> list[Mark]:
        async with self._db.read() as connection:
            return [Mark(row.lookup, row.sealed, row.chat) for row in await connection.execute(query)]

    async def to_delete(self, limit: int = 100) -> list[tuple[Chat, Mark]]:
        """What was to be deleted by now."""
        m = telegram_messages.c
        query = _chats().add_columns(m.lookup.label("mark"), m.sealed.label("number"))
        query = query.join(telegram_messages, m.chat == telegram_chats.c.id).where(m.delete_at <= self._clock())
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(m.delete_at).limit(limit))).all()
        return [(_chat(row), Mark(row.mark, row.number, row.id)) for row in rows]

    async def deleted(self, mark: Mark) -> None:
        """It stands there no longer."""
        c = telegram_messages.c
        async with self._db.write() as connection:
            await connection.execute(delete(telegram_messages).where(c.chat == mark.chat, c.lookup == mark.lookup))

    # -- updates -------------------------------------------------------------------------------------

    async def is_handled(self, update_id: int) -> bool:
        """Whether the turn of this update was complete once."""
        query = select(telegram_updates.c.id).where(telegram_updates.c.id == update_id)
        async with self._db.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def handled(self, update_id: int) -> None:
        """The turn of this update is complete."""
        async with self._db.write() as connection:
            row = {"id": update_id, "at": self._clock()}
            await connection.execute(self._db.insert_new(telegram_updates).values(**row))

    async def left_behind(self) -> list[Chat]:
        """Chats whose conversation was deleted: by the person at another door, or because it was old."""
        there = exists().where(conversations.c.id == telegram_chats.c.conversation)
        return await self._chats(_chats().where(~there))

    async def tidy_chats(self) -> None:
        """What is too old to be of use."""
        now = self._clock()
        async with self._db.write() as connection:
            await connection.execute(delete(telegram_updates).where(telegram_updates.c.at < now - KEEP_UPDATES))
            old = telegram_messages.c.at < now - KEEP_MESSAGES
            theirs = telegram_chats.c.id.in_(select(telegram_messages.c.chat).where(old))
            await connection.execute(update(telegram_chats).where(theirs).values(older=True))
            await connection.execute(delete(telegram_messages).where(old))

    async def _set(self, chat_id: int, **values: Any) -> None:
        async with self._db.write() as connection:
            await connection.execute(update(telegram_chats).where(telegram_chats.c.id == chat_id).values(**values))

    async def _chats(self, query: Select[Any]) -> list[Chat]:
        async with self._db.read() as connection:
            return [_chat(row) for row in await connection.execute(query)]


def _chats() -> Select[Any]:
    return select(telegram_chats)


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        row.id, row.lookup, row.sealed, row.salt, row.conversation, row.sent_seq, row.trying_seq, row.attempts,
        blocked=row.blocked_at is not None, older=row.older,
        trying_after=row.trying_after,
    )  # fmt: skip


def _marked(chat_id: int, mark: Mark, now: datetime, delete_at: datetime | None) -> dict[str, Any]:
    return {"chat": chat_id, "lookup": mark.lookup, "sealed": mark.sealed, "at": now, "delete_at": delete_at}
