"""The team key: what the active caseworkers share, and what every conversation is wrapped to."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database.engine import Database
from bot.storage.database.part import Person, wrapped_for
from bot.storage.sealing.envelopes import KeyPair, SealingError, open_envelope, seal
from bot.storage.tables.conversations import conversation_wraps, team_keys, team_wraps

_BATCH = 500


def sealed_team_key(team_key: int, caseworker: int) -> str:
    """The row the team's private key is sealed to."""
    return f"team:{team_key}:{caseworker}"


async def new_team_key(database: Database, connection: AsyncConnection, public: bytes, now: datetime) -> int:
    """Retire the current team key and enter a new one, vouched for; its id."""
    current = team_keys.c.retired_at.is_(None)
    await connection.execute(update(team_keys).where(current).values(retired_at=now))
    query = insert(team_keys).values(public=public, created_at=now).returning(team_keys.c.id)
    new = int((await connection.execute(query)).scalar_one())
    mark = database.voucher.mark("team", new, public)
    await connection.execute(update(team_keys).where(team_keys.c.id == new).values(vouched=mark))
    return new


async def give_team_key(
    connection: AsyncConnection, team_key: int, private: bytes, caseworker: int, public: bytes
) -> None:
    """Seal the team's private key to a caseworker's public key."""
    envelope = seal(public, private, sealed_team_key(team_key, caseworker))
    row = {"team_key": team_key, "caseworker": caseworker, "envelope": envelope}
    await connection.execute(insert(team_wraps).values(**row))


def team_wrap(person: Person, team_key: int, public: bytes) -> dict[str, object]:
    """The row that gives the team the conversation's private key."""
    bound = wrapped_for("team", person.conversation, team_key)
    return {
        "conversation": person.conversation,
        "kind": "team",
        "lookup": None,
        "team_key": team_key,
        "wrapped": seal(public, person.keys.private, bound),
    }


async def rewrap_all(connection: AsyncConnection, old_id: int, old: KeyPair, new_id: int, public: bytes) -> None:
    """Seal every conversation's private key to the new team key; what does not open with the old one
    stays."""
    w = conversation_wraps.c
    query = select(w.conversation, w.wrapped).where(w.kind == "team", w.team_key == old_id)
    rows = [(row.conversation, row.wrapped) for row in await connection.execute(query)]
    mine = and_(w.conversation == bindparam("of"), w.kind == "team")
    change = update(conversation_wraps).where(mine)
    change = change.values(team_key=new_id, wrapped=bindparam("sealed"))

    def rewrap(batch: list[tuple[int, bytes]]) -> list[dict[str, Any]]:
        done = []
        for conversation, wrapped in batch:
            try:
                private = open_envelope(old, wrapped, wrapped_for("team", conversation, old_id))
            except SealingError:
                continue
            sealed = seal(public, private, wrapped_for("team", conversation, new_id))
            done.append({"of": conversation, "sealed": sealed})
        return done

    for start in range(0, len(rows), _BATCH):
        done = await asyncio.to_thread(rewrap, rows[start : start + _BATCH])
        if done:
            await connection.execute(change, done)
