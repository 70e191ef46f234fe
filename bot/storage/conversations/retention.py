"""What has been kept long enough goes, times become days after closing, and what ran when is written down.

Whether a conversation may go is decided twice: in the list, and again in the transaction that deletes it, while its
row is held. In between its person may have written, and may wait for somebody now.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    outerjoin,
    select,
    update,
)
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.model import Handoff
from bot.domain.retention import COARSE_AFTER, Closed, Retention, coarse, kind, reason
from bot.storage.conversations.conversations import Conversations, destroy
from bot.storage.database import ballast
from bot.storage.tables.cases import case_deadlines, case_plans
from bot.storage.tables.conversations import cases, conversations, ladders, messages, pages, runs

_OPEN = (Handoff.WAITING.value, Handoff.OWNED.value)

_OF_CASE = ("opened_at", "waiting_since", "closed_at", "claimed_at", "spoke_at", "heard_at")
_OF_LADDER = ("began_at", "due_at", "acknowledged_at", "ended_at")
_OF_PAGE = ("made_at", "lease_until", "acknowledged_at")

LATE = timedelta(days=7)
"""So much later than planned, or than a deadline, may somebody look at a case again, before it goes."""


@dataclass(frozen=True, slots=True)
class Run:
    """The last time a job ended well."""

    job: str
    at: datetime
    counts: Mapping[str, int]


class Keeping(Conversations):
    """See `Store`."""

    async def due(self, rules: Retention) -> dict[int, str]:
        """Every conversation that is kept longer than `rules` say, with its kind (`domain.retention.kind`).

        Never one that somebody waits in or owns.
        """
        now = self._clock()
        query = _ages(conversations.c.last_message_at < now - rules.shortest)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = {}
        for conversation, group in groupby(rows, key=lambda row: row.id):
            over = _over(list(group), rules, now)
            if over is not None:
                found[conversation] = over
        return found

    async def purge_conversation(self, conversation: int, rules: Retention) -> bool:
        """Delete it if it is still due: keys, bodies, sealed parts. False when it is not, or is gone."""
        now = self._clock()
        async with self._db.write() as connection:
            if not await self._lock(connection, conversation):
                return False
            rows = (await connection.execute(_ages(conversations.c.id == conversation))).all()
            if not rows or _over(list(rows), rules, now) is None:
                return False
            await destroy(self._db, connection, conversation, now, "kept")
        return True

    async def purge_shells(self, rules: Retention) -> int:
        """Remove closed cases whose conversation is gone and that were closed longer than `rules.shell` ago."""
        async with self._db.write() as connection:
            shells = select(cases.c.id).where(self._old_shells(rules))
            climbed = select(ladders.c.id).where(ladders.c.case_id.in_(shells))
            await connection.execute(delete(pages).where(pages.c.ladder.in_(climbed)))
            await connection.execute(delete(ladders).where(ladders.c.id.in_(climbed)))
            gone = await connection.execute(delete(cases).where(self._old_shells(rules)))
        return int(gone.rowcount)

    async def old_shells(self, rules: Retention) -> int:
        """How many `purge_shells` would remove."""
        async with self._db.read() as connection:
            return len((await connection.execute(select(cases.c.id).where(self._old_shells(rules)))).all())

    def _old_shells(self, rules: Retention) -> ColumnElement[bool]:
        old = cases.c.closed_at < self._clock() - rules.shell
        there = select(conversations.c.id)
        return and_(cases.c.state == Handoff.CLOSED.value, old, cases.c.conversation.not_in(there))

    async def coarsen(self) -> int:
        """Keep only the day of every time of conversations whose cases are closed for a day, and of who was called to
        these; how many changed."""
        before = self._clock() - COARSE_AFTER
        c, last = conversations.c, conversations.c.last_message_at
        # no two questions at once: what is open again by then is seen when its row is held
        over = (
            cases.c.state == Handoff.CLOSED.value,
            cases.c.closed_at < before,
            or_(c.id.is_(None), c.state.not_in(_OPEN)),
        )
        whole = outerjoin(cases, conversations, c.id == cases.c.conversation)
        climbs = whole.join(ladders, and_(ladders.c.case_id == cases.c.id, ladders.c.ended_at.is_not(None)))
        called = climbs.join(pages, pages.c.ladder == ladders.c.id)
        asked = [
            _times(whole, cases, _OF_CASE).where(*over),
            _times(climbs, ladders, _OF_LADDER).where(*over),
            _times(called, pages, _OF_PAGE).where(*over),
            select(cases.c.conversation, last).select_from(whole).where(*over, last < before),
        ]
        fine: set[int] = set()
        async with self._db.read() as connection:
            for query in asked:
                rows = (await connection.execute(query)).all()
                fine |= {row[0] for row in rows if any(at is not None and at != coarse(at) for at in row[1:])}
        for conversation in sorted(fine):
            async with self._db.write() as connection:
                await self._lock(connection, conversation)
                await _coarsen(connection, conversation, before)
        return len(fine)

    async def note_run(self, job: str, counts: Mapping[str, int]) -> None:
        """Write down that a job ended well, now."""
        row = {"at": self._clock(), "counts": json.dumps(dict(counts))}
        async with self._db.write() as connection:
            mine = update(runs).where(runs.c.job == job).values(**row)
            if (await connection.execute(mine)).rowcount == 0:
                await connection.execute(self._db.insert_new(runs).values(job=job, **row))

    async def keep_ballast(self) -> bool:
        """Keeps room for the day when the disk is full (SQLite); whether the disk has little left. Hourly."""
        folder = self._db.folder
        if folder is None:
            return False
        await asyncio.to_thread(ballast.keep, folder)
        return ballast.is_low(folder)

    async def runs(self) -> dict[str, Run]:
        """The last run of every job that ever ran."""
        async with self._db.read() as connection:
            rows = (await connection.execute(select(runs))).all()
        return {row.job: Run(row.job, row.at, json.loads(row.counts)) for row in rows}


def _ages(which: ColumnElement[bool]) -> Select[Any]:
    """Conversations that nobody waits in or owns, a row for each of their cases (or one without a case)."""
    c = conversations.c
    other = cases.alias()
    still_open = exists().where(other.c.conversation == c.id, other.c.state.in_(_OPEN))
    deadline = select(func.max(case_deadlines.c.due_on)).where(case_deadlines.c.case_id == cases.c.id).scalar_subquery()
    of_case = (cases.c.id.label("case_id"), cases.c.outcome, cases.c.closed_at, case_plans.c.follow_up_on)
    return (
        select(c.id, c.last_message_at, *of_case, deadline.label("deadline"))
        .outerjoin(cases, cases.c.conversation == c.id)
        .outerjoin(case_plans, case_plans.c.case_id == cases.c.id)
        .where(c.state.not_in(_OPEN), ~still_open, which)
        .order_by(c.id)
    )


def _times(of: FromClause, table: Table, names: Sequence[str]) -> Select[Any]:
    return select(cases.c.conversation, *(table.c[name] for name in names)).select_from(of)


def _over(rows: list[Row[Any]], rules: Retention, now: datetime) -> str | None:
    """The kind of a conversation whose time is over; None while it is not."""
    closed = [Closed(reason(row.outcome), row.closed_at) for row in rows if row.case_id is not None]
    days = [day for row in rows for day in (row.follow_up_on, row.deadline) if day is not None]
    looks = [datetime.combine(day, time.max, UTC) + LATE for day in days]
    return kind(closed) if max([rules.until(rows[0].last_message_at, closed), *looks]) < now else None


async def _coarsen(connection: AsyncConnection, conversation: int, before: datetime) -> None:
    c, m = conversations.c, messages.c
    of = and_(cases.c.conversation == conversation, cases.c.state == Handoff.CLOSED.value, cases.c.closed_at < before)
    climbs = and_(ladders.c.case_id.in_(select(cases.c.id).where(of)), ladders.c.ended_at.is_not(None))
    called = pages.c.ladder.in_(select(ladders.c.id).where(climbs))
    for table, which, names in ((pages, called, _OF_PAGE), (ladders, climbs, _OF_LADDER), (cases, of, _OF_CASE)):
        for row in (await connection.execute(select(table).where(which))).all():
            days = {name: coarse(at) for name in names if (at := getattr(row, name)) is not None}
            await connection.execute(update(table).where(table.c.id == row.id).values(**days))
    of_it = select(c.created_at, c.last_message_at, c.state).where(c.id == conversation)
    whole = (await connection.execute(of_it)).first()
    if whole is None or whole.state in _OPEN:
        return
    days = {name: coarse(at) for name, at in whole._mapping.items() if name != "state" and at < before}
    if days:
        await connection.execute(update(conversations).where(c.id == conversation).values(**days))
    times = select(m.at).where(m.conversation == conversation, m.at < before)
    for day in sorted({coarse(at) for at in (await connection.execute(times)).scalars()}):
        within = and_(m.conversation == conversation, m.at > day, m.at < min(day + timedelta(days=1), before))
        await connection.execute(update(messages).where(within).values(at=day))
