"""Replies that a caseworker holds until a time.

A held reply is sealed like a message, with the conversation's public key: at its time nobody need be there who could
open it, and this program cannot. So it is sealed to its own name (`part.sealed_held`) and goes into the conversation as
it is, in the transaction that takes it out of here: of two gateways one finds it, and whoever dies has done both or
nothing. Whoever owns the case by then, or nobody: it goes out. It is dropped when its case ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.held_replies import Hold
from bot.domain.model import Handoff, Outgoing, Sender, Translated
from bot.storage.conversations.turns import Turns, client_hash, speaks
from bot.storage.database.errors import Gone, NotFound, NotOwner, TooManyKept
from bot.storage.database.part import LARGEST, Person, sealed_held
from bot.storage.sealing.envelopes import open_envelope, seal
from bot.storage.sealing.message_body import body_of, pack, unpack
from bot.storage.tables.cases import held_replies
from bot.storage.tables.conversations import cases, caseworkers, conversations, messages

MOST = 20
"""Held replies of one case."""


@dataclass(frozen=True, slots=True, repr=False)
class HeldReply:
    """`name`: which one, as 32 hexadecimal digits. It goes out between `due_at` and `until_at`; what did not, stays
    until somebody decides."""

    name: str
    author: str
    due_at: datetime
    until_at: datetime
    text: str
    translated: Translated | None


@dataclass(frozen=True, slots=True)
class DueReply:
    """A held reply whose time has come."""

    case_id: int
    name: bytes
    number: str
    conversation: int


class HeldReplies(Turns):
    """See `Store`. Who may read is the desk's matter; only the owner of the case writes."""

    async def hold(
        self, case_id: int, person: Person, owner: int, client_id: str, message: Outgoing, until: Hold
    ) -> None:
        """Keep a reply until its time. The same `client_id` again, as of a reply that was said, changes nothing. Raises
        `Gone`, `NotOwner`, `TooManyKept`."""
        name = client_hash(Sender.CASEWORKER, client_id)
        envelope = seal(person.keys.public, pack(body_of(message, 0)), sealed_held(person.conversation, name))
        row = {"case_id": case_id, "name": name, "author": owner, "envelope": envelope}
        mine = held_replies.c.case_id == case_id
        said = select(messages.c.seq).where(messages.c.conversation == person.conversation, messages.c.client == name)
        async with self._db.write() as connection:
            await self._owned(connection, case_id, owner)
            if (await connection.execute(said)).first() is not None:
                return
            held = set((await connection.execute(select(held_replies.c.name).where(mine))).scalars())
            if len(held) >= MOST and name not in held:
                raise TooManyKept
            times = {"due_at": until.due_at, "until_at": until.until_at}
            await connection.execute(self._db.insert_new(held_replies).values(**row, **times))

    async def held(self, case_id: int, person: Person) -> list[HeldReply]:
        """The held replies of a case, the earliest first."""
        query = (
            select(held_replies, caseworkers.c.name.label("author_name"))
            .join(caseworkers, caseworkers.c.id == held_replies.c.author)
            .where(held_replies.c.case_id == case_id)
            .order_by(held_replies.c.due_at, held_replies.c.name)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = []
        for row in rows:
            bound = sealed_held(person.conversation, row.name)
            body = unpack(open_envelope(person.keys, row.envelope, bound))
            name, author = row.name.hex(), row.author_name
            found.append(HeldReply(name, author, row.due_at, row.until_at, body.text, body.translated))
        return found

    async def drop_held(self, case_id: int, owner: int, name: str) -> None:
        """Take a held reply back. Raises `NotOwner`, and `NotFound` for one that is not held (any more)."""
        mine = and_(held_replies.c.case_id == case_id, held_replies.c.name == bytes.fromhex(name))
        async with self._db.write() as connection:
            await self._owned(connection, case_id, owner)
            if (await connection.execute(delete(held_replies).where(mine))).rowcount == 0:
                raise NotFound("there is no such reply")

    async def send_held(self, case_id: int, owner: int, name: str) -> int:
        """Say a held reply now, as a word of its owner; its place. Raises `NotOwner`, and `NotFound` for one that is
        not held (any more)."""
        async with self._db.write() as connection:
            conversation = await self._owned(connection, case_id, owner)
            seq = await self._say_held(connection, case_id, conversation, bytes.fromhex(name))
            if seq is None:
                raise NotFound("there is no such reply")
            await speaks(self._db, connection, conversation, owner, self._clock())
        return seq

    async def due_held(self, limit: int = 100) -> list[DueReply]:
        """The held replies that go out now, the earliest first."""
        now = self._clock()
        query = (
            select(held_replies.c.case_id, held_replies.c.name, cases.c.number, cases.c.conversation)
            .join(cases, cases.c.id == held_replies.c.case_id)
            .where(held_replies.c.due_at <= now, held_replies.c.until_at >= now)
            .order_by(held_replies.c.due_at, held_replies.c.name)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [DueReply(row.case_id, row.name, row.number, row.conversation) for row in rows]

    async def say_due(self, due: DueReply) -> bool:
        """Say a held reply whose time has come; False when it is not held any more. Nobody has looked at the case for
        it: an owner who owes a word still does."""
        async with self._db.write() as connection:
            if not await self._lock(connection, due.conversation):
                return False
            return await self._say_held(connection, due.case_id, due.conversation, due.name) is not None

    async def _owned(self, connection: AsyncConnection, case_id: int, owner: int) -> int:
        """Hold the conversation of a case that this caseworker owns; its id."""
        mine = cases.c.id == min(case_id, LARGEST)
        of = (await connection.execute(select(cases.c.conversation).where(mine))).scalar()
        if of is None:
            raise NotFound("there is no such case")
        if not await self._lock(connection, of):
            raise Gone
        row = (await connection.execute(select(cases.c.state, cases.c.owner).where(mine))).one()
        if row.state != Handoff.OWNED.value or row.owner != owner:
            raise NotOwner
        return int(of)

    async def _say_held(self, connection: AsyncConnection, case_id: int, conversation: int, name: bytes) -> int | None:
        """In the transaction that holds the conversation: out of here, into there."""
        mine = and_(held_replies.c.case_id == case_id, held_replies.c.name == name)
        taken = delete(held_replies).where(mine).returning(held_replies.c.envelope)
        envelope = (await connection.execute(taken)).scalar()
        if envelope is None:
            return None
        row = await self._advance(connection, conversation, {"last_seq": conversations.c.last_seq + 1})
        said = {"conversation": conversation, "seq": row.last_seq, "sender": Sender.CASEWORKER.value}
        said |= {"at": self._clock(), "answered": True, "client": name, "envelope": envelope, "held": True}
        await connection.execute(insert(messages).values(**said))
        return int(row.last_seq)
