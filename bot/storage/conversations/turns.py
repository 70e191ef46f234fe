"""Turns: what the person wrote is stored once, and answered once.

Each method is one transaction that begins with the conversation's row: it gives the next places (`seq`,
from 1, without gaps), says who owns the conversation, and keeps everybody else away until the commit.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, insert, literal, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Deed
from bot.domain.forms import Sheet
from bot.domain.handoff import IllegalMove, Move, bot_may_speak
from bot.domain.model import CaseChange, Choice, Handoff, Message, Outgoing, Sender
from bot.storage.cases.closed_keys import close_to_team, has_open_case, open_to_team
from bot.storage.cases.raising import Place, note_unmuted, raise_case, withdraw_case
from bot.storage.conversations.conversations import Conversations, replace_code
from bot.storage.conversations.form_sheets import Sheets, put_sheet
from bot.storage.conversations.pictures import Pictures, put_picture
from bot.storage.database.engine import Database
from bot.storage.database.errors import Gone, NotOwner
from bot.storage.database.part import LARGEST, Person, moved, sealed_held, sealed_message
from bot.storage.records.audit_log import append
from bot.storage.records.statistics import count, count_word
from bot.storage.sealing.envelopes import KeyPair, digest, open_envelope, seal
from bot.storage.sealing.message_body import Body, body_of, pack, unpack
from bot.storage.sealing.return_codes import new_return_code
from bot.storage.tables.conversations import cases, conversations, messages

PAGE = 500
"""Messages that are opened at once."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message of the person is stored. `state` is the handoff after it; `answered`: nothing is left to
    be said."""

    seq: int
    repeated: bool
    state: Handoff
    answered: bool


class Turns(Conversations, Sheets, Pictures):
    """See `Store`."""

    async def accept(
        self,
        person: Person,
        client_id: str,
        text: str,
        *,
        choice: Mapping[str, Any] | None = None,
        replies: Sequence[Outgoing] = (),
        case: CaseChange | None = None,
        answered: bool = False,
        sheet: Sheet | None = None,
        picture: bytes | None = None,
        figures: Sequence[tuple[str, str]] = (),
    ) -> Accepted:
        """Store what the person wrote, with what is said and done about it at once, and the `picture` that they sent.
        Raises `Gone`, and with a picture `TooManyKept`. `figures`: what is counted of it, by kind and key.

        The same `client_id` again changes nothing and returns the first answer (`repeated`). While a
        caseworker owns the conversation `replies` are not said and the message counts as answered; `case`
        and `sheet` are applied always.
        """
        now, client = self._clock(), client_hash(Sender.PERSON, client_id)
        silent = conversations.c.state == Handoff.OWNED.value
        changes = {
            "last_seq": conversations.c.last_seq + 1 + _unless(silent, len(replies)),
            "state": moved(Move.ASK if case else Move.WRITE),
            "last_message_at": now,
        }
        try:
            async with self._db.write() as connection:
                row = await self._advance(connection, person.conversation, changes)
                state = Handoff(row.state)
                said = list(replies) if bot_may_speak(state) else []
                done = answered or not bot_may_speak(state)
                seq = row.last_seq - len(said)
                mine = {"sender": Sender.PERSON.value, "at": now, "answered": done, "client": client}
                rows = [_row(person, seq, mine, Body(text, choice=choice))]
                rows += [_reply(person, seq + i, reply, now) for i, reply in enumerate(said, 1)]
                await connection.execute(insert(messages), rows)
                if picture is not None:
                    await put_picture(connection, person, seq, picture)
                unmuted = None
                if case is not None:
                    where = Place(person.conversation, person.keys.public, seq, "accept")
                    unmuted = await raise_case(self._db, connection, where, case, now)
                    await self._open_to_team(connection, person)
                if sheet is not None:
                    await put_sheet(connection, person, sheet, asking=bot_may_speak(state))
                if figures:
                    await count(self._db, connection, now, *figures)
                await note_unmuted(self._db, connection, unmuted, now)
        except IntegrityError:
            return await self._repeated(person, client)
        if case is not None:
            await self.rewrap(person)
        return Accepted(seq, repeated=False, state=state, answered=done)

    async def answer(
        self,
        person: Person,
        seq: int,
        replies: Sequence[Outgoing],
        *,
        case: CaseChange | None = None,
        language: str | None = None,
        cancel: bool = False,
        sheet: Sheet | None = None,
    ) -> bool:
        """Complete the turn of the person's message `seq`; True when the replies were said.

        False when it was answered before (then nothing changes), or when a caseworker owns the
        conversation: then the message is marked, `case`, `language` and `sheet` are applied, and nothing is said.
        `cancel` withdraws a waiting case; raises `IllegalMove`, changing nothing, while an emergency
        stands. Raises `Gone`.
        """
        if case is not None and cancel:
            raise ValueError("a turn either asks for a caseworker or cancels")
        now = self._clock()
        silent = conversations.c.state == Handoff.OWNED.value
        changes: dict[str, Any] = {"last_seq": conversations.c.last_seq + _unless(silent, len(replies))}
        if case is not None:
            changes["state"] = moved(Move.ASK)
        if language is not None:
            changes["language"] = language
        open_turn = (
            messages.c.conversation == person.conversation,
            messages.c.seq == seq,
            messages.c.sender == Sender.PERSON.value,
            messages.c.answered.is_(False),
        )
        try:
            async with self._db.write() as connection:
                row = await self._advance(connection, person.conversation, changes)
                marked = await connection.execute(update(messages).where(*open_turn).values(answered=True))
                if marked.rowcount == 0:
                    raise _AnsweredBefore
                state = Handoff(row.state)
                said = list(replies) if bot_may_speak(state) else []
                first = row.last_seq - len(said) + 1
                rows = [_reply(person, first + i, reply, now) for i, reply in enumerate(said)]
                if rows:
                    await connection.execute(insert(messages), rows)
                unmuted = None
                if case is not None:
                    where = Place(person.conversation, person.keys.public, seq, "answer")
                    unmuted = await raise_case(self._db, connection, where, case, now)
                    await self._open_to_team(connection, person)
                if cancel:
                    await withdraw_case(connection, person.conversation, state, now)
                    if self._db.open_cases_only and not await has_open_case(connection, person.conversation):
                        await close_to_team(self._db, connection, person, None)
                if sheet is not None:
                    await put_sheet(connection, person, sheet, asking=bot_may_speak(state))
                await note_unmuted(self._db, connection, unmuted, now)
        except _AnsweredBefore:
            return False
        if case is not None:
            await self.rewrap(person)
        return bot_may_speak(state)

    async def raise_afterwards(self, person: Person, seq: int, part: str, case: CaseChange) -> None:
        """Apply `case` for the message `seq` that was stored before: what was seen in it only later. `part` (at most 10
        characters) names the second look; the same again changes nothing. Raises `Gone`."""
        try:
            async with self._db.write() as connection:
                await self._advance(connection, person.conversation, {"state": moved(Move.ASK)})
                where = Place(person.conversation, person.keys.public, seq, part)
                now = self._clock()
                unmuted = await raise_case(self._db, connection, where, case, now)
                await self._open_to_team(connection, person)
                await note_unmuted(self._db, connection, unmuted, now)
        except IntegrityError:
            return
        await self.rewrap(person)

    async def say(self, person: Person, client_id: str, message: Outgoing, *, only_if_owner: int | None = None) -> int:
        """A message outside a turn; its place. The same `client_id` again says nothing new.

        While a caseworker owns the conversation the bot is silent: what must be said then is from the system.

        Raises `Gone`, and `NotOwner` unless the caseworker `only_if_owner` owns the conversation's case.
        """
        return await self._say(person.conversation, person.keys.public, client_id, message, only_if_owner)

    async def renew_code(
        self, person: Person, client_id: str, owner: int, message: Callable[[str], Outgoing]
    ) -> bool:
        """Another return code, and the message that tells the person: both or neither. The old code stops working.
        False when it was done under this `client_id` before. Raises `Gone`, `NotOwner`."""
        code = new_return_code(person.language)
        wrap, now = await self.wrap_for_code(person, code), self._clock()
        saying, client = message(code), client_hash(Sender.SYSTEM, client_id)
        of_it = cases.c.conversation == person.conversation
        try:
            async with self._db.write() as connection:
                row = await self._advance(connection, person.conversation, {"last_seq": conversations.c.last_seq + 1})
                mine = (of_it, cases.c.state == Handoff.OWNED.value, cases.c.owner == owner)
                number = (await connection.execute(select(cases.c.number).where(*mine))).scalar()
                if number is None:
                    raise NotOwner
                said = _reply(person, row.last_seq, saying, now) | {"client": client}
                await connection.execute(insert(messages).values(**said))
                await replace_code(connection, person.conversation, wrap)
                await append(self._db, connection, now, Deed.CODE, actor=owner, case=number)
        except IntegrityError:
            await self._repeated(person, client)
            return False
        return True

    async def notify(
        self, conversation: int, client_id: str, message: Outgoing, *, only_while: Handoff | None = None
    ) -> int:
        """A message of the system to a conversation that is not open: needs no key. Raises `Gone`, and `IllegalMove`
        when the conversation is not in the state `only_while` (any more)."""
        mine = conversations.c.id == conversation
        async with self._db.read() as connection:
            public = (await connection.execute(select(conversations.c.public).where(mine))).scalar()
        if public is None:
            raise Gone
        return await self._say(conversation, public, client_id, message, None, only_while)

    async def unanswered(self, person: Person) -> list[Message]:
        """What was accepted and not answered, oldest first: taken up again after a crash."""
        return await self._read(person, messages.c.answered.is_(False))

    async def messages(self, person: Person, after: int = 0, limit: int = PAGE) -> list[Message]:
        """The conversation, opened, in order; empty when it was deleted."""
        return await self._read(person, messages.c.seq > min(after, LARGEST), limit=limit)

    async def talk(self, person: Person, after: int = 0) -> list[Message]:
        """The conversation from after message `after` to its end, however long it is."""
        found: list[Message] = []
        while page := await self.messages(person, after, PAGE):
            found += page
            after = page[-1].seq
            if len(page) < PAGE:
                break
        return found

    async def find_choice(self, person: Person, token: str) -> Choice | None:
        """The choice that was offered under this token in this conversation; None for any other token."""
        number = token.partition(".")[0]
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            return None
        found = await self._read(person, messages.c.seq == int(number))
        sent = token.encode("utf-8", "surrogatepass")
        offered = [choice for message in found for choice in message.choices]
        # every one is compared, so that the time does not tell which was near
        equal = [choice for choice in offered if hmac.compare_digest(choice.token.encode(), sent)]
        return equal[0] if equal else None

    async def _say(
        self,
        conversation: int,
        public: bytes,
        client_id: str,
        message: Outgoing,
        owner: int | None,
        only_while: Handoff | None = None,
    ) -> int:
        if message.sender is Sender.PERSON:
            raise ValueError("the person speaks in turns")
        now, client = self._clock(), client_hash(message.sender, client_id)
        keys = Person(conversation, KeyPair(public, b""), None, Handoff.BOT)
        changes = {"last_seq": conversations.c.last_seq + 1}
        try:
            async with self._db.write() as connection:
                row = await self._advance(connection, conversation, changes)
                if owner is not None and not await speaks(self._db, connection, conversation, owner, now):
                    raise NotOwner
                if only_while is not None and row.state != only_while.value:
                    raise IllegalMove(f"it is {row.state}")
                if message.sender is Sender.BOT and not bot_may_speak(Handoff(row.state)):
                    message = replace(message, sender=Sender.SYSTEM)
                saying = _reply(keys, row.last_seq, message, now) | {"client": client}
                await connection.execute(insert(messages).values(**saying))
        except IntegrityError:
            return (await self._repeated(keys, client)).seq
        return int(row.last_seq)

    async def _open_to_team(self, connection: AsyncConnection, person: Person) -> None:
        """In the transaction that opens a case: it must never wait without somebody who can read it."""
        if self._db.open_cases_only:
            await open_to_team(self._db, connection, person)

    async def _advance(self, connection: AsyncConnection, conversation: int, changes: Mapping[str, Any]) -> Row[Any]:
        """Take the conversation's row and its next places; `state` and `last_seq` after the change."""
        c = conversations.c
        query = update(conversations).where(c.id == conversation).values(**changes)
        row = (await connection.execute(query.returning(c.state, c.last_seq))).first()
        if row is None:
            raise Gone
        return row

    async def _repeated(self, person: Person, client: bytes) -> Accepted:
        query = (
            select(messages.c.seq, messages.c.answered, conversations.c.state)
            .join(conversations, conversations.c.id == messages.c.conversation)
            .where(messages.c.conversation == person.conversation, messages.c.client == client)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise Gone
        return Accepted(row.seq, repeated=True, state=Handoff(row.state), answered=row.answered)

    async def _read(self, person: Person, which: Any, limit: int | None = None) -> list[Message]:
        query = (
            select(messages)
            .where(messages.c.conversation == person.conversation, which)
            .order_by(messages.c.seq)
            .limit(limit)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [_opened(person, row) for row in rows]


class _AnsweredBefore(Exception):
    """Undoes the transaction of a second answer."""


def client_hash(sender: Sender, client_id: str) -> bytes:
    """A client's id as it is stored: whatever somebody puts in it, and apart for person and caseworker."""
    return digest(f"{sender.value}:{client_id}", b"inloop:client")[:16]


def _unless(silent: Any, count: int) -> Any:
    return case((silent, 0), else_=literal(count)) if count else 0


def _row(person: Person, seq: int, columns: Mapping[str, Any], body: Body) -> dict[str, Any]:
    bound = sealed_message(person.conversation, seq, columns["sender"])
    envelope = seal(person.keys.public, pack(body), bound)
    return {"conversation": person.conversation, "seq": seq, **columns, "envelope": envelope}


def _reply(person: Person, seq: int, message: Outgoing, now: datetime) -> dict[str, Any]:
    columns = {"sender": message.sender.value, "at": now, "answered": True, "client": None}
    return _row(person, seq, columns, body_of(message, seq))


def _opened(person: Person, row: Row[Any]) -> Message:
    bound = (
        sealed_held(person.conversation, row.client)
        if row.held
        else sealed_message(person.conversation, row.seq, row.sender)
    )
    body = unpack(open_envelope(person.keys, row.envelope, bound))
    return Message(
        seq=row.seq,
        sender=Sender(row.sender),
        text=body.text,
        at=row.at,
        choices=body.choices,
        urgency=body.urgency,
        key=body.key,
        answered=row.answered,
        choice=body.choice,
        translated=body.translated,
        held=row.held,
    )


async def speaks(
    database: Database, connection: AsyncConnection, conversation: int, caseworker: int, now: datetime
) -> bool:
    """Notes that the owner has said a word; False when this caseworker is not the owner."""
    mine = (cases.c.conversation == conversation, cases.c.state == Handoff.OWNED.value, cases.c.owner == caseworker)
    spoken = update(cases).where(*mine).values(spoke_at=now, heard_at=now).returning(cases.c.id)
    case_id = (await connection.execute(spoken)).scalar()
    if case_id is not None:
        await count_word(database, connection, case_id, now)
    return case_id is not None
