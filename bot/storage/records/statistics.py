"""Counts of a month, added to in the transaction of what is counted, and of nobody afterwards.

On a case stands, until it is counted, since when somebody is in danger (`danger_at`), and which of its times are
counted already (`counted`): each is counted once. `conversations.counted`: its language and its first topic are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ports import Clock
from bot.domain.statistics import TALK, hour, month, step
from bot.storage.database.engine import Database
from bot.storage.database.part import Part, Person
from bot.storage.tables.conversations import cases, conversations
from bot.storage.tables.records import figures

ACKNOWLEDGED, WAITED, SPOKEN = 1, 2, 4
"""Bits of `cases.counted`."""

REMEMBERED = 20_000


async def count(database: Database, connection: AsyncConnection, now: datetime, *what: tuple[str, str]) -> None:
    """One more of each kind and key. Once in a transaction, before its row of the audit log: so rows are taken in one
    order."""
    at = month(now, database.zone)
    for kind, key in sorted(what):
        of = (figures.c.month == at, figures.c.kind == kind, figures.c.key == key)
        more = update(figures).where(*of).values(count=figures.c.count + 1)
        if (await connection.execute(more)).rowcount == 0:
            new = database.insert_new(figures).values(month=at, kind=kind, key=key, count=0)
            await connection.execute(new)
            await connection.execute(more)


async def count_acknowledged(database: Database, connection: AsyncConnection, case_id: int, now: datetime) -> None:
    """Somebody has said that they come to this case."""
    row = await _case(connection, case_id)
    if row.danger_at is not None and not row.counted & ACKNOWLEDGED:
        await count(database, connection, now, ("acknowledged", step(now - row.danger_at)))
        await _mark(connection, case_id, row.counted | ACKNOWLEDGED)


async def count_claimed(database: Database, connection: AsyncConnection, case_id: int, now: datetime) -> None:
    """Somebody takes this case."""
    row, what = await _case(connection, case_id), [("handoff", "claimed")]
    done = row.counted
    if row.danger_at is not None and not done & ACKNOWLEDGED:
        what.append(("acknowledged", step(now - row.danger_at)))
        done |= ACKNOWLEDGED
    if not done & WAITED:
        since = row.waiting_since
        what.append(("wait", f"{hour(since, database.zone)}:{step(now - since)}"))
        done |= WAITED
    await count(database, connection, now, *what)
    await _mark(connection, case_id, done)


async def count_word(database: Database, connection: AsyncConnection, case_id: int, now: datetime) -> None:
    """A person has said something in this case: nothing of its danger is measured any more."""
    row = await _case(connection, case_id)
    if row.danger_at is None:
        return
    if not row.counted & SPOKEN:
        await count(database, connection, now, ("word", step(now - row.danger_at)))
    await connection.execute(
        update(cases).where(cases.c.id == case_id).values(danger_at=None, counted=row.counted | SPOKEN)
    )


async def danger_since(connection: AsyncConnection, case_id: int, now: datetime) -> None:
    """Somebody is in danger (again): the times are measured from here, if they are not already."""
    row = await _case(connection, case_id)
    if row.danger_at is None:
        left = row.counted & ~(ACKNOWLEDGED | SPOKEN)
        await connection.execute(update(cases).where(cases.c.id == case_id).values(danger_at=now, counted=left))


class Figures(Part):
    """See `Store`."""

    def __init__(self, database: Database, clock: Clock, return_salt: bytes) -> None:
        super().__init__(database, clock, return_salt)
        self._counted_here: set[int] = set()

    async def count_conversation(self, person: Person, language: str | None, topic: str) -> None:
        """The language and the first topic of a conversation, once; what it was about later is not counted."""
        if topic in TALK or language is None or person.conversation in self._counted_here:
            return
        if len(self._counted_here) >= REMEMBERED:
            self._counted_here.clear()
        self._counted_here.add(person.conversation)
        mine = (conversations.c.id == person.conversation, conversations.c.counted.is_(False))
        async with self._db.write() as connection:
            if (await connection.execute(update(conversations).where(*mine).values(counted=True))).rowcount:
                what = ("language", language[:40]), ("topic", topic[:40])
                await count(self._db, connection, self._clock(), *what)

    async def count_missed(self, how: str, language: str | None, topic: str, *, first: bool) -> None:
        """One more conversation in which a turn missed. Of the `first` in a conversation, its language and its topic
        are counted too, where they are known."""
        what = [("missed", how)]
        if first and language is not None:
            what.append(("missed_language", language[:40]))
        if first and topic and topic not in TALK:
            what.append(("missed_topic", topic[:40]))
        async with self._db.write() as connection:
            await count(self._db, connection, self._clock(), *what)

    async def figure_months(self) -> list[str]:
        """The months of which there are counts, the newest first."""
        query = select(figures.c.month).distinct().order_by(figures.c.month.desc())
        async with self._db.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def figures(self, of: str) -> dict[tuple[str, str], int]:
        """The counts of a month, by kind and key, as they are; `domain.statistics.tables` says what may be shown."""
        query = select(figures.c.kind, figures.c.key, figures.c.count).where(figures.c.month == of)
        async with self._db.read() as connection:
            return {(row[0], row[1]): row[2] for row in await connection.execute(query)}


async def _case(connection: AsyncConnection, case_id: int) -> Any:
    query = select(cases.c.danger_at, cases.c.counted, cases.c.waiting_since).where(cases.c.id == case_id)
    return (await connection.execute(query)).one()


async def _mark(connection: AsyncConnection, case_id: int, done: int) -> None:
    await connection.execute(update(cases).where(cases.c.id == case_id).values(counted=done))
