"""Claiming the next case: whose turn it is, for this caseworker, with nobody claiming the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.handoff import Move, move
from bot.domain.model import Case, Handoff, Urgency
from bot.domain.organisations import EVERY
from bot.domain.queue_order import spoken, turn
from bot.storage.cases.cases import Cases, works
from bot.storage.cases.raising import RANKS
from bot.storage.database.errors import Full
from bot.storage.people.skills import Skills
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.tables.conversations import cases, conversation_wraps, conversations, team_keys

DANGERS = tuple(urgency for urgency in RANKS if urgency is not Urgency.NONE)
LOOK = 20
"""How many cases are looked at for one in a language of the caseworker."""


class Claiming(Cases):
    """The part of `Store` that gives out the next case."""

    async def claim_next(
        self, caseworker_id: int, team: KeyPair | None = None, skills: Skills | None = None
    ) -> Case | None:
        """Make the caseworker the owner of the case whose turn it is; None when none waits.

        It is of the caseworker's own organisation, or of every one.

        `team`: only of those that this team key opens, so that one that cannot be read stands in nobody's way.
        `skills`: whoever has as many cases as they take at once gets only somebody in danger; where nobody is, but
        others wait, it raises `Full`. Of those without danger who have waited as long, one in a language of theirs
        comes first.
        """
        wanted = [] if team is None else [_opens(team)]
        languages = () if skills is None else skills.languages
        behind: int | None = None
        while True:
            async with self._db.write() as connection:
                # Counting and taking are one step: who asks twice at once gets what they have room for.
                await self.hold_caseworker(connection, caseworker_id)
                if behind is not None:
                    # Every case that waits is only being written to: wait for one instead of missing it. For one, and
                    # before any other is held: two who each held what the other waits for would never end.
                    await self._lock(connection, behind)
                whose = await self._whose(connection, await works(connection, caseworker_id))
                full = skills is not None and await owned_by(connection, caseworker_id) >= skills.capacity
                urgencies = DANGERS if full else RANKS
                row = await self._next(connection, urgencies, whose, wanted, locked=True)
                if row is not None:
                    if languages and row.urgency == Urgency.NONE.rank:
                        row = await self._in_their_language(connection, row, wanted, languages)
                    after = move(Handoff.WAITING, Move.CLAIM)
                    return await self._own(connection, row.id, row.conversation, caseworker_id, after)
                held_by_others = await self._next(connection, urgencies, whose, wanted, locked=False)
                if held_by_others is None:
                    if full and await self._next(connection, RANKS, whose, wanted, locked=False) is not None:
                        raise Full
                    return None
                behind = held_by_others.conversation

    async def _whose(self, connection: AsyncConnection, organisation: int) -> tuple[int, ...]:
        """Of which organisations the cases are looked at: one's own, and what belongs to every one, if anything
        does."""
        of_all = select(cases.c.id).where(cases.c.state == Handoff.WAITING.value, cases.c.organisation == EVERY)
        anything = (await connection.execute(of_all.limit(1))).first()
        return (organisation,) if anything is None else (organisation, EVERY)

    async def _next(
        self,
        connection: AsyncConnection,
        urgencies: Sequence[Urgency],
        whose: Sequence[int],
        wanted: Sequence[ColumnElement[bool]],
        *,
        locked: bool,
    ) -> Any | None:
        """The case whose turn it is; `locked`: of those that nobody else holds, and then it is held. One look at the
        head of each urgency of each organisation: within one the longest wait is first, which is the order of the
        index."""
        heads = []
        for organisation, urgency in product(whose, urgencies):
            query = _waiting(urgency, organisation, wanted).limit(1)
            if locked:
                query = self._db.locked(query, conversations, skip=True)
            head = (await connection.execute(query)).first()
            if head is not None:
                heads.append(head)
        return min(heads, key=lambda row: (*turn(RANKS[row.urgency], row.waiting_since), row.id), default=None)

    async def _in_their_language(
        self, connection: AsyncConnection, head: Any, wanted: Sequence[ColumnElement[bool]], languages: Sequence[str]
    ) -> Any:
        """Whom this caseworker takes of those without danger, locked: `head`, or one who has waited as long."""
        mine = _waiting(Urgency.NONE, head.organisation, wanted)
        query = mine.where(cases.c.waiting_since >= head.waiting_since).limit(LOOK)
        others = [row for row in await connection.execute(query) if row.id != head.id]
        found = [head, *others]
        best = found[spoken([(row.waiting_since, row.language) for row in found], languages)]
        if best is head:
            return head
        locked = self._db.locked(mine.where(cases.c.id == best.id), conversations, skip=True)
        return (await connection.execute(locked)).first() or head


async def owned_by(connection: AsyncConnection, caseworker_id: int) -> int:
    """Return how many cases the caseworker owns now."""
    mine = (cases.c.state == Handoff.OWNED.value, cases.c.owner == caseworker_id)
    return int((await connection.execute(select(func.count()).select_from(cases).where(*mine))).scalar_one())


def _waiting(urgency: Urgency, organisation: int, wanted: Sequence[ColumnElement[bool]]) -> Select[Any]:
    c = cases.c
    return (
        select(c.id, c.conversation, c.urgency, c.waiting_since, c.organisation, conversations.c.language)
        .join(conversations, conversations.c.id == c.conversation)
        .where(
            c.state == Handoff.WAITING.value,
            c.organisation == organisation,
            c.urgency == urgency.rank,
            conversations.c.state == Handoff.WAITING.value,
            *wanted,
        )
        .order_by(c.waiting_since, c.id)
    )


def _opens(team: KeyPair) -> ColumnElement[bool]:
    """Whether a case's conversation is wrapped to this team key."""
    query = (
        select(conversation_wraps.c.conversation)
        .join(team_keys, team_keys.c.id == conversation_wraps.c.team_key)
        .where(
            conversation_wraps.c.conversation == cases.c.conversation,
            conversation_wraps.c.kind == "team",
            team_keys.c.public == team.public,
        )
    )
    return query.exists()


