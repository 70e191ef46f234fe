"""Conversations: made, opened by a browser's token or by a return code, deleted.

The private key of a conversation is wrapped three times: under the token, under the return code, and
sealed to the team key. Deleting a conversation destroys the wraps and the bodies in one transaction.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.model import Handoff
from bot.storage.codes import new_return_code
from bot.storage.errors import Gone, SealingError
from bot.storage.part import Part, Person, current_team_key, wrapped_for
from bot.storage.sealing import (
    TokenKeys,
    derive_return_code,
    derive_token,
    new_key_pair,
    pair_of,
    seal,
    unwrap,
    wrap,
)
from bot.storage.tables import (
    case_whys,
    cases,
    conversation_wraps,
    conversations,
    messages,
    team_keys,
    tombstones,
)

DELETED = "deleted by the person"


@dataclass(frozen=True, slots=True, repr=False)
class NewConversation:
    """What is shown to the person once and stored nowhere."""

    person: Person
    token: str
    return_code: str

    def __repr__(self) -> str:
        return f"NewConversation(person={self.person!r}, ...)"


class Conversations(Part):
    """See `Store`."""

    async def create_conversation(
        self, language: str | None, channel: str = "web", *, token: str | None = None
    ) -> NewConversation:
        """A new conversation. `token` is for a channel whose secret is derived and not kept in a browser."""
        token = token or secrets.token_urlsafe(32)
        code = new_return_code(language)
        by_code = await self._code_keys(code)
        pair, now = new_key_pair(), self._clock()
        row = {"public": pair.public, "channel": channel, "language": language, "state": Handoff.BOT.value}
        query = insert(conversations).returning(conversations.c.id)
        async with self._db.write() as connection:
            made = await connection.execute(query.values(**row, created_at=now, last_message_at=now))
            person = Person(made.scalar_one(), pair, language, Handoff.BOT)
            wraps = [_wrap_for(person, "token", derive_token(token)), _wrap_for(person, "code", by_code)]
            await connection.execute(insert(conversation_wraps), wraps)
            await self._hold_team_key(connection)
            await self._wrap_to_team(connection, person)
        return NewConversation(person, token, code)

    async def open_by_token(self, token: str) -> Person | None:
        """The conversation of a token; None when there is none (any more).

        Wraps the conversation to the current team key where it is not: one statement more, once.
        """
        found = await self._open("token", derive_token(token))
        if found is None:
            return None
        person, team_is_current = found
        if not team_is_current:
            await self.rewrap(person)
        return person

    async def open_by_return_code(self, code: str) -> NewConversation | None:
        """The conversation of a return code with a new token: the old one stops working, the code stays."""
        found = await self._open("code", await self._code_keys(code))
        if found is None:
            return None
        person, _ = found
        token = secrets.token_urlsafe(32)
        new = _wrap_for(person, "token", derive_token(token))
        of_token = and_(conversation_wraps.c.conversation == person.conversation, conversation_wraps.c.kind == "token")
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            if not await self._lock(connection, person.conversation):
                return None
            await connection.execute(delete(conversation_wraps).where(of_token))
            await connection.execute(insert(conversation_wraps).values(**new))
            await self._wrap_to_team(connection, person)
        return NewConversation(person, token, code)

    async def rewrap(self, person: Person) -> None:
        """Wrap the conversation to the current team key where it is not, so that the desk can open it.

        One statement when there is nothing to do; a deleted conversation is no error. For a person who was
        opened long ago: the key may have been made anew since.
        """
        of_team = and_(conversation_wraps.c.team_key == team_keys.c.id, team_keys.c.retired_at.is_(None))
        query = (
            select(team_keys.c.id)
            .join(conversation_wraps, of_team)
            .where(conversation_wraps.c.conversation == person.conversation)
        )
        async with self._db.read() as connection:
            if (await connection.execute(query)).first() is not None:
                return
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            if await self._lock(connection, person.conversation):
                await self._wrap_to_team(connection, person)

    async def set_language(self, person: Person, code: str) -> None:
        """The language the person chose or turned out to write; raises `Gone`."""
        mine = conversations.c.id == person.conversation
        async with self._db.write() as connection:
            changed = await connection.execute(update(conversations).where(mine).values(language=code))
            if changed.rowcount == 0:
                raise Gone

    async def delete_conversation(self, conversation: int) -> None:
        """Destroy the wraps, the bodies and the sealed parts of cases; a case row stays, closed, without
        content.

        Deleting what is deleted is no error. Afterwards the database's own leftovers are removed (`scrub`).
        """
        now = self._clock()
        async with self._db.write() as connection:
            if not await self._lock(connection, conversation):
                return
            await _destroy(connection, conversation, now)
            grave = self._db.insert_new(tombstones).values(conversation=conversation, deleted_at=now)
            await connection.execute(grave)
        if self._db.is_sqlite:
            await self._db.scrub()

    async def scrub(self) -> None:
        """Remove from the database's files what deletions leave in them. Daily, after the purge."""
        await self._db.scrub()

    async def tombstones(self) -> list[int]:
        """Every conversation that was deleted, to be kept apart from the backups."""
        async with self._db.read() as connection:
            return list((await connection.execute(select(tombstones.c.conversation))).scalars())

    async def bury(self, deleted: Sequence[int]) -> None:
        """Delete again what a restored backup brought back."""
        for conversation in deleted:
            await self.delete_conversation(conversation)

    async def stale(self, before: datetime, limit: int = 500) -> list[int]:
        """Conversations without a message since `before` that no one waits for or owns, oldest first."""
        c = conversations.c
        open_states = (Handoff.WAITING.value, Handoff.OWNED.value)
        query = (
            select(c.id)
            .where(c.last_message_at < before, c.state.not_in(open_states))
            .order_by(c.last_message_at)
            .limit(limit)
        )
        async with self._db.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def _open(self, kind: str, keys: TokenKeys) -> tuple[Person, bool] | None:
        """The person, and whether the wrap to the team is to the current key."""
        own, team = conversation_wraps, conversation_wraps.alias()
        query = (
            select(
                conversations.c.id,
                conversations.c.language,
                conversations.c.state,
                own.c.wrapped,
                team.c.team_key,
                team_keys.c.id.label("current"),
            )
            .join(conversations, conversations.c.id == own.c.conversation)
            .outerjoin(team, and_(team.c.conversation == own.c.conversation, team.c.kind == "team"))
            .outerjoin(team_keys, team_keys.c.retired_at.is_(None))
            .where(own.c.lookup == keys.lookup, own.c.kind == kind)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        try:
            private = unwrap(keys.wrap, row.wrapped, wrapped_for(kind, row.id))
        except SealingError:
            return None
        person = Person(row.id, pair_of(private), row.language, Handoff(row.state))
        return person, row.team_key == row.current

    async def _code_keys(self, code: str) -> TokenKeys:
        return await asyncio.to_thread(derive_return_code, code, self._return_salt)

    async def _wrap_to_team(self, connection: AsyncConnection, person: Person) -> None:
        """Replace the wrap to the team by one to the current key, which the caller holds."""
        team = await current_team_key(connection)
        if team is None:
            return
        mine = and_(conversation_wraps.c.conversation == person.conversation, conversation_wraps.c.kind == "team")
        await connection.execute(delete(conversation_wraps).where(mine))
        await connection.execute(insert(conversation_wraps).values(**team_wrap(person, team.id, team.public)))


def team_wrap(person: Person, team_key: int, public: bytes) -> dict[str, object]:
    """The row that gives the team the conversation's private key."""
    bound = wrapped_for("team", person.conversation, team_key)
    return {
        "conversation": person.conversation,
        "kind": "team",
        "lookup": None,
        "team_key": team_key,
        "wrapped": seal(public, person.keys.private, bound),
    }


def _wrap_for(person: Person, kind: str, keys: TokenKeys) -> dict[str, object]:
    bound = wrapped_for(kind, person.conversation)
    return {
        "conversation": person.conversation,
        "kind": kind,
        "lookup": keys.lookup,
        "team_key": None,
        "wrapped": wrap(keys.wrap, person.keys.private, bound),
    }


async def _destroy(connection: AsyncConnection, conversation: int, now: datetime) -> None:
    of_cases = select(cases.c.id).where(cases.c.conversation == conversation)
    await connection.execute(delete(conversation_wraps).where(conversation_wraps.c.conversation == conversation))
    await connection.execute(delete(messages).where(messages.c.conversation == conversation))
    await connection.execute(delete(case_whys).where(case_whys.c.case_id.in_(of_cases)))
    await connection.execute(
        update(cases)
        .where(cases.c.conversation == conversation)
        .values(state=Handoff.CLOSED.value, owner=None, signals="[]", outcome=DELETED)
    )
    await connection.execute(
        update(cases).where(cases.c.conversation == conversation, cases.c.closed_at.is_(None)).values(closed_at=now)
    )
    await connection.execute(delete(conversations).where(conversations.c.id == conversation))
