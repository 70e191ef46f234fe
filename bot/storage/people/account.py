"""A caseworker's own account: the sessions they have, their passkeys, their recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Deed
from bot.storage.database.errors import LogInFailed, NameTaken, NotFound, SealingError
from bot.storage.people.caseworkers import DeskSession
from bot.storage.people.log_in import IDLE, LONGEST, Sessions, session_id
from bot.storage.people.recovery_codes import recovery_left, renew_recovery
from bot.storage.people.second_factors import open_passkey, passkey_lookup, wrap_passkey
from bot.storage.records.audit_log import append
from bot.storage.sealing.envelopes import derive_token, digest, unwrap
from bot.storage.tables.conversations import caseworkers, desk_sessions, phones
from bot.storage.tables.log_in import passkeys

MOST_PASSKEYS = 10


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session in the list of its caseworker; `device` is one of `domain.devices.Device`."""

    id: str
    begun_at: datetime
    seen_at: datetime
    device: str


@dataclass(frozen=True, slots=True, repr=False)
class PasskeyInfo:
    """A passkey in the list of its caseworker. `credential`: its id, as browsers say it."""

    id: str
    credential: str
    name: str
    added_at: datetime
    used_at: datetime | None


class Account(Sessions):
    """See `Store`. Whoever calls has looked at the session first."""

    async def own_sessions(self, session: DeskSession) -> list[SessionInfo]:
        """The caseworker's sessions that are not over, the last used first."""
        s, now = desk_sessions.c, self._clock()
        valid = and_(s.caseworker == session.caseworker, s.seen_at > now - IDLE, s.created_at > now - LONGEST)
        query = select(desk_sessions).where(valid).order_by(s.seen_at.desc(), s.lookup)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [SessionInfo(session_id(row.lookup), row.created_at, row.seen_at, row.device) for row in rows]

    async def end_session(self, session: DeskSession, other: str) -> None:
        """End one of the caseworker's sessions at once, and the pages to its browser. Raises `NotFound`."""
        s = desk_sessions.c
        async with self._db.write() as connection:
            mine = select(s.lookup).where(s.caseworker == session.caseworker)
            for lookup in (await connection.execute(mine)).scalars().all():
                if session_id(lookup) == other:
                    await connection.execute(delete(phones).where(phones.c.session == lookup))
                    await connection.execute(delete(desk_sessions).where(s.lookup == lookup))
                    return
        raise NotFound("there is no such session")

    async def end_other_sessions(self, cookie: str, session: DeskSession) -> int:
        """End all of the caseworker's sessions but the cookie's, and the pages to every other browser; how many."""
        s = desk_sessions.c
        others = and_(s.caseworker == session.caseworker, s.lookup != derive_token(cookie).lookup)
        ended = and_(phones.c.caseworker == session.caseworker, phones.c.session != derive_token(cookie).lookup)
        async with self._db.write() as connection:
            await connection.execute(delete(phones).where(ended))
            return (await connection.execute(delete(desk_sessions).where(others))).rowcount

    async def passkey_user(self, session: DeskSession) -> bytes:
        """What passkeys know a caseworker by: 32 bytes that say nothing, others when they are invited anew."""
        query = select(caseworkers.c.public).where(caseworkers.c.id == session.caseworker)
        async with self._db.read() as connection:
            public = (await connection.execute(query)).scalar_one()
        return digest(bytes(public).hex(), b"inloop:handle")

    async def passkeys(self, cookie: str, session: DeskSession) -> list[PasskeyInfo]:
        """The caseworker's passkeys, the oldest first; rows that do not open are none of theirs and are left out."""
        async with self._db.read() as connection:
            private = await self._own_key(connection, cookie, session)
            rows = await self._passkeys_of(connection, session)
        found = []
        for row in rows:
            try:
                said = open_passkey(private, row)
            except SealingError:
                continue
            found.append(PasskeyInfo(_passkey_id(row), said["id"], said["name"], row.created_at, row.used_at))
        return found

    async def add_passkey(
        self, cookie: str, session: DeskSession, credential: str, public: bytes, count: int, name: str
    ) -> None:
        """Enter a passkey that a browser has just made. Raises `NameTaken` when it is there, or ten are."""
        lookup, now = passkey_lookup(credential), self._clock()
        async with self._db.write() as connection:
            private = await self._own_key(connection, cookie, session)
            mine = passkeys.c.caseworker == session.caseworker
            there = await connection.execute(select(func.count()).select_from(passkeys).where(mine))
            row = {
                "lookup": lookup,
                "caseworker": session.caseworker,
                "wrapped": wrap_passkey(private, session.caseworker, credential, public, name),
                "sign_count": count,
                "created_at": now,
            }
            new = self._db.insert_new(passkeys).values(**row).returning(passkeys.c.lookup)
            if there.scalar_one() >= MOST_PASSKEYS or (await connection.execute(new)).first() is None:
                raise NameTaken
            await append(self._db, connection, now, Deed.PASSKEY_ADDED, actor=session.caseworker)

    async def remove_passkey(self, session: DeskSession, passkey: str) -> None:
        """Raises `NotFound`."""
        async with self._db.write() as connection:
            for row in await self._passkeys_of(connection, session):
                if _passkey_id(row) == passkey:
                    await connection.execute(delete(passkeys).where(passkeys.c.lookup == row.lookup))
                    deed = Deed.PASSKEY_REMOVED
                    await append(self._db, connection, self._clock(), deed, actor=session.caseworker)
                    return
        raise NotFound("there is no such passkey")

    async def renew_recovery_codes(self, session: DeskSession) -> list[str]:
        """Ten new recovery codes, which are nowhere to be read again; the old ones are worth nothing any more."""
        async with self._db.write() as connection:
            mine = select(caseworkers.c.id).where(caseworkers.c.id == session.caseworker)
            await connection.execute(self._db.locked(mine, caseworkers))
            codes = await renew_recovery(connection, session.caseworker)
            await append(self._db, connection, self._clock(), Deed.CODES, actor=session.caseworker)
        return codes

    async def recovery_codes_left(self, session: DeskSession) -> int:
        """How many of them have not been used."""
        async with self._db.read() as connection:
            return await recovery_left(connection, session.caseworker)

    async def _own_key(self, connection: AsyncConnection, cookie: str, session: DeskSession) -> bytes:
        """The caseworker's private key; raises `LogInFailed` when the session has just ended."""
        keys = derive_token(cookie)
        query = select(desk_sessions.c.wrapped).where(desk_sessions.c.lookup == keys.lookup)
        wrapped = (await connection.execute(query)).scalar()
        if wrapped is None:
            raise LogInFailed
        return unwrap(keys.wrap, wrapped, f"session:{session.caseworker}")

    async def _passkeys_of(self, connection: AsyncConnection, session: DeskSession) -> list[Row[Any]]:
        mine = passkeys.c.caseworker == session.caseworker
        query = select(passkeys).where(mine).order_by(passkeys.c.created_at, passkeys.c.lookup)
        return list((await connection.execute(query)).all())


def _passkey_id(row: Row[Any]) -> str:
    return bytes(row.lookup).hex()[:16]
