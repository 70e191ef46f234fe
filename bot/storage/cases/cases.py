"""Cases: the queue that caseworkers see, who owns what, and how a conversation is opened for its owner.

The state of a case and of its conversation change together, in one transaction that holds the
conversation's row. Moves come from `domain.handoff`. Nothing here closes a case by a timer.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.audit import LOWERED, RAISED, Deed
from bot.domain.handoff import Move, move
from bot.domain.model import Case, Handoff, Sender, Urgency
from bot.domain.organisations import EVERY, FIRST, sees
from bot.domain.queue_order import place
from bot.domain.roles import works_on_cases
from bot.storage.cases.closed_keys import close_to_team
from bot.storage.cases.raising import RANKS, sealed_why
from bot.storage.conversations.form_sheets import stop_asking
from bot.storage.database.errors import AlreadyClaimed, Forbidden, Gone, NotFound, NotOwner, NotReadable, SealingError
from bot.storage.database.part import LARGEST, Person, wrapped_for
from bot.storage.oncall.escalations import begin_ladder, end_ladder, slow_ladder
from bot.storage.people.recovery_key import vouched_public
from bot.storage.records.audit_log import Audit, append
from bot.storage.records.statistics import count, count_claimed
from bot.storage.sealing.envelopes import KeyPair, open_envelope, pair_of
from bot.storage.tables.cases import aliases, case_offers, case_plans, held_replies, organisations
from bot.storage.tables.conversations import (
    case_whys,
    cases,
    caseworkers,
    conversation_wraps,
    conversations,
    messages,
    presence,
    telegram_chats,
)

_OUTCOME = re.compile(r"[a-z][a-z _-]{0,39}")
FREE = {"claimed_at": None, "spoke_at": None, "assigned_by": None}
"""What a case without an owner has nothing of."""
_OPEN = (Handoff.WAITING.value, Handoff.OWNED.value)


class Cases(Audit):
    """See `Store`."""

    async def queue(self, organisation: int | None = None) -> list[Case]:
        """Waiting and owned cases, in the order of `domain.queue_order`: those that an organisation's caseworkers see,
        or all."""
        query = case_rows().where(cases.c.state.in_(_OPEN), *seen_by(organisation))
        async with self._db.read() as connection:
            found = [opened_case(row) for row in await connection.execute(query)]
        now = self._clock()
        return sorted(found, key=lambda case: place(case, now))

    async def case(self, case_id: int) -> Case | None:
        """One case, open or closed."""
        if not 0 < case_id <= LARGEST:
            return None
        async with self._db.read() as connection:
            return await find(connection, case_id)

    async def case_of(self, conversation: int) -> Case | None:
        """The open case of a conversation: what may still be withdrawn, and how urgent it is."""
        query = case_rows().where(cases.c.conversation == conversation, cases.c.state.in_(_OPEN))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else opened_case(row)

    async def claim(self, case_id: int, caseworker_id: int) -> Case:
        """Make the caseworker the owner; claiming one's own case again is no error.

        Raises `AlreadyClaimed`, `NotFound`, `NotOwner` for a case of another organisation, or `IllegalMove` when the
        case is closed.
        """
        async with self._locked(case_id) as (connection, case):
            if case.state is Handoff.OWNED and case.owner == caseworker_id:
                return case
            if case.state is Handoff.OWNED:
                raise AlreadyClaimed(case.owner_name or "")
            after = move(case.state, Move.CLAIM)
            return await self._own(connection, case.id, case.conversation, caseworker_id, after)

    async def release(self, case_id: int, caseworker_id: int) -> Case:
        """Back into the queue, waiting from now. Raises `NotOwner`, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or case.owner != caseworker_id:
                raise NotOwner
            after = await self._put_back(connection, case, Move.RELEASE)
            await self._noted(connection, Deed.GAVE_BACK, case, caseworker_id)
            return after

    async def put_back(self, case_id: int, owner: int) -> Case:
        """Take an owned case from an owner who is gone; no change when it is somebody else's meanwhile. Raises
        `IllegalMove` when nobody owns it, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            if case.state is Handoff.OWNED and case.owner != owner:
                return case
            after = await self._put_back(connection, case, Move.RELEASE)
            await self._noted(connection, Deed.LAPSED, case, None, case.owner)
            return after

    async def lapse(self, case_id: int, claimed_at: datetime, seen_at: datetime | None, *, silent: bool) -> bool:
        """Offer a case again whose owner says nothing (`silent`) or is away, unless they came back meanwhile: then
        another `claimed_at`, a word, or a later `seen_at` stands there, and nothing is changed."""
        present = select(presence.c.seen_at).join(cases, cases.c.owner == presence.c.caseworker)
        async with self._locked(case_id) as (connection, case):
            query = select(cases.c.claimed_at, cases.c.spoke_at, cases.c.waiting_since).where(cases.c.id == case_id)
            row = (await connection.execute(query)).one()
            seen = (await connection.execute(present.where(cases.c.id == case_id))).scalar()
            back = row.spoke_at is not None if silent else seen != seen_at
            if case.state is not Handoff.OWNED or (row.claimed_at or row.waiting_since) != claimed_at or back:
                return False
            await self._put_back(connection, case, Move.LAPSE)
            await self._noted(connection, Deed.LAPSED, case, None, case.owner)
            return True

    async def close_case(
        self, case_id: int, caseworker_id: int, outcome: str, *, person: Person | None = None,
        team: KeyPair | None = None,
    ) -> Case:  # fmt: skip
        """End the case. `outcome` is one of a few words in lower case, never free text: it is stored in
        plain. `person`, opened with the key `team`: for sealing it to coordinators, where the organisation wants that.

        Raises `NotOwner`, `NotFound`, and `ValueError` for another kind of outcome.
        """
        if not _OUTCOME.fullmatch(outcome):
            raise ValueError("an outcome is a few words in lower case")
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or case.owner != caseworker_id:
                raise NotOwner
            after = move(case.state, Move.CLOSE).value
            closed = {"state": after, "owner": None, "closed_at": self._clock(), "outcome": outcome}
            closed |= {"danger_at": None}
            ended = await change(connection, case.id, case.conversation, closed)
            await self._sealed_to_coordinators(connection, person, team)
            await count(self._db, connection, self._clock(), ("handoff", "closed"))
            await self._noted(connection, Deed.CLOSED, case, caseworker_id, detail=outcome)
            return ended

    async def case_by_number(self, number: str) -> Case | None:
        """The case of that number, open or closed."""
        async with self._db.read() as connection:
            row = (await connection.execute(case_rows().where(cases.c.number == number))).first()
        return None if row is None else opened_case(row)

    async def cases_of(self, conversation: int) -> list[Case]:
        """Every case of a conversation, open or closed, oldest first."""
        query = case_rows().where(cases.c.conversation == conversation).order_by(cases.c.id)
        async with self._db.read() as connection:
            return [opened_case(row) for row in await connection.execute(query)]

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

    async def alarms(self, case_id: int) -> list[int]:
        """The places of the messages for which the case was raised, oldest first."""
        query = select(case_whys.c.seq).where(case_whys.c.case_id == case_id).distinct().order_by(case_whys.c.seq)
        async with self._db.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def mark_seen(self, case_id: int, seq: int) -> None:
        """A caseworker has looked at everything up to `seq`; looking at something older changes nothing."""
        older = and_(cases.c.id == case_id, cases.c.seen_seq < seq)
        async with self._db.write() as connection:
            await connection.execute(update(cases).where(older).values(seen_seq=seq))

    async def mark_heard(self, case_id: int) -> None:
        """Somebody has heard that it is an emergency; what is none, or was heard before, stays as it is."""
        rings = and_(cases.c.urgency == Urgency.EMERGENCY.rank, cases.c.state.in_(_OPEN), cases.c.heard_at.is_(None))
        async with self._db.write() as connection:
            mine = update(cases).where(cases.c.id == case_id, rings)
            await connection.execute(mine.values(heard_at=self._clock()))

    async def set_urgency(self, person: Person, urgency: Urgency) -> None:
        """The urgency by the person's own word ("I am safe"); no case, no change."""
        mine = and_(cases.c.conversation == person.conversation, cases.c.state.in_(_OPEN))
        async with self._db.write() as connection:
            await self._lock(connection, person.conversation)
            changed = update(cases).where(mine).values(urgency=urgency.rank).returning(cases.c.id)
            for case_id in (await connection.execute(changed)).scalars().all():
                await slow_ladder(connection, case_id, urgency)

    async def judge_urgency(self, case_id: int, owner: int, urgency: Urgency, reason: str) -> Case:
        """The urgency as its owner judges it; what the person says next raises it again as ever. The same again is no
        change. `reason`: of `domain.audit`, ValueError for one that does not go with the change. Raises `NotOwner`,
        `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or case.owner != owner:
                raise NotOwner
            if urgency is case.urgency:
                return case
            if reason not in (RAISED if urgency.rank > case.urgency.rank else LOWERED):
                raise ValueError("no reason for this")
            now = self._clock()
            mine = update(cases).where(cases.c.id == case.id)
            await connection.execute(mine.values(urgency=urgency.rank, heard_at=now))
            after = await find(connection, case.id)
            assert after is not None
            await append(
                self._db, connection, now, Deed.URGENCY, actor=owner, case=case.number, detail=urgency.value,
                reason=reason,
            )  # fmt: skip
            return after

    async def hold_caseworker(self, connection: AsyncConnection, caseworker_id: int) -> None:
        """From here to the commit nobody else counts or changes how many cases this caseworker has. Taken before any
        conversation."""
        mine = select(caseworkers.c.id).where(caseworkers.c.id == caseworker_id)
        await connection.execute(self._db.locked(mine, caseworkers, named=True))

    @asynccontextmanager
    async def _locked(
        self, case_id: int, counting: int | None = None, beside: int | None = None
    ) -> AsyncIterator[tuple[AsyncConnection, Case]]:
        """A transaction that holds the case's conversation, and the case as it is then; raises `NotFound`. `counting`:
        a caseworker whose cases are counted in it. `beside`: another conversation that is held too (if it is there);
        of two, the one with the smaller id first."""
        async with self._db.write() as connection:
            if counting is not None:
                await self.hold_caseworker(connection, min(counting, LARGEST))
            of = select(cases.c.conversation).where(cases.c.id == min(case_id, LARGEST))
            conversation = (await connection.execute(of)).scalar()
            if conversation is None:
                raise NotFound("there is no such case")
            for one in sorted({conversation, conversation if beside is None else beside}):
                await self._lock(connection, one)
            case = await find(connection, case_id)
            if case is None:
                raise NotFound("there is no such case")
            yield connection, case

    async def _own(
        self, connection: AsyncConnection, case_id: int, conversation: int, caseworker_id: int, after: Handoff,
        also: dict[str, Any] | None = None, deed: Deed = Deed.CLAIMED, by: int | None = None,
    ) -> Case:  # fmt: skip
        """`by`: the coordinator who gives it to this caseworker."""
        organisation = await works(connection, caseworker_id)
        theirs = (await connection.execute(select(cases.c.organisation).where(cases.c.id == case_id))).scalar_one()
        if not sees(organisation, theirs):
            raise NotOwner
        # what the bot had not answered is the owner's now: the bot must not come back to it later
        open_turns = and_(messages.c.conversation == conversation, messages.c.answered.is_(False))
        await connection.execute(update(messages).where(open_turns).values(answered=True))
        await stop_asking(connection, conversation)
        now = self._clock()
        await end_ladder(connection, case_id, "claimed", now)
        await count_claimed(self._db, connection, case_id, now)
        owned = {"state": after.value, "owner": caseworker_id, "claimed_at": now, "spoke_at": None, "heard_at": now}
        owned |= {"organisation": organisation, "handed_from": None, "assigned_by": by}
        case = await change(connection, case_id, conversation, owned | (also or {}))
        await self._noted(connection, deed, case, by or caseworker_id, caseworker_id if by else None)
        return case

    async def _sealed_to_coordinators(
        self, connection: AsyncConnection, person: Person | None, team: KeyPair | None
    ) -> None:
        if self._db.open_cases_only and person is not None and team is not None:
            await close_to_team(self._db, connection, person, await vouched_public(connection, team))

    async def _noted(
        self, connection: AsyncConnection, deed: Deed, case: Case, actor: int | None, subject: int | None = None,
        detail: str = "",
    ) -> None:  # fmt: skip
        """Into the audit log, as the last statement of the transaction."""
        await append(
            self._db, connection, self._clock(), deed, actor=actor, case=case.number, subject=subject, detail=detail
        )

    async def _put_back(self, connection: AsyncConnection, case: Case, what: Move) -> Case:
        """Into the queue, waiting from now; whoever is on call is called."""
        now = self._clock()
        await count(self._db, connection, now, ("handoff", "lapsed" if what is Move.LAPSE else "gave_back"))
        waiting = {"state": move(case.state, what).value, "owner": None, "waiting_since": now, "heard_at": None}
        await begin_ladder(connection, case.id, case.urgency, now)
        return await change(connection, case.id, case.conversation, waiting | FREE)


async def works(connection: AsyncConnection, caseworker_id: int) -> int:
    """The organisation of a caseworker. Raises `Forbidden` for who does not work on cases."""
    query = select(caseworkers.c.role, caseworkers.c.organisation).where(caseworkers.c.id == caseworker_id)
    row = (await connection.execute(query)).first()
    if row is None:
        return FIRST
    if not works_on_cases(row.role):
        raise Forbidden
    return int(row.organisation)


def seen_by(organisation: int | None) -> tuple[ColumnElement[bool], ...]:
    """Which cases the caseworkers of an organisation see; None: all."""
    return () if organisation is None else (cases.c.organisation.in_((organisation, EVERY)),)


async def change(
    connection: AsyncConnection, case_id: int, conversation: int, changes: dict[str, Any], state: str | None = None
) -> Case:
    """Another state or owner; what was offered to a colleague is not any more, of a case that ends nothing is held any
    longer, and what nobody owns is not muted. The caller holds the conversation.

    `state`: of the conversation, where it is not that of the case.
    """
    await connection.execute(delete(case_offers).where(case_offers.c.case_id == case_id))
    if changes["state"] == Handoff.CLOSED.value:
        await connection.execute(delete(held_replies).where(held_replies.c.case_id == case_id))
    heard = {} if changes["state"] == Handoff.OWNED.value else {"muted_until": None}
    await connection.execute(update(cases).where(cases.c.id == case_id).values(**changes, **heard))
    mine = conversations.c.id == conversation
    await connection.execute(update(conversations).where(mine).values(state=state or changes["state"]))
    case = await find(connection, case_id)
    assert case is not None
    return case


async def find(connection: AsyncConnection, case_id: int) -> Case | None:
    row = (await connection.execute(case_rows().where(cases.c.id == case_id))).first()
    return None if row is None else opened_case(row)


def case_rows() -> Select[Any]:
    unread = (
        select(func.count())
        .where(
            messages.c.conversation == cases.c.conversation,
            messages.c.seq > cases.c.seen_seq,
            messages.c.sender == Sender.PERSON.value,
        )
        .scalar_subquery()
    )
    held_until = select(func.min(held_replies.c.until_at)).where(held_replies.c.case_id == cases.c.id).scalar_subquery()
    colleagues, givers, assigners = caseworkers.alias(), organisations.alias(), caseworkers.alias()
    return (
        select(
            cases,
            case_offers.c.colleague.label("offered_to"),
            colleagues.c.name.label("offered_to_name"),
            case_plans.c.follow_up_on,
            conversations.c.language,
            conversations.c.last_message_at,
            conversations.c.channel,
            telegram_chats.c.blocked_at,
            caseworkers.c.name.label("owner_name"),
            aliases.c.name.label("owner_alias"),
            givers.c.name.label("handed_from_name"),
            assigners.c.name.label("assigned_by_name"),
            unread.label("unread"),
            held_until.label("held_until"),
        )
        .outerjoin(conversations, conversations.c.id == cases.c.conversation)
        .outerjoin(telegram_chats, telegram_chats.c.conversation == cases.c.conversation)
        .outerjoin(caseworkers, caseworkers.c.id == cases.c.owner)
        .outerjoin(aliases, aliases.c.caseworker == cases.c.owner)
        .outerjoin(case_offers, case_offers.c.case_id == cases.c.id)
        .outerjoin(colleagues, colleagues.c.id == case_offers.c.colleague)
        .outerjoin(case_plans, case_plans.c.case_id == cases.c.id)
        .outerjoin(givers, givers.c.id == cases.c.handed_from)
        .outerjoin(assigners, assigners.c.id == cases.c.assigned_by)
    )


def opened_case(row: Row[Any]) -> Case:
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
        owner_alias=row.owner_alias or "",
        channel=row.channel,
        reachable=row.channel != "telegram" or row.blocked_at is None,
        unread=row.unread,
        offered_to=row.offered_to,
        offered_to_name=row.offered_to_name,
        follow_up_on=row.follow_up_on,
        closed_at=row.closed_at,
        outcome=row.outcome,
        organisation=row.organisation,
        handed_from=row.handed_from_name,
        assigned_by=row.assigned_by_name,
        heard=row.heard_at is not None,
        muted_until=row.muted_until,
        held_until=row.held_until,
    )
