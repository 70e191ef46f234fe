"""The desk's sessions: logging in, and what the browser's cookie unlocks.

The caseworker's private key lies in the session's row, wrapped under a key derived from the cookie; the
row without the cookie is worth nothing, and so is the cookie without the row. The current team key is
opened with it each time, so a session goes on when the team key is made anew, and ends at once when the
caseworker is let go.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, Update, and_, delete, insert, or_, select, update
from sqlalchemy.engine import Row

from bot.domain.audit import Deed
from bot.domain.devices import Device
from bot.domain.names import name_key
from bot.domain.ports import Clock
from bot.domain.roles import works_on_cases
from bot.runtime.waiting_room import Full, HungUp, WaitingRoom
from bot.security.guessing import FORGOTTEN, LONGEST_DELAY, delay
from bot.storage.database.engine import Database
from bot.storage.database.errors import LogInFailed, NotReadable, SealingError, SlowDown, Unvouched
from bot.storage.people.caseworkers import COST, Caseworkers, DeskSession
from bot.storage.people.recovery_codes import recovery_left
from bot.storage.people.second_factors import Proof, Second, prove, take_challenge
from bot.storage.people.team_key import sealed_team_key
from bot.storage.people.vouched import MARKED, holds
from bot.storage.records.audit_log import append
from bot.storage.sealing.envelopes import (
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
from bot.storage.tables.conversations import caseworkers, desk_sessions, invites, log_in_failures, team_keys, team_wraps

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
FRESH = timedelta(minutes=5)
"""How long a password counts as just given."""
AT_ONCE = 1
"""Passwords looked at together, of devices that are known and of strangers each: one takes 64 MiB."""
SEATS = 8
"""Who waits for that, at most; one more is told to come again after `BUSY` seconds. Eight are served within one."""
BUSY = 2


@dataclass(frozen=True, slots=True, repr=False)
class Knock:
    """How somebody comes to a log-in. `device`: its kind. `known`: the number of a device that has logged in by this
    name before; its failures are its own. `paid`: a stranger who has worked for what strangers failed at this name.
    `gone`: done when nobody waits for the answer any more."""

    device: str = Device.OTHER
    known: bytes | None = None
    paid: bool = False
    gone: asyncio.Future[None] | None = None


class Sessions(Caseworkers):
    """See `Store`."""

    def __init__(self, database: Database, clock: Clock, return_salt: bytes) -> None:
        super().__init__(database, clock, return_salt)
        self._known, self._strangers = WaitingRoom(AT_ONCE, SEATS), WaitingRoom(AT_ONCE, SEATS)

    async def log_in(
        self, name: str, password: str, second: Second, knock: Knock | None = None
    ) -> tuple[str, DeskSession]:
        """A new session and its cookie. Raises `LogInFailed` (one error for every reason, in the same time
        for a name that nobody has) and `SlowDown`. A second factor works once."""
        knock = knock or Knock()
        count = _hashed(name) if knock.known is None else digest(knock.known.hex(), b"inloop:device")
        found, proof = await self._identify(name, password, second, knock, count)
        cookie, now = secrets.token_urlsafe(32), self._clock()
        keys = derive_token(cookie)
        row = {
            "lookup": keys.lookup,
            "caseworker": found.id,
            "wrapped": wrap(keys.wrap, proof.private, f"session:{found.id}"),
            "created_at": now,
            "seen_at": now,
            "confirmed_at": now,
            "device": Device(knock.device).value,
        }
        await self._spend(found, proof, insert(desk_sessions).values(**row), count)
        session = await self.desk_session(cookie)
        if session is None:  # let go in this moment
            raise LogInFailed
        return cookie, session

    async def confirm_session(self, cookie: str, session: DeskSession, password: str, second: Second) -> None:
        """Password and second factor were given again: the session is `fresh` for some minutes. Raises as `log_in`."""
        lookup = derive_token(cookie).lookup
        count = digest(lookup.hex(), b"inloop:confirm")
        found, proof = await self._identify(session.name, password, second, Knock(known=lookup), count)
        if found.id != session.caseworker:
            raise LogInFailed
        mine = desk_sessions.c.lookup == lookup
        await self._spend(found, proof, update(desk_sessions).where(mine).values(confirmed_at=self._clock()), count)

    async def failures(self, name: str) -> int:
        """How often strangers have failed at this name lately, whether anybody has it or not."""
        query = select(log_in_failures).where(log_in_failures.c.name_hash == _hashed(name))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return 0 if row is None or row.last_at <= self._clock() - FORGOTTEN else int(row.failures)

    @asynccontextmanager
    async def _looked_at(self, knock: Knock) -> AsyncIterator[None]:
        """One's turn, for the length of the block: a flood of strangers keeps nobody waiting whose device is known."""
        room = self._strangers if knock.known is None else self._known
        try:
            async with room.served(knock.gone):
                yield
        except (Full, HungUp):
            raise SlowDown(BUSY) from None

    async def _identify(
        self, name: str, password: str, second: Second, knock: Knock, count: bytes
    ) -> tuple[Row[Any], Proof]:
        """Whose password and second factor these are; the factor is not used up yet. A passkey's challenge is, whether
        anything else is right or not. A code is looked at as of now, however long it then waits."""
        came = self._clock()
        async with self._looked_at(knock):
            if not knock.paid:
                await self._refuse_haste(count)
            found = await self._by_name(name)
            salt, cost = digest(name_key(name), b"inloop:nobody")[:SALT_BYTES], COST
            if found is not None:
                salt, cost = found.salt, PasswordCost(found.passes, found.memory_mib)
            key = await asyncio.to_thread(derive_password, password, salt, cost)
            new = isinstance(second, str) or await self.take_challenge(second.challenge, second.expires_at)
            proof = await prove(self._db, found, key, second, came) if found is not None and new else None
            if found is None or proof is None:
                await self._note_failure(count)
                raise LogInFailed
        return found, proof

    async def take_challenge(self, challenge: bytes, ends: datetime) -> bool:
        """Whether a challenge is handed in for the first time."""
        return await take_challenge(self._db, challenge, ends, self._clock())

    async def _spend(self, found: Row[Any], proof: Proof, then: Insert | Update, count: bytes) -> None:
        """Use the second factor up and do what it is for, or neither; raises `LogInFailed` when somebody else used it a
        moment ago, or has ended the session."""
        still = select(caseworkers.c.id).where(caseworkers.c.id == found.id, caseworkers.c.active)
        try:
            async with self._db.write() as connection:
                if (await connection.execute(self._db.locked(still, caseworkers))).first() is None:
                    raise LogInFailed
                if not await proof.spend(connection):
                    raise LogInFailed
                if (await connection.execute(then)).rowcount == 0:
                    raise LogInFailed
                forget = log_in_failures.c.name_hash == count
                await connection.execute(delete(log_in_failures).where(forget))
                if proof.recovery:
                    left, now = await recovery_left(connection, found.id), self._clock()
                    await append(self._db, connection, now, Deed.RECOVERED, actor=found.id, detail=str(left))
        except LogInFailed:
            await self._note_failure(count)
            raise

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
                s.confirmed_at,
                *MARKED,
                caseworkers.c.vouched,
                caseworkers.c.language,
                team_keys.c.id.label("team_key"),
                team_keys.c.public.label("team_public"),
                team_wraps.c.envelope,
            )
            .join(caseworkers, caseworkers.c.id == s.caseworker)
            .join(team_keys, team_keys.c.retired_at.is_(None))
            .outerjoin(
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
            team = None
            if works_on_cases(row.role):
                if row.envelope is None:
                    return None
                team = pair_of(open_envelope(own, row.envelope, sealed_team_key(row.team_key, row.id)))
        except SealingError:
            return None
        if own.public != row.public or (team is not None and team.public != row.team_public):
            raise NotReadable  # somebody put another key into the database
        if not holds(self._db, row, row.team_key):
            raise Unvouched  # or has changed what this caseworker may do
        csrf = digest(cookie, b"inloop:csrf").hex()
        fresh = row.confirmed_at is not None and row.confirmed_at + FRESH > now
        known = session_id(keys.lookup)
        return DeskSession(
            row.id, row.name, row.role, row.language, team, csrf, id=known, fresh=fresh, organisation=row.organisation,
            own=own,
        )  # fmt: skip

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

    async def _refuse_haste(self, count: bytes) -> None:
        query = select(log_in_failures).where(log_in_failures.c.name_hash == count)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return
        left = (row.last_at + timedelta(seconds=delay(row.failures)) - self._clock()).total_seconds()
        if 0 < left <= LONGEST_DELAY:  # not when the clock was set back
            raise SlowDown(int(left) + 1)

    async def _note_failure(self, count: bytes) -> None:
        f, now = log_in_failures.c, self._clock()
        async with self._db.write() as connection:
            await connection.execute(delete(log_in_failures).where(f.last_at <= now - FORGOTTEN))
            more = update(log_in_failures).where(f.name_hash == count).values(failures=f.failures + 1, last_at=now)
            if (await connection.execute(more)).rowcount == 0:
                first = self._db.insert_new(log_in_failures).values(name_hash=count, failures=1, last_at=now)
                await connection.execute(first)


def session_id(lookup: bytes) -> str:
    """What names a session in its caseworker's list."""
    return lookup.hex()[:16]


def _hashed(name: str) -> bytes:
    return digest(name_key(name), b"inloop:attempts")
