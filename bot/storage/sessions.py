"""The desk's sessions: logging in, and what the browser's cookie unlocks.

The caseworker's private key lies in the session's row, wrapped under a key derived from the cookie; the
row without the cookie is worth nothing, and so is the cookie without the row. The current team key is
opened with it each time, so a session goes on when the team key is made anew, and ends at once when the
caseworker is let go.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.engine import Row

from bot.storage.caseworkers import COST, Caseworkers, DeskSession, name_key, totp_step
from bot.storage.engine import Database
from bot.storage.errors import LogInFailed, NotReadable, SealingError, SlowDown
from bot.storage.part import Clock
from bot.storage.sealing import (
    SALT_BYTES,
    PasswordCost,
    derive_password,
    derive_token,
    digest,
    open_envelope,
    pair_of,
    unwrap,
    wrap,
)
from bot.storage.tables import caseworkers, desk_sessions, invites, log_in_failures, team_keys, team_wraps
from bot.storage.team import sealed_team_key

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
FREE_FAILURES = 5
LONGEST_DELAY = 60
"""Seconds. Short on purpose: whoever guesses on somebody's name must not keep that caseworker from the
desk."""
FORGOTTEN = timedelta(hours=1)
AT_ONCE = 2
"""Passwords looked at together: each takes 64 MiB."""


class Sessions(Caseworkers):
    """See `Store`."""

    def __init__(self, database: Database, clock: Clock, return_salt: bytes) -> None:
        super().__init__(database, clock, return_salt)
        self._passwords = asyncio.Semaphore(AT_ONCE)

    async def log_in(self, name: str, password: str, totp_code: str) -> tuple[str, DeskSession]:
        """A new session and its cookie. Raises `LogInFailed` (one error for every reason, in the same time
        for a name that nobody has) and `SlowDown`. A one-time code works once."""
        async with self._passwords:
            await self._refuse_haste(name)
            found = await self._by_name(name)
            salt, cost = digest(name_key(name), b"inloop:nobody")[:SALT_BYTES], COST
            if found is not None:
                salt, cost = found.salt, PasswordCost(found.passes, found.memory_mib)
            key = await asyncio.to_thread(derive_password, password, salt, cost)
            opened = None if found is None else _open(found, key, totp_code, self._clock())
            if found is None or opened is None:
                await self._note_failure(name)
                raise LogInFailed
        private, step = opened
        cookie, now = secrets.token_urlsafe(32), self._clock()
        keys = derive_token(cookie)
        row = {
            "lookup": keys.lookup,
            "caseworker": found.id,
            "wrapped": wrap(keys.wrap, private, f"session:{found.id}"),
            "created_at": now,
            "seen_at": now,
        }
        unused = and_(caseworkers.c.id == found.id, caseworkers.c.totp_step < step, caseworkers.c.active)
        async with self._db.write() as connection:
            marked = await connection.execute(update(caseworkers).where(unused).values(totp_step=step))
            if marked.rowcount == 1:
                await connection.execute(insert(desk_sessions).values(**row))
                forget = log_in_failures.c.name_hash == _hashed(name)
                await connection.execute(delete(log_in_failures).where(forget))
        session = await self.desk_session(cookie)
        if session is None:  # the code was used a moment ago, by somebody else at the same time
            await self._note_failure(name)
            raise LogInFailed
        return cookie, session

    async def desk_session(self, cookie: str, *, touch: bool = True) -> DeskSession | None:
        """The session of a cookie; None when unknown or over: 30 minutes idle, or 12 hours in all.

        `touch=False` for what a page does by itself, so that an open page alone keeps nobody logged in.
        """
        keys, now, s = derive_token(cookie), self._clock(), desk_sessions.c
        query = (
            select(
                s.wrapped,
                s.created_at,
                s.seen_at,
                caseworkers.c.id,
                caseworkers.c.name,
                caseworkers.c.role,
                caseworkers.c.language,
                team_keys.c.id.label("team_key"),
                team_keys.c.public,
                team_wraps.c.envelope,
            )
            .join(caseworkers, caseworkers.c.id == s.caseworker)
            .join(team_keys, team_keys.c.retired_at.is_(None))
            .join(
                team_wraps,
                and_(team_wraps.c.team_key == team_keys.c.id, team_wraps.c.caseworker == caseworkers.c.id),
            )
            .where(s.lookup == keys.lookup, caseworkers.c.active)
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        if row.seen_at + IDLE <= now or row.created_at + LONGEST <= now:
            await self.log_out(cookie)
            return None
        if touch and row.seen_at + TOUCH <= now:
            async with self._db.write() as connection:
                mine = update(desk_sessions).where(s.lookup == keys.lookup)
                await connection.execute(mine.values(seen_at=now))
        try:
            own = pair_of(unwrap(keys.wrap, row.wrapped, f"session:{row.id}"))
            team = pair_of(open_envelope(own, row.envelope, sealed_team_key(row.team_key, row.id)))
        except SealingError:
            return None
        if team.public != row.public:
            raise NotReadable  # somebody put another team key into the database
        csrf = digest(cookie, b"inloop:csrf").hex()
        return DeskSession(row.id, row.name, row.role, row.language, team, csrf)

    async def log_out(self, cookie: str) -> None:
        """End the session; an unknown cookie is no error."""
        mine = desk_sessions.c.lookup == derive_token(cookie).lookup
        async with self._db.write() as connection:
            await connection.execute(delete(desk_sessions).where(mine))

    async def tidy(self) -> None:
        """Remove what is over: sessions, invitations, counts of failed attempts. Hourly."""
        now, s = self._clock(), desk_sessions.c
        over = or_(s.seen_at <= now - IDLE, s.created_at <= now - LONGEST)
        async with self._db.write() as connection:
            await connection.execute(delete(desk_sessions).where(over))
            await connection.execute(delete(invites).where(invites.c.expires_at <= now))
            old = log_in_failures.c.last_at <= now - FORGOTTEN
            await connection.execute(delete(log_in_failures).where(old))

    async def _by_name(self, name: str) -> Row[Any] | None:
        query = select(caseworkers).where(caseworkers.c.name_key == name_key(name), caseworkers.c.active)
        async with self._db.read() as connection:
            return (await connection.execute(query)).first()

    async def _refuse_haste(self, name: str) -> None:
        query = select(log_in_failures).where(log_in_failures.c.name_hash == _hashed(name))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None or row.failures < FREE_FAILURES:
            return
        delay = min(2 ** min(row.failures - FREE_FAILURES, 10), LONGEST_DELAY)
        left = (row.last_at + timedelta(seconds=delay) - self._clock()).total_seconds()
        if left > 0:
            raise SlowDown(int(left) + 1)

    async def _note_failure(self, name: str) -> None:
        f, now, key = log_in_failures.c, self._clock(), _hashed(name)
        async with self._db.write() as connection:
            await connection.execute(delete(log_in_failures).where(f.last_at <= now - FORGOTTEN))
            more = update(log_in_failures).where(f.name_hash == key).values(failures=f.failures + 1, last_at=now)
            if (await connection.execute(more)).rowcount == 0:
                first = self._db.insert_new(log_in_failures).values(name_hash=key, failures=1, last_at=now)
                await connection.execute(first)


def _open(found: Row[Any], key: bytes, totp_code: str, now: datetime) -> tuple[bytes, int] | None:
    """The caseworker's private key and the step of the one-time code; None when either is wrong."""
    try:
        private = unwrap(key, found.wrapped, f"caseworker:{found.name_key}")
        totp_secret = unwrap(key, found.totp_wrapped, f"totp:{found.name_key}").decode()
    except SealingError:
        return None
    step = totp_step(totp_secret, totp_code, now, after=found.totp_step)
    return None if step is None else (private, step)


def _hashed(name: str) -> bytes:
    return digest(name_key(name), b"inloop:attempts")
