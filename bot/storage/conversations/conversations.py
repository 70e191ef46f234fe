"""Conversations: made, opened by a browser's token or by a return code, deleted.

The private key of a conversation is wrapped three times: under the token, under the return code, and
sealed to the team key (or, without an open case, to coordinators: `cases/closed_keys.py`).

Deleting a conversation destroys the wraps and the bodies in one transaction.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Handoff
from bot.domain.retention import coarse
from bot.storage.cases.closed_keys import forget_holders, has_open_case
from bot.storage.database.engine import Database
from bot.storage.database.errors import Gone, SealingError, Taken
from bot.storage.database.part import Part, Person, current_team_key, wrapped_for
from bot.storage.oncall.escalations import end_ladder
from bot.storage.people.team_key import team_wrap
from bot.storage.records.audit_log import append_deleted
from bot.storage.sealing.envelopes import (
    TokenKeys,
    derive_return_code,
    derive_token,
    new_key_pair,
    pair_of,
    unwrap,
    wrap,
)
from bot.storage.sealing.return_codes import new_return_code
from bot.storage.tables.cases import (
    case_deadlines,
    case_links,
    case_notes,
    case_offers,
    case_plans,
    case_summaries,
    held_replies,
)
from bot.storage.tables.conversations import (
    case_whys,
    cases,
    conversation_wraps,
    conversations,
    messages,
    pictures,
    sheets,
    team_keys,
    tombstones,
)

log = logging.getLogger(__name__)

DELETED = "deleted by the person"
UNUSED = timedelta(hours=24)
"""After the hour in which a browser last used its token: what a phone keeps of it opens nothing later."""
BROWSER = "web"
"""The channel whose tokens end: those of others are derived, and stand nowhere."""


@dataclass(frozen=True, slots=True, repr=False)
class NewConversation:
    """What is shown to the person once and stored nowhere."""

    person: Person
    token: str
    return_code: str
    told: int = 0
    """For one that was opened again: everything up to here was said at the other door."""

    def __repr__(self) -> str:
        return f"NewConversation(person={self.person!r}, ...)"


class Conversations(Part):
    """See `Store`."""

    async def create_conversation(
        self, language: str | None, channel: str = BROWSER, *, token: str | None = None, code: str | None = None
    ) -> NewConversation:
        """A new conversation. `token` is for a channel whose secret is derived and not kept in a browser, `code` for
        one that has chosen a return code before. Raises `Taken` when either was used before."""
        token, code = token or secrets.token_urlsafe(32), code or new_return_code(language)
        by_code = await self._code_keys(code)
        pair, now = new_key_pair(), self._clock()
        row = {"public": pair.public, "channel": channel, "language": language, "state": Handoff.BOT.value}
        query = insert(conversations).returning(conversations.c.id)
        async with self._db.write() as connection:
            made = await connection.execute(query.values(**row, created_at=now, last_message_at=now))
            person = Person(made.scalar_one(), pair, language, Handoff.BOT)
            ends = _ends(channel, now)
            wraps = [_wrap_for(person, "token", derive_token(token), ends), _wrap_for(person, "code", by_code)]
            try:
                await connection.execute(insert(conversation_wraps), wraps)
            except IntegrityError:
                raise Taken from None
            await self._hold_team_key(connection)
            if not self._db.open_cases_only:
                await self._wrap_to_team(connection, person)
        return NewConversation(person, token, code)

    async def open_by_token(self, token: str) -> Person | None:
        """The conversation of a token; None when there is none (any more).

        Wraps the conversation to the current team key where it is not: one statement more, once.
        """
        found = await self._open("token", derive_token(token))
        if found is None:
            return None
        person, team_is_current, ends_at = found
        if not team_is_current:
            await self.rewrap(person)
        await self._put_off(token, ends_at)
        return person

    async def use_token(self, token: str) -> bool:
        """Whether the token opens something still: it may have been ended at another gateway. Its use is noted, as far
        as it puts off its end."""
        w, now = conversation_wraps.c, self._clock()
        mine = and_(w.lookup == derive_token(token).lookup, w.kind == "token")
        async with self._db.read() as connection:
            row = (await connection.execute(select(w.ends_at).where(mine))).first()
        if row is None or _over(row.ends_at, now):
            return False
        await self._put_off(token, row.ends_at)
        return True

    async def end_unused_tokens(self) -> int:
        """Remove what opens nothing any more: tokens that nobody used for `UNUSED`; how many. Hourly."""
        over = conversation_wraps.c.ends_at <= self._clock()
        async with self._db.write() as connection:
            gone = (await connection.execute(delete(conversation_wraps).where(over))).rowcount
        self._db.left_over = self._db.left_over or bool(gone)
        return gone

    async def open_by_return_code(
        self, code: str, channel: str | None = None, *, token: str | None = None
    ) -> NewConversation | None:
        """The conversation of a return code with a new token: the old one stops working, the code stays. `channel` is
        where it goes on, `token` that channel's own secret."""
        found = await self._open("code", await self._code_keys(code))
        if found is None:
            return None
        person = found[0]
        token = token or secrets.token_urlsafe(32)
        new = _wrap_for(person, "token", derive_token(token), _ends(channel or BROWSER, self._clock()))
        of_token = and_(conversation_wraps.c.conversation == person.conversation, conversation_wraps.c.kind == "token")
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            if not await self._lock(connection, person.conversation):
                return None
            await connection.execute(delete(conversation_wraps).where(of_token))
            await connection.execute(insert(conversation_wraps).values(**new))
            await self._wrap_again(connection, person)
            if channel is not None:
                mine = conversations.c.id == person.conversation
                await connection.execute(update(conversations).where(mine).values(channel=channel))
            last = select(conversations.c.last_seq).where(conversations.c.id == person.conversation)
            told = (await connection.execute(last)).scalar_one()
        return NewConversation(person, token, code, told)

    async def read_by_return_code(self, code: str) -> Person | None:
        """The conversation of a return code; nothing is changed by it, and the token stays good."""
        found = await self._open("code", await self._code_keys(code))
        return None if found is None else found[0]

    async def end_access(self, token: str) -> int | None:
        """The token opens nothing any more; the return code, the team and a newer token still do. The conversation that
        it opened; None when it opened none."""
        of_token = and_(conversation_wraps.c.lookup == derive_token(token).lookup, conversation_wraps.c.kind == "token")
        ended = delete(conversation_wraps).where(of_token).returning(conversation_wraps.c.conversation)
        async with self._db.write() as connection:
            return (await connection.execute(ended)).scalar()

    async def renew_return_code(self, person: Person) -> str:
        """Another return code; the old one stops working. Raises `Gone`."""
        code = new_return_code(person.language)
        new = await self.wrap_for_code(person, code)
        async with self._db.write() as connection:
            if not await self._lock(connection, person.conversation):
                raise Gone
            await replace_code(connection, person.conversation, new)
        return code

    async def is_return_code(self, person: Person, code: str) -> bool:
        """Whether this code opens this conversation now."""
        keys, w = await self._code_keys(code), conversation_wraps.c
        query = select(w.conversation).where(w.lookup == keys.lookup, w.kind == "code")
        async with self._db.read() as connection:
            return bool((await connection.execute(query)).scalar() == person.conversation)

    async def wrap_for_code(self, person: Person, code: str) -> dict[str, object]:
        """The row that gives whoever has this return code the conversation's private key."""
        return _wrap_for(person, "code", await self._code_keys(code))

    async def rewrap(self, person: Person) -> None:
        """Wrap the conversation to the current team key where it is not and should be, so that the desk can open it.

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
            if self._db.open_cases_only and not await has_open_case(connection, person.conversation):
                return
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            if await self._lock(connection, person.conversation):
                await self._wrap_again(connection, person)

    async def set_language(self, person: Person, code: str) -> None:
        """The language the person chose or turned out to write; raises `Gone`."""
        mine = conversations.c.id == person.conversation
        async with self._db.write() as connection:
            changed = await connection.execute(update(conversations).where(mine).values(language=code))
            if changed.rowcount == 0:
                raise Gone

    async def delete_conversation(self, conversation: int, why: str = "person", actor: int | None = None) -> bool:
        """Destroy the wraps, the bodies and the sealed parts of cases; a case row stays, closed, without
        content. `why` goes into the audit log (`audit.append_deleted`).

        Deleting what is deleted is no error: False. Afterwards the database's own leftovers are removed (`scrub`).
        """
        now = self._clock()
        async with self._db.write() as connection:
            if not await self._lock(connection, conversation):
                return False
            await destroy(self._db, connection, conversation, now, why, actor)
        if self._db.is_sqlite:
            await self._db.scrub()
        return True

    async def scrub(self) -> None:
        """Remove from the database's files what deletions leave in them. Daily, after the purge."""
        await self._db.scrub(thorough=True)

    @property
    def left_over(self) -> bool:
        """Whether there is something to scrub that was deleted since."""
        return self._db.left_over

    async def tombstones(self) -> list[int]:
        """Every conversation that was deleted, to be kept apart from the backups."""
        async with self._db.read() as connection:
            return list((await connection.execute(select(tombstones.c.conversation))).scalars())

    async def bury(self, deleted: Sequence[int]) -> int:
        """Delete again what a restored backup brought back; how many there were."""
        done = [await self.delete_conversation(conversation, "restored") for conversation in deleted]
        return sum(done)

    async def _put_off(self, token: str, ends_at: datetime | None) -> None:
        """Where a token has an end, one that is a day from now: a write an hour."""
        ends = _ends(BROWSER, self._clock())
        if ends_at is None or ends_at == ends:
            return
        mine = conversation_wraps.c.lookup == derive_token(token).lookup
        try:
            async with self._db.write() as connection:
                await connection.execute(update(conversation_wraps).where(mine).values(ends_at=ends))
        except DBAPIError as error:  # a full disk must not cost what the person came for
            log.warning("token.not_put_off", extra={"error": type(error.orig).__name__})

    async def _open(self, kind: str, keys: TokenKeys) -> tuple[Person, bool, datetime | None] | None:
        """The person, whether the wrap to the team is to the current key, and when this way in ends."""
        own, team = conversation_wraps, conversation_wraps.alias()
        query = (
            select(
                conversations.c.id,
                conversations.c.language,
                conversations.c.state,
                own.c.wrapped,
                own.c.ends_at,
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
        if row is None or _over(row.ends_at, self._clock()):
            return None
        try:
            private = unwrap(keys.wrap, row.wrapped, wrapped_for(kind, row.id))
        except SealingError:
            return None
        person = Person(row.id, pair_of(private), row.language, Handoff(row.state))
        return person, row.team_key == row.current, row.ends_at

    async def _code_keys(self, code: str) -> TokenKeys:
        return await asyncio.to_thread(derive_return_code, code, self._return_salt)

    async def _wrap_again(self, connection: AsyncConnection, person: Person) -> None:
        """The same for one that was there before, which the caller holds: only with an open case, where the
        organisation wants that."""
        if self._db.open_cases_only and not await has_open_case(connection, person.conversation):
            return
        await self._wrap_to_team(connection, person)
        await forget_holders(connection, person.conversation)

    async def _wrap_to_team(self, connection: AsyncConnection, person: Person) -> None:
        """Replace the wrap to the team by one to the current key, which the caller holds."""
        team = await current_team_key(self._db, connection)
        if team is None:
            return
        mine = and_(conversation_wraps.c.conversation == person.conversation, conversation_wraps.c.kind == "team")
        await connection.execute(delete(conversation_wraps).where(mine))
        await connection.execute(insert(conversation_wraps).values(**team_wrap(person, team.id, team.public)))


async def replace_code(connection: AsyncConnection, conversation: int, wrap: dict[str, object]) -> None:
    """Another return code opens the conversation from here on. The caller holds its row."""
    of_code = and_(conversation_wraps.c.conversation == conversation, conversation_wraps.c.kind == "code")
    await connection.execute(delete(conversation_wraps).where(of_code))
    await connection.execute(insert(conversation_wraps).values(**wrap))


def _ends(channel: str, now: datetime) -> datetime | None:
    """When a token ends that is used now."""
    if channel != BROWSER:
        return None
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) + UNUSED


def _over(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is not None and ends_at <= now


def _wrap_for(person: Person, kind: str, keys: TokenKeys, ends_at: datetime | None = None) -> dict[str, object]:
    bound = wrapped_for(kind, person.conversation)
    return {
        "conversation": person.conversation,
        "kind": kind,
        "lookup": keys.lookup,
        "team_key": None,
        "wrapped": wrap(keys.wrap, person.keys.private, bound),
        "ends_at": ends_at,
    }


async def destroy(
    database: Database,
    connection: AsyncConnection,
    conversation: int,
    now: datetime,
    why: str,
    actor: int | None = None,
) -> None:
    """Everything of a conversation whose row is held: keys, bodies, sealed parts. Of its end only the day is kept.

    `why` goes into the audit log, as the last statement of the transaction."""
    of_cases = select(cases.c.id).where(cases.c.conversation == conversation)
    for case_id in (await connection.execute(of_cases)).scalars().all():
        await end_ladder(connection, case_id, "deleted", now)
    await connection.execute(delete(conversation_wraps).where(conversation_wraps.c.conversation == conversation))
    await forget_holders(connection, conversation)
    await connection.execute(delete(messages).where(messages.c.conversation == conversation))
    await connection.execute(delete(pictures).where(pictures.c.conversation == conversation))
    await connection.execute(delete(sheets).where(sheets.c.conversation == conversation))
    for table in (
        case_whys, case_offers, case_plans, case_notes, case_summaries, case_deadlines, case_links, held_replies,
    ):  # fmt: skip
        await connection.execute(delete(table).where(table.c.case_id.in_(of_cases)))
    await connection.execute(
        update(cases)
        .where(cases.c.conversation == conversation)
        .values(state=Handoff.CLOSED.value, owner=None, signals="[]", outcome=DELETED, danger_at=None, muted_until=None)
    )
    await connection.execute(
        update(cases).where(cases.c.conversation == conversation, cases.c.closed_at.is_(None)).values(closed_at=now)
    )
    await connection.execute(delete(conversations).where(conversations.c.id == conversation))
    grave = database.insert_new(tombstones).values(conversation=conversation, deleted_at=coarse(now))
    await connection.execute(grave)
    await append_deleted(database, connection, conversation, coarse(now), why, actor)
