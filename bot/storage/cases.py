"""Cases: the queue that caseworkers see, who owns what, and how a conversation is opened for its owner.

The state of a case and of its conversation change together, in one transaction that holds the
conversation's row. Moves come from `core.handoff`. Nothing here closes a case by a timer.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.handoff import Move, move
from bot.core.model import Case, Handoff, Sender, Urgency
from bot.storage.errors import AlreadyClaimed, Gone, NotFound, NotOwner, NotReadable, SealingError
from bot.storage.part import LARGEST, Part, Person, wrapped_for
from bot.storage.raising import RANKS, page, sealed_why
from bot.storage.sealing import KeyPair, open_envelope, pair_of
from bot.storage.tables import case_whys, cases, caseworkers, conversation_wraps, conversations, messages

_OUTCOME = re.compile(r"[a-z][a-z _-]{0,39}")
_OPEN = (Handoff.WAITING.value, Handoff.OWNED.value)


class Cases(Part):
    """See `Store`."""

    async def queue(self) -> list[Case]:
        """Waiting and owned cases: emergencies, then urgent ones, then the rest; the longest wait first."""
        query = _cases().where(cases.c.state.in_(_OPEN))
        order = (cases.c.urgency.desc(), cases.c.waiting_since, cases.c.id)
        async with self._db.read() as connection:
            return [_case(row) for row in await connection.execute(query.order_by(*order))]

    async def case(self, case_id: int) -> Case | None:
        """One case, open or closed."""
        if not 0 < case_id <= LARGEST:
            return None
        async with self._db.read() as connection:
            return await _find(connection, case_id)

    async def case_of(self, conversation: int) -> Case | None:
        """The open case of a conversation: what may still be withdrawn, and how urgent it is."""
        query = _cases().where(cases.c.conversation == conversation, cases.c.state.in_(_OPEN))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else _case(row)

    async def claim(self, case_id: int, caseworker_id: int) -> Case:
        """Make the caseworker the owner; claiming one's own case again is no error.

        Raises `AlreadyClaimed`, `NotFound`, or `IllegalMove` when the case is closed.
        """
        async with self._locked(case_id) as (connection, case):
            if case.state is Handoff.OWNED and case.owner == caseworker_id:
                return case
            if case.state is Handoff.OWNED:
                raise AlreadyClaimed(case.owner_name or "")
            move(case.state, Move.CLAIM)
            return await self._own(connection, case.id, case.conversation, caseworker_id)

    async def claim_next(self, caseworker_id: int) -> Case | None:
        """Make the caseworker the owner of the most urgent case that has waited longest; None when none
        waits."""
        query = (
            select(cases.c.id, cases.c.conversation)
            .join(conversations, conversations.c.id == cases.c.conversation)
            .where(cases.c.state == Handoff.WAITING.value, conversations.c.state == Handoff.WAITING.value)
            .order_by(cases.c.urgency.desc(), cases.c.waiting_since, cases.c.id)
            .limit(1)
        )
        while True:
            async with self._db.write() as connection:
                row = (await connection.execute(self._db.locked(query, conversations, skip=True))).first()
                if row is not None:
                    return await self._own(connection, row.id, row.conversation, caseworker_id)
                # none, or the last one is only being written to: then wait for it instead of missing it
                row = (await connection.execute(self._db.locked(query, conversations))).first()
                if row is not None:
                    return await self._own(connection, row.id, row.conversation, caseworker_id)
                if (await connection.execute(query)).first() is None:
                    return None

    async def release(self, case_id: int, caseworker_id: int) -> Case:
        """Back into the queue, waiting from now. Raises `NotOwner`, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or case.owner != caseworker_id:
                raise NotOwner
            return await self._put_back(connection, case, paged=False)

    async def put_back(self, case_id: int) -> Case:
        """Take an owned case from an owner who is away, and page again when it is urgent.

        Raises `IllegalMove` when nobody owns it, `NotFound`.
        """
        async with self._locked(case_id) as (connection, case):
            move(case.state, Move.RELEASE)
            return await self._put_back(connection, case, paged=case.urgency is not Urgency.NONE)

    async def close_case(self, case_id: int, caseworker_id: int, outcome: str) -> Case:
        """End the case. `outcome` is one of a few words in lower case, never free text: it is stored in
        plain.

        Raises `NotOwner`, `NotFound`, and `ValueError` for another kind of outcome.
        """
        if not _OUTCOME.fullmatch(outcome):
            raise ValueError("an outcome is a few words in lower case")
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or case.owner != caseworker_id:
                raise NotOwner
            after = move(case.state, Move.CLOSE).value
            closed = {"state": after, "owner": None, "closed_at": self._clock(), "outcome": outcome}
            return await _change(connection, case.id, case.conversation, closed)

    async def open_case(self, case_id: int, team: KeyPair) -> Person:
        """The conversation of a case, opened with the team's key.

        Raises `NotFound` (also when it was deleted), and `NotReadable` when it is wrapped to an older team
        key.
        """
        wraps, c = conversation_wraps, conversations.c
        query = (
            select(c.id, c.language, c.state, wraps.c.wrapped, wraps.c.team_key)
            .select_from(cases)
            .outerjoin(conversations, cases.c.conversation == c.id)
            .outerjoin(wraps, and_(wraps.c.conversation == c.id, wraps.c.kind == "team"))
            .where(cases.c.id == min(case_id, LARGEST))
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise NotFound("there is no such case")
        if row.id is None:
            raise Gone
        if row.wrapped is None:
            raise NotReadable
        try:
            private = open_envelope(team, row.wrapped, wrapped_for("team", row.id, row.team_key))
        except SealingError:
            raise NotReadable from None
        return Person(row.id, pair_of(private), row.language, Handoff(row.state))

    async def case_why(self, case_id: int, keys: KeyPair) -> tuple[str, ...]:
        """Why the case was opened and raised, each reason once, oldest first; `keys` are the
        conversation's."""
        query = select(case_whys).where(case_whys.c.case_id == case_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(case_whys.c.seq, case_whys.c.part))).all()
        reasons: dict[str, None] = {}
        for row in rows:
            plain = open_envelope(keys, row.envelope, sealed_why(case_id, row.seq, row.part))
            reasons |= dict.fromkeys(json.loads(plain))
        return tuple(reasons)

    async def mark_seen(self, case_id: int, seq: int) -> None:
        """A caseworker has looked at everything up to `seq`; looking at something older changes nothing."""
        older = and_(cases.c.id == case_id, cases.c.seen_seq < seq)
        async with self._db.write() as connection:
            await connection.execute(update(cases).where(older).values(seen_seq=seq))

    async def set_urgency(self, person: Person, urgency: Urgency) -> None:
        """The urgency by the person's own word ("I am safe"), the only way it falls; no case, no change."""
        mine = and_(cases.c.conversation == person.conversation, cases.c.state.in_(_OPEN))
        async with self._db.write() as connection:
            await self._lock(connection, person.conversation)
            await connection.execute(update(cases).where(mine).values(urgency=urgency.rank))

    @asynccontextmanager
    async def _locked(self, case_id: int) -> AsyncIterator[tuple[AsyncConnection, Case]]:
        """A transaction that holds the case's conversation, and the case as it is then; raises `NotFound`."""
        async with self._db.write() as connection:
            of = select(cases.c.conversation).where(cases.c.id == min(case_id, LARGEST))
            conversation = (await connection.execute(of)).scalar()
            if conversation is None:
                raise NotFound("there is no such case")
            await self._lock(connection, conversation)
            case = await _find(connection, case_id)
            if case is None:
                raise NotFound("there is no such case")
            yield connection, case

    async def _own(self, connection: AsyncConnection, case_id: int, conversation: int, caseworker_id: int) -> Case:
        # what the bot had not answered is the owner's now: the bot must not come back to it later
        open_turns = and_(messages.c.conversation == conversation, messages.c.answered.is_(False))
        await connection.execute(update(messages).where(open_turns).values(answered=True))
        after = move(Handoff.WAITING, Move.CLAIM).value
        return await _change(connection, case_id, conversation, {"state": after, "owner": caseworker_id})

    async def _put_back(self, connection: AsyncConnection, case: Case, *, paged: bool) -> Case:
        now = self._clock()
        if paged:
            await page(connection, case.number, case.urgency, now)
        waiting = {"state": move(case.state, Move.RELEASE).value, "owner": None, "waiting_since": now}
        return await _change(connection, case.id, case.conversation, waiting)


async def _change(connection: AsyncConnection, case_id: int, conversation: int, changes: dict[str, Any]) -> Case:
    await connection.execute(update(cases).where(cases.c.id == case_id).values(**changes))
    mine = conversations.c.id == conversation
    await connection.execute(update(conversations).where(mine).values(state=changes["state"]))
    case = await _find(connection, case_id)
    assert case is not None
    return case


async def _find(connection: AsyncConnection, case_id: int) -> Case | None:
    row = (await connection.execute(_cases().where(cases.c.id == case_id))).first()
    return None if row is None else _case(row)


def _cases() -> Select[Any]:
    unread = (
        select(func.count())
        .where(
            messages.c.conversation == cases.c.conversation,
            messages.c.seq > cases.c.seen_seq,
            messages.c.sender == Sender.PERSON.value,
        )
        .scalar_subquery()
    )
    return (
        select(
            cases,
            conversations.c.language,
            conversations.c.last_message_at,
            caseworkers.c.name.label("owner_name"),
            unread.label("unread"),
        )
        .outerjoin(conversations, conversations.c.id == cases.c.conversation)
        .outerjoin(caseworkers, caseworkers.c.id == cases.c.owner)
    )


def _case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        conversation=row.conversation,
        state=Handoff(row.state),
        urgency=RANKS[row.urgency],
        language=row.language,
        signals=tuple(json.loads(row.signals)),
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        last_message_at=row.last_message_at or row.closed_at or row.opened_at,
        owner=row.owner,
        owner_name=row.owner_name,
        unread=row.unread,
    )
