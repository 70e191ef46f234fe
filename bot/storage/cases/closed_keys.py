"""Whose key opens a conversation without an open case, where the organisation wants less than the whole team.

With `INLOOP_CASE_KEYS=open` the wrap to the team is made in the transaction that opens a case, and is destroyed in the
one that ends it. What is left is sealed to each coordinator, and to the recovery key. Whoever calls holds the
conversation.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.model import Handoff
from bot.domain.roles import COORDINATOR
from bot.storage.database.engine import Database
from bot.storage.database.part import Person, current_team_key
from bot.storage.people.recovery_key import HOLDER
from bot.storage.people.team_key import team_wrap
from bot.storage.people.vouched import MARKED, holds
from bot.storage.sealing.envelopes import KeyPair, SealingError, open_envelope, pair_of, seal
from bot.storage.tables.conversations import cases, caseworkers, conversation_wraps, conversations
from bot.storage.tables.keys import closed_wraps


def sealed_to_holder(conversation: int, holder: int) -> str:
    """The row that a closed conversation's private key is sealed to."""
    return f"closed:{conversation}:{holder}"


async def has_open_case(connection: AsyncConnection, conversation: int) -> bool:
    """Whether somebody waits or is owned in it."""
    query = select(cases.c.id).where(cases.c.conversation == conversation, cases.c.state != Handoff.CLOSED.value)
    return (await connection.execute(query)).first() is not None


async def open_to_team(database: Database, connection: AsyncConnection, person: Person) -> None:
    """Wrap a conversation to the team, if it is not: a case of it is opened, or opened again."""
    there = select(conversation_wraps.c.team_key).where(of_team(person.conversation))
    team = await current_team_key(database, connection)
    if team is None or (await connection.execute(there)).first() is not None:
        return
    await connection.execute(insert(conversation_wraps).values(**team_wrap(person, team.id, team.public)))
    await forget_holders(connection, person.conversation)


async def close_to_team(
    database: Database, connection: AsyncConnection, person: Person, recovery: bytes | None
) -> None:
    """Destroy the wrap to the team, and seal the conversation to each active coordinator and to the recovery key. One
    that has no wrap to the team stays as it is, and so does every one while no coordinator is there to have it."""
    rows = _sealed(person.conversation, person.keys.private, await holders(database, connection, recovery))
    if all(row["holder"] == HOLDER for row in rows):
        return
    gone = await connection.execute(delete(conversation_wraps).where(of_team(person.conversation)))
    if gone.rowcount == 0:
        return
    await forget_holders(connection, person.conversation)
    await connection.execute(insert(closed_wraps), rows)


async def holders(database: Database, connection: AsyncConnection, recovery: bytes | None) -> dict[int, bytes]:
    """Who opens what is closed, with their public keys: active coordinators who are vouched for, and the recovery key
    (`HOLDER`)."""
    c, team = caseworkers.c, await current_team_key(database, connection)
    query = select(*MARKED, c.vouched).where(c.active.is_(True), c.role == COORDINATOR)
    rows = (await connection.execute(query)).all()
    found = {row.id: bytes(row.public) for row in rows if team is not None and holds(database, row, team.id)}
    return found | ({HOLDER: recovery} if recovery is not None else {})


async def give(connection: AsyncConnection, conversation: int, private: bytes, keys: dict[int, bytes]) -> None:
    """Seal a conversation's private key to these holders, who have none of it yet."""
    rows = _sealed(conversation, private, keys)
    if rows:
        await connection.execute(insert(closed_wraps), rows)


async def take_from(connection: AsyncConnection, holder: int) -> None:
    """This caseworker is no coordinator any more: none of their wraps is left, but those that no other coordinator has
    yet. (They open nothing on the desk; were they destroyed, nobody could ever pass them on.)"""
    w, other, c = closed_wraps.c, closed_wraps.alias(), caseworkers.c
    may = select(c.id).where(c.active.is_(True), c.role == COORDINATOR, c.id != holder)
    passed_on = select(other.c.holder).where(other.c.conversation == w.conversation, other.c.holder.in_(may))
    await connection.execute(delete(closed_wraps).where(w.holder == holder, passed_on.exists()))


async def forget_holders(connection: AsyncConnection, conversation: int) -> None:
    """No coordinator's wrap of it is left."""
    await connection.execute(delete(closed_wraps).where(closed_wraps.c.conversation == conversation))


async def reopen_all(
    database: Database, connection: AsyncConnection, key: KeyPair, holder: int, team_key: int, public: bytes
) -> None:
    """Everything that this holder opens goes back to the team, in the same transaction: nobody else is left who could
    open it. At a coordinator's next log-in it is closed again. What does not open (sealed to an older key, spoiled, of
    a conversation that is gone) stays as it is. The caller holds the team's key."""
    query = select(closed_wraps).where(closed_wraps.c.holder == holder).order_by(closed_wraps.c.conversation)
    for row in (await connection.execute(query)).all():
        try:
            keys = pair_of(open_envelope(key, row.envelope, sealed_to_holder(row.conversation, holder)))
        except SealingError:
            continue
        held = select(conversations.c.id).where(conversations.c.id == row.conversation)
        if (await connection.execute(database.locked(held, conversations))).first() is None:
            continue
        there = select(conversation_wraps.c.team_key).where(of_team(row.conversation))
        if (await connection.execute(there)).first() is None:
            person = Person(row.conversation, keys, None, Handoff.CLOSED)
            await connection.execute(insert(conversation_wraps).values(**team_wrap(person, team_key, public)))
        await forget_holders(connection, row.conversation)


def of_team(conversation: int) -> ColumnElement[bool]:
    """The conversation's wrap to the team."""
    return and_(conversation_wraps.c.conversation == conversation, conversation_wraps.c.kind == "team")


def _sealed(conversation: int, private: bytes, keys: dict[int, bytes]) -> list[dict[str, Any]]:
    """Rows for these holders; one whose public key in the database is none is passed over."""
    rows = []
    for holder, public in keys.items():
        with suppress(SealingError):
            envelope = seal(public, private, sealed_to_holder(conversation, holder))
            rows.append({"conversation": conversation, "holder": holder, "envelope": envelope})
    return rows
