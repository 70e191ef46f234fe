"""The recovery key in the database: its public half, and the team's private key sealed to it.

The private half is on paper. A new team key is sealed to the public half without it (`pass_on`), so that the paper
stays good when somebody leaves. Whoever can write to the database could put a public half of their own there and wait
for the next new team key: so the public half stands there a second time, under a key that only who has the team's key
has (`vouched`), and one that nobody has vouched for gets nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.sealing.envelopes import KeyPair, SealingError, digest, open_envelope, pair_of, seal, unwrap, wrap
from bot.storage.tables.keys import recovery_keys

HOLDER = 0
"""The recovery key among the holders of `closed_wraps`: no caseworker has this id."""


async def enter(
    connection: AsyncConnection, public: bytes, halves: int, team_key: int, team: KeyPair, now: datetime
) -> int:
    """A new row for a recovery key; its id. The team's key is sealed to it."""
    row = {"public": public, "halves": halves, "created_at": now, "team_key": team_key, "vouched": b"", "envelope": b""}
    made = await connection.execute(insert(recovery_keys).values(**row).returning(recovery_keys.c.id))
    recovery = int(made.scalar_one())
    await _put(connection, recovery, public, team_key, team)
    return recovery


async def pass_on(connection: AsyncConnection, old: KeyPair, new_id: int, new: KeyPair) -> None:
    """Seal a new team key to the recovery key, where the old team key vouches for it. Where it does not, the recovery
    key stays with the old one: it is not good any more, and doctor and desk say so."""
    row = (await connection.execute(select(recovery_keys))).first()
    if row is not None and (public := _vouched(row, old)) is not None:
        await _put(connection, row.id, public, new_id, new)


async def vouched_public(connection: AsyncConnection, team: KeyPair) -> bytes | None:
    """The public half of the recovery key; None when there is none, or none that this team key vouches for."""
    row = (await connection.execute(select(recovery_keys))).first()
    return None if row is None else _vouched(row, team)


def opened(row: Row[Any], recovery: KeyPair) -> KeyPair:
    """The team's key. Raises `SealingError`."""
    return pair_of(open_envelope(recovery, row.envelope, sealed_to_recovery(row.id, row.team_key)))


def sealed_to_recovery(recovery: int, team_key: int) -> str:
    """The row that the team's private key is sealed to."""
    return f"recovery:{recovery}:{team_key}"


async def _put(connection: AsyncConnection, recovery: int, public: bytes, team_key: int, team: KeyPair) -> None:
    bound = sealed_to_recovery(recovery, team_key)
    row = {
        "team_key": team_key,
        "vouched": wrap(_voucher(team), public, bound),
        "envelope": seal(public, team.private, bound),
    }
    await connection.execute(update(recovery_keys).where(recovery_keys.c.id == recovery).values(**row))


def _vouched(row: Row[Any], team: KeyPair) -> bytes | None:
    try:
        public = unwrap(_voucher(team), row.vouched, sealed_to_recovery(row.id, row.team_key))
    except SealingError:
        return None
    return public if public == row.public else None


def _voucher(team: KeyPair) -> bytes:
    return digest(team.private.hex(), b"inloop:vouch")
