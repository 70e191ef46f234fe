"""The audit log: who opened, claimed, gave back, closed, exported, deleted what, and who changed people.

A row is appended in the transaction of the deed itself, as its last statement: the deed and its row stand or fall
together; a danger alone is stored whatever the log is like (`raising.note_unmuted`). The row of `audit_head` is the
lock, so that any number of gateways append one after the other; it is taken after everything else, and nothing is
locked after it. Each row holds the hash of the one before.

A chain without a secret is good against whoever changes rows, not against whoever can rewrite the whole log and its
head: so every head is in the gateway's own log as well, and the doctor prints it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.audit import Deed, Entry, Head, breaks, moment_of
from bot.domain.model import Handoff
from bot.domain.organisations import EVERY
from bot.domain.retention import COARSE_AFTER, coarse
from bot.storage.database.engine import Database
from bot.storage.database.part import Part
from bot.storage.tables.conversations import cases, caseworkers
from bot.storage.tables.records import audit_head, audit_log

log = logging.getLogger(__name__)

_BATCH = 2000


async def append(
    database: Database, connection: AsyncConnection, now: datetime, deed: Deed, *, actor: int | None = None,
    case: str | None = None, subject: int | None = None, detail: str = "", reason: str = "",
) -> Entry:  # fmt: skip
    """Write a row down, as the last statement of the transaction `connection` is in."""
    head = (await connection.execute(database.locked(select(audit_head), audit_head))).one()
    salt = secrets.token_bytes(16)
    moment = moment_of(now, salt)
    entry = Entry(head.last + 1, now, deed.value, actor, case, subject, detail, reason, head.hash, moment, salt)
    row = {
        "id": entry.id, "at": now, "deed": entry.deed, "actor": actor, "case_number": case, "subject": subject,
        "detail": detail, "reason": reason, "before": entry.before, "moment": moment, "salt": salt,
    }  # fmt: skip
    await connection.execute(insert(audit_log).values(**row))
    await connection.execute(update(audit_head).values(last=entry.id, hash=entry.hash))
    log.info("audit.row", extra={"row": entry.id, "deed": entry.deed, "hash": entry.hash.hex()[:16]})
    return entry


async def append_deleted(
    database: Database, connection: AsyncConnection, conversation: int, now: datetime, why: str,
    actor: int | None = None,
) -> None:  # fmt: skip
    """A row for each case of a conversation that is being deleted, in that transaction. `why`: `person`, `kept`
    (long enough), `restored` (a backup had brought it back), or `asked` (its person asked the coordinator `actor`)."""
    of_it = select(cases.c.number).where(cases.c.conversation == conversation).order_by(cases.c.id)
    for number in (await connection.execute(of_it)).scalars().all():
        await append(database, connection, now, Deed.DELETED, actor=actor, case=number, detail=why)


class Audit(Part):
    """See `Store`."""

    async def note_deed(
        self, deed: Deed, actor: int | None, *, case: str | None = None, subject: int | None = None, detail: str = "",
        reason: str = "",
    ) -> None:  # fmt: skip
        """Write down a deed that changes nothing else: a look, an export. Before the deed, so that none is missing."""
        async with self._db.write() as connection:
            await append(
                self._db, connection, self._clock(), deed, actor=actor, case=case, subject=subject, detail=detail,
                reason=reason,
            )  # fmt: skip

    async def audit(
        self, before: int | None = None, case: str | None = None, limit: int = 100, organisation: int | None = None
    ) -> list[Entry]:
        """Rows, the newest first: those with an id below `before`, of one case, of what an organisation's people did or
        what was done with its people and cases."""
        query = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit_log.c.id < before)
        if case is not None:
            query = query.where(audit_log.c.case_number == case)
        if organisation is not None:
            query = query.where(_of(organisation))
        async with self._db.read() as connection:
            return [_entry(row) for row in await connection.execute(query)]

    async def deeds_since(
        self, since: datetime, deeds: Sequence[Deed], organisation: int, limit: int
    ) -> list[Entry]:
        """The rows of these deeds from then on, the newest first, of an organisation's people and cases."""
        c = audit_log.c
        query = select(audit_log).where(c.at >= since, c.deed.in_([deed.value for deed in deeds]), _of(organisation))
        async with self._db.read() as connection:
            return [_entry(row) for row in await connection.execute(query.order_by(c.id.desc()).limit(limit))]

    async def last_deed(self, deed: Deed, case: str) -> Entry | None:
        """The newest row of this deed in a case."""
        mine = select(audit_log).where(audit_log.c.case_number == case, audit_log.c.deed == deed.value)
        async with self._db.read() as connection:
            row = (await connection.execute(mine.order_by(audit_log.c.id.desc()).limit(1))).first()
        return None if row is None else _entry(row)

    async def audit_breaks(self) -> tuple[Head, list[tuple[int, str]]]:
        """Where the log ends, and every place where the chain is broken. Nobody waits for it: rows do not change, so
        the head of a moment and the rows up to it belong together."""
        head, found = await self._audit_breaks()
        if found:  # perhaps old rows were removed by their age in this very moment
            head, found = await self._audit_breaks()
        return head, found

    async def _audit_breaks(self) -> tuple[Head, list[tuple[int, str]]]:
        entries: list[Entry] = []
        async with self._db.read() as connection:
            while True:
                # the rows first: what is appended meanwhile is read by the next page, and the head is never behind
                page = select(audit_log).order_by(audit_log.c.id).limit(_BATCH)
                if entries:
                    page = page.where(audit_log.c.id > entries[-1].id)
                rows = (await connection.execute(page)).all()
                entries += [_entry(row) for row in rows]
                head = (await connection.execute(select(audit_head))).first()
                if head is None:
                    return Head(0, b""), [(0, "the head of the log is gone")]
                if not rows or (len(rows) < _BATCH and head.last <= entries[-1].id):
                    break
        end = Head(head.last, head.hash)
        return end, await asyncio.to_thread(lambda: list(breaks(entries, end)))  # a hash of every row: it takes long

    async def coarsen_audit(self) -> int:
        """Keep only the day of what was done in cases that are closed for a day, or gone; how many rows changed."""
        before = self._clock() - COARSE_AFTER
        c = audit_log.c
        still = select(cases.c.number).where(
            or_(cases.c.state != Handoff.CLOSED.value, cases.c.closed_at >= before), cases.c.number == c.case_number
        )
        fine = and_(c.case_number.is_not(None), c.salt.is_not(None), c.at < before, ~still.exists())
        async with self._db.write() as connection:
            rows = (await connection.execute(select(c.id, c.at).where(fine).limit(_BATCH))).all()
            for row in rows:
                one = update(audit_log).where(c.id == row.id)
                await connection.execute(one.values(at=coarse(row.at), salt=None))
        return len(rows)

    async def trim_audit(self, keep: timedelta) -> int:
        """Remove the rows older than `keep`, from the beginning on; how many. A row says that it was done."""
        now = self._clock()
        async with self._db.write() as connection:
            await connection.execute(self._db.locked(select(audit_head), audit_head))
            young = select(func.min(audit_log.c.id)).where(audit_log.c.at >= now - keep)
            first = (await connection.execute(young)).scalar()
            if first is None:  # the last row stays: what comes is chained to it
                first = (await connection.execute(select(audit_head.c.last))).scalar_one()
            gone = (await connection.execute(delete(audit_log).where(audit_log.c.id < first))).rowcount
            if gone:
                await append(self._db, connection, now, Deed.TRIMMED, detail=str(first))
        return gone


def _of(organisation: int) -> ColumnElement[bool]:
    c, people = audit_log.c, select(caseworkers.c.id).where(caseworkers.c.organisation == organisation)
    theirs = select(cases.c.number).where(cases.c.organisation.in_((organisation, EVERY)))
    of_nobody = and_(c.actor.is_(None), c.subject.is_(None), c.case_number.is_(None))
    return or_(c.actor.in_(people), c.subject.in_(people), c.case_number.in_(theirs), of_nobody)


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        row.id, row.at, row.deed, row.actor, row.case_number, row.subject, row.detail, row.reason, row.before,
        row.moment, row.salt,
    )  # fmt: skip
