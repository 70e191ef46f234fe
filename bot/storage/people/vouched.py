"""Which keys and which people are vouched for: those whose rows stand as this program wrote them.

The key of the marks (`sealing/vouching.py`) vouches for the team key, for each caseworker with their role, and for open
links. The mark of somebody active names the team key of their time: when a new one is made because somebody left, the
row that they had is worth nothing any more, whoever puts it back.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Deed
from bot.storage.database.engine import Database
from bot.storage.database.errors import Unvouched
from bot.storage.database.part import Part, current_team_key, team_key_holds
from bot.storage.records.audit_log import append
from bot.storage.tables.conversations import caseworkers, invites, team_keys

log = logging.getLogger(__name__)

MARKED = (
    caseworkers.c.id, caseworkers.c.name, caseworkers.c.public, caseworkers.c.role, caseworkers.c.organisation,
    caseworkers.c.active, caseworkers.c.pending,
)  # fmt: skip
"""What decides who reads, and by whose name."""


def _parts(row: Any, team_key: int) -> tuple[Any, ...]:
    return (
        row.id, row.name, bytes(row.public), row.role, row.organisation, bool(row.active), bool(row.pending),
        team_key if row.active else 0,
    )  # fmt: skip


def holds(database: Database, row: Any, team_key: int) -> bool:
    """Whether a caseworker's row (`MARKED` and `vouched`) stands as it was written."""
    good = database.voucher.holds(row.vouched, "caseworker", *_parts(row, team_key))
    if not good:
        log.error("key.unvouched", extra={"what": "caseworker", "id": row.id})
    return good


async def is_vouched(database: Database, connection: AsyncConnection, caseworker: int) -> bool:
    """The same for one of them, by the team key in use."""
    team = await current_team_key(database, connection)
    query = select(*MARKED, caseworkers.c.vouched).where(caseworkers.c.id == caseworker)
    row = (await connection.execute(query)).first()
    return row is not None and holds(database, row, 0 if team is None else team.id)


async def refuse_unvouched(database: Database, connection: AsyncConnection, caseworker: int) -> None:
    """Raises `Unvouched` for somebody whose row was written by somebody else."""
    if not await is_vouched(database, connection, caseworker):
        raise Unvouched


async def vouch(database: Database, connection: AsyncConnection, caseworker: int, team_key: int) -> None:
    """Mark a caseworker's row as it stands. The caller has just written it, or has checked it and changed it."""
    row = (await connection.execute(select(*MARKED).where(caseworkers.c.id == caseworker))).one()
    mark = database.voucher.mark("caseworker", *_parts(row, team_key))
    await connection.execute(update(caseworkers).where(caseworkers.c.id == caseworker).values(vouched=mark))


async def change_caseworker(
    database: Database, connection: AsyncConnection, caseworker: int, values: dict[str, Any]
) -> None:
    """Change what decides who reads, and mark it anew; a row that was not vouched for is not afterwards."""
    good = await is_vouched(database, connection, caseworker)
    await connection.execute(update(caseworkers).where(caseworkers.c.id == caseworker).values(**values))
    if good:
        team = await current_team_key(database, connection)
        await vouch(database, connection, caseworker, 0 if team is None else team.id)


def invite_parts(row: Any) -> tuple[Any, ...]:
    """What decides in an open link."""
    return bytes(row.lookup), row.name, row.role, row.organisation, row.team_key, int(row.expires_at.timestamp())


class Vouching(Part):
    """See `Store`."""

    async def unvouched(self) -> list[str]:
        """Whatever stands in the database as somebody else wrote it, in words for whoever looks after the machine."""
        async with self._db.read() as connection:
            keys = (await connection.execute(select(team_keys).where(team_keys.c.retired_at.is_(None)))).all()
            people = (await connection.execute(select(*MARKED, caseworkers.c.vouched))).all()
            links = (await connection.execute(select(invites))).all()
        found = [f"team key {row.id}" for row in keys if not team_key_holds(self._db, row)]
        team_key = max((row.id for row in keys), default=0)
        found += [f"caseworker {row.id}, {row.name}" for row in people if not holds(self._db, row, team_key)]
        return found + [
            f"a link for {row.name}"
            for row in links
            if not self._db.voucher.holds(row.vouched, "invite", *invite_parts(row))
        ]

    async def never_vouched(self) -> bool:
        """Whether it is a database of before: it has a team key, and no mark anywhere."""
        marked = [
            select(func.count()).select_from(table).where(table.c.vouched.is_not(None)).scalar_subquery()
            for table in (team_keys, caseworkers, invites)
        ]
        async with self._db.read() as connection:
            some = (await connection.execute(select(func.count()).select_from(team_keys))).scalar_one()
            return some > 0 and not any((await connection.execute(select(*marked))).one())

    async def nothing_holds(self) -> bool:
        """Whether the team key in use is not vouched for, and nobody active is."""
        async with self._db.read() as connection:
            team = (await connection.execute(select(team_keys).where(team_keys.c.retired_at.is_(None)))).all()
            active = select(*MARKED, caseworkers.c.vouched).where(caseworkers.c.active.is_(True))
            people = (await connection.execute(active)).all()
        last = max((row.id for row in team), default=0)
        return not any(team_key_holds(self._db, row) for row in team) and not any(
            holds(self._db, row, last) for row in people
        )

    async def vouch_for_all(self) -> None:
        """Mark every key and every row as it stands: trust on first use, or by the word of whoever runs the machine."""
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            last = 0
            for row in (await connection.execute(select(team_keys).where(team_keys.c.retired_at.is_(None)))).all():
                mark = self._db.voucher.mark("team", row.id, bytes(row.public))
                await connection.execute(update(team_keys).where(team_keys.c.id == row.id).values(vouched=mark))
                last = max(last, row.id)
            for person in (await connection.execute(select(caseworkers.c.id))).scalars().all():
                await vouch(self._db, connection, person, last)
            for row in (await connection.execute(select(invites))).all():
                mark = self._db.voucher.mark("invite", *invite_parts(row))
                await connection.execute(update(invites).where(invites.c.lookup == row.lookup).values(vouched=mark))
            await append(self._db, connection, self._clock(), Deed.VOUCHED)
