"""The second factor of a log-in: a code of the app, a recovery code, or a passkey. Each is good once.

The password comes first, always: it alone opens the caseworker's private key, and with that the secret of the app and
the public keys of passkeys. Looking at a factor changes nothing; `Proof.spend` does, in the transaction of what it is
for, so that of two who hand in the same one only one gets in.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database.engine import Database
from bot.storage.database.errors import SealingError
from bot.storage.people.caseworkers import TOTP_AHEAD, totp_step
from bot.storage.people.recovery_codes import normalise_recovery, use_recovery
from bot.storage.sealing.envelopes import digest, unwrap, wrap
from bot.storage.tables.conversations import caseworkers
from bot.storage.tables.log_in import passkeys, used_challenges


class Assertion(Protocol):
    """What a passkey has signed, before it is looked at. `credential`: its id, as the browser says it."""

    @property
    def credential(self) -> str: ...

    @property
    def challenge(self) -> bytes:
        """What was signed for; one that we gave out, and that has not expired."""
        ...

    @property
    def expires_at(self) -> datetime: ...

    def check(self, public: bytes, count: int) -> int | None:
        """The new count of the key's uses; None when this key has not signed it, or counts backwards. Blocking."""
        ...


Second = str | Assertion
"""A code of the app, a recovery code, or a passkey's signature."""


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """Password and second factor are right. `spend` uses the factor up in a transaction: False when somebody else just
    has. `recovery`: it is a recovery code."""

    private: bytes
    spend: Callable[[AsyncConnection], Awaitable[bool]]
    recovery: bool = False


def passkey_lookup(credential: str) -> bytes:
    """Finds a passkey by its id."""
    return digest(credential, b"inloop:passkey")


def passkey_key(private: bytes) -> bytes:
    """What a caseworker's passkeys are wrapped under."""
    return digest(private.hex(), b"inloop:passkeys")


def wrap_passkey(private: bytes, caseworker: int, credential: str, public: bytes, name: str) -> bytes:
    """What is kept of a passkey, bound to its row."""
    said = json.dumps({"id": credential, "public": public.hex(), "name": name}).encode()
    return wrap(passkey_key(private), said, _bound(caseworker, passkey_lookup(credential)))


def open_passkey(private: bytes, row: Row[Any]) -> dict[str, str]:
    """`id`, `public` (hexadecimal) and `name`; raises `SealingError` for a row that somebody else put there."""
    found: dict[str, str] = json.loads(
        unwrap(passkey_key(private), row.wrapped, _bound(row.caseworker, bytes(row.lookup)))
    )
    return found


async def take_challenge(database: Database, challenge: bytes, ends: datetime, now: datetime) -> bool:
    """Whether this challenge is handed in for the first time."""
    used = used_challenges
    async with database.write() as connection:
        await connection.execute(delete(used).where(used.c.expires_at <= now))
        row = {"hash": digest(challenge.hex(), b"inloop:challenge"), "expires_at": ends}
        new = database.insert_new(used).values(**row).returning(used.c.hash)
        return (await connection.execute(new)).first() is not None


async def prove(database: Database, found: Row[Any], key: bytes, second: Second, now: datetime) -> Proof | None:
    """Whether the key of a password and the second factor are those of the caseworker `found`."""
    try:
        private = unwrap(key, found.wrapped, f"caseworker:{found.name_key}")
        if not isinstance(second, str):
            return await _by_passkey(database, found, private, second, now)
        if normalise_recovery(second):
            return Proof(private, lambda connection: use_recovery(connection, found.id, second), recovery=True)
        secret = unwrap(key, found.totp_wrapped, f"totp:{found.name_key}").decode()
    except SealingError:
        return None
    step = totp_step(secret, second, now, after=found.totp_step)
    if step is None:
        return None

    async def spend(connection: AsyncConnection) -> bool:
        before = or_(caseworkers.c.totp_step < step, caseworkers.c.totp_step > step + TOTP_AHEAD + 1)
        unused = and_(caseworkers.c.id == found.id, before)
        return (await connection.execute(update(caseworkers).where(unused).values(totp_step=step))).rowcount == 1

    return Proof(private, spend)


async def _by_passkey(
    database: Database, found: Row[Any], private: bytes, second: Assertion, now: datetime
) -> Proof | None:
    p = passkeys.c
    mine = and_(p.lookup == passkey_lookup(second.credential), p.caseworker == found.id)
    async with database.read() as connection:
        row = (await connection.execute(select(passkeys).where(mine))).first()
    if row is None:
        return None
    public = bytes.fromhex(open_passkey(private, row)["public"])
    count = await asyncio.to_thread(second.check, public, row.sign_count)
    if count is None:
        return None

    async def spend(connection: AsyncConnection) -> bool:
        as_read = and_(mine, p.sign_count == row.sign_count)
        used = update(passkeys).where(as_read).values(sign_count=count, used_at=now)
        return (await connection.execute(used)).rowcount == 1

    return Proof(private, spend)


def _bound(caseworker: int, lookup: bytes) -> str:
    return f"passkey:{caseworker}:{lookup.hex()}"
