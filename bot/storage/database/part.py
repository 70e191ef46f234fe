"""What the parts of the store share: the database, the clock, and how a row is named when it is sealed."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.handoff import TABLE, Move
from bot.domain.model import Handoff
from bot.domain.ports import Clock
from bot.storage.database.engine import Database
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.tables.conversations import conversations, installation, team_keys

log = logging.getLogger(__name__)

LARGEST = 2**31 - 1
"""The largest id or place; a caller's number can be anything."""


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """An opened conversation; lives in the gateway's memory only. `state` is as it was when it was opened."""

    conversation: int
    keys: KeyPair
    language: str | None
    state: Handoff

    def __repr__(self) -> str:
        return f"Person(conversation={self.conversation}, state={self.state.value})"


@dataclass(frozen=True, slots=True)
class TeamKey:
    """The public half of the current team key, and its id."""

    id: int
    public: bytes


class Part:
    """One part of the store."""

    def __init__(self, database: Database, clock: Clock, return_salt: bytes) -> None:
        self._db = database
        self._clock = clock
        self._return_salt = return_salt

    def now(self) -> datetime:
        """The time by the store's clock."""
        return self._clock()

    async def _lock(self, connection: AsyncConnection, conversation: int) -> bool:
        """Hold the conversation's row until the commit; False when there is none (any more)."""
        query = select(conversations.c.id).where(conversations.c.id == conversation)
        return (await connection.execute(self._db.locked(query, conversations))).first() is not None

    async def _hold_team_key(self, connection: AsyncConnection, *, to_change: bool = False) -> None:
        """Keep the current team key from changing until the commit, or keep others from wrapping to it.

        Taken before a conversation's row, always in this order: the other way round two could wait for
        each other.
        """
        query = self._db.locked(select(installation.c.id), installation, shared=not to_change)
        await connection.execute(query)


def moved(what: Move) -> ColumnElement[str]:
    """`domain.handoff.move` as SQL, made from the same table, for the moves that every state allows."""
    moves = {before.value: after.value for (before, w), after in TABLE.items() if w is what}
    assert len(moves) == len(Handoff), what
    return case(moves, value=conversations.c.state)


def sealed_message(conversation: int, seq: int, sender: str) -> str:
    """The row a message is sealed to."""
    return f"message:{conversation}:{seq}:{sender}"


def sealed_picture(conversation: int, seq: int) -> str:
    """The row a picture is sealed to."""
    return f"picture:{conversation}:{seq}"


def sealed_held(conversation: int, name: bytes) -> str:
    """What a reply is sealed to that is held: it gets its place only when it goes out, and nobody can open it then."""
    return f"held:{conversation}:{name.hex()}"


def wrapped_for(kind: str, conversation: int, team_key: int = 0) -> str:
    """The row a conversation's private key is wrapped to: `token`, `code` or `team`."""
    return f"conversation:{kind}:{conversation}:{team_key}"


async def current_team_key(database: Database, connection: AsyncConnection) -> TeamKey | None:
    """The key that conversations are wrapped to now; None before the first invitation, and where somebody else has put
    one there: nothing is sealed to that."""
    query = select(team_keys).where(team_keys.c.retired_at.is_(None)).order_by(team_keys.c.id.desc())
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    if not team_key_holds(database, row):
        log.error("key.unvouched", extra={"what": "team", "id": row.id})
        return None
    database.newest_team_key = row.id
    return TeamKey(row.id, bytes(row.public))


def team_key_holds(database: Database, row: Row[Any]) -> bool:
    """Whether a row of `team_keys` stands as it was written, and is no older than one that was in use."""
    marked = database.voucher.holds(row.vouched, "team", row.id, bytes(row.public))
    return marked and row.id >= database.newest_team_key
