"""Caseworkers: invited, active or not, and the team key they share.

Every caseworker has a key pair; its private half is wrapped under their password (Argon2id). The team's
private key is sealed to each active caseworker, and every conversation's private key is sealed to the
team. Whoever leaves: their cases go back to the queue, and the team key is made anew (`rotate_team_key`).
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.handoff import IllegalMove
from bot.core.model import Handoff
from bot.storage.cases import Cases
from bot.storage.errors import InviteRefused, NameTaken, NotFound, NotReadable
from bot.storage.part import current_team_key
from bot.storage.sealing import (
    SALT_BYTES,
    KeyPair,
    PasswordCost,
    TokenKeys,
    derive_password,
    derive_token,
    new_key_pair,
    unwrap,
    wrap,
)
from bot.storage.tables import (
    cases,
    caseworkers,
    desk_sessions,
    invites,
    team_wraps,
)
from bot.storage.team import give_team_key, new_team_key, rewrap_all

INVITE_LASTS = timedelta(hours=48)
SHORTEST_PASSWORD = 12
LONGEST_NAME = 80
TOTP_SECONDS = 30
COST = PasswordCost()
CASEWORKER, COORDINATOR = "caseworker", "coordinator"


@dataclass(frozen=True, slots=True)
class CaseworkerInfo:
    """A caseworker as colleagues see them."""

    id: int
    name: str
    role: str
    language: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class Invite:
    """What the holder of a link is shown before choosing a password."""

    name: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class DeskSession:
    """A logged-in caseworker. `team` opens conversations; `csrf` goes into the desk's forms."""

    caseworker: int
    name: str
    role: str
    language: str | None
    team: KeyPair
    csrf: str

    def __repr__(self) -> str:
        return f"DeskSession(caseworker={self.caseworker})"


class Caseworkers(Cases):
    """See `Store`."""

    async def invite_first(self, name: str) -> str | None:
        """The secret of a one-time link for the first caseworker; None when somebody is active.

        Makes a new team key whose private half is in the link alone. Calling it again makes the old link
        and the old key worthless: a conversation is wrapped to the new key when its person comes back.
        """
        secret, pair, now = secrets.token_urlsafe(32), new_key_pair(), self._clock()
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            active = select(func.count()).select_from(caseworkers).where(caseworkers.c.active.is_(True))
            if (await connection.execute(active)).scalar_one():
                return None
            await connection.execute(delete(invites))
            team_key = await new_team_key(connection, pair.public, now)
            invite = Invite(_named(name), COORDINATOR, now + INVITE_LASTS)
            await _invite(connection, derive_token(secret), invite, team_key, pair.private)
        return secret

    async def invite(self, name: str, by: DeskSession, role: str = CASEWORKER) -> str:
        """The secret of a one-time link for a colleague; 48 hours. Raises `NameTaken`, `NotReadable`."""
        secret = secrets.token_urlsafe(32)
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            team = await current_team_key(connection)
            if team is None or team.public != by.team.public:
                raise NotReadable
            taken = and_(caseworkers.c.name_key == name_key(name), caseworkers.c.active.is_(True))
            if (await connection.execute(select(caseworkers.c.id).where(taken))).first():
                raise NameTaken
            invite = Invite(_named(name), role, self._clock() + INVITE_LASTS)
            await _invite(connection, derive_token(secret), invite, team.id, by.team.private)
        return secret

    async def invite_info(self, secret: str) -> Invite | None:
        """Whom the link is for; None when it is unknown, used or expired."""
        query = select(invites).where(invites.c.lookup == derive_token(secret).lookup)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None or row.expires_at <= self._clock():
            return None
        return Invite(row.name, row.role, row.expires_at)

    async def accept_invite(self, secret: str, password: str, totp_secret: str, totp_code: str) -> None:
        """Become an active caseworker; the link works once. The one-time code is used up by it.

        An inactive caseworker of that name gets new keys. Raises `InviteRefused` and changes nothing.
        """
        keys, now = derive_token(secret), self._clock()
        query = select(invites).where(invites.c.lookup == keys.lookup, invites.c.expires_at > now)
        async with self._db.read() as connection:
            invited = (await connection.execute(query)).first()
        if invited is None:
            raise InviteRefused("the invitation is unknown, used or expired")
        step = totp_step(totp_secret, totp_code, now, after=0)
        if step is None:
            raise InviteRefused("the one-time code does not fit")
        if len(password) < SHORTEST_PASSWORD:
            raise InviteRefused("the password is too short")
        team_private = unwrap(keys.wrap, invited.wrapped, f"invite:{invited.team_key}")
        salt, pair = secrets.token_bytes(SALT_BYTES), new_key_pair()
        key = await asyncio.to_thread(derive_password, password, salt, COST)
        name = name_key(invited.name)
        row = {
            "name": invited.name,
            "role": invited.role,
            "active": True,
            "public": pair.public,
            "wrapped": wrap(key, pair.private, f"caseworker:{name}"),
            "salt": salt,
            "passes": COST.passes,
            "memory_mib": COST.memory_mib,
            "totp_wrapped": wrap(key, totp_secret.encode(), f"totp:{name}"),
            "totp_step": step,
        }
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            used = await connection.execute(delete(invites).where(invites.c.lookup == keys.lookup))
            team = await current_team_key(connection)
            if used.rowcount == 0 or team is None or team.id != invited.team_key:
                raise InviteRefused("the invitation is unknown, used or expired")
            caseworker = await _enter(connection, name, row, now)
            await give_team_key(connection, team.id, team_private, caseworker, pair.public)

    async def caseworkers(self) -> list[CaseworkerInfo]:
        """Everybody who ever accepted an invitation, by name."""
        c = caseworkers.c
        query = select(c.id, c.name, c.role, c.language, c.active).order_by(c.name_key)
        async with self._db.read() as connection:
            return [CaseworkerInfo(*row) for row in await connection.execute(query)]

    async def set_caseworker_language(self, caseworker_id: int, language: str | None) -> None:
        """The language the caseworker reads and writes in."""
        mine = caseworkers.c.id == caseworker_id
        async with self._db.write() as connection:
            await connection.execute(update(caseworkers).where(mine).values(language=language))

    async def set_active(self, caseworker_id: int, active: bool, by: DeskSession) -> None:
        """Let a colleague go, or back in. Raises `NotFound`, and `ValueError` for the last active caseworker.

        Who goes is logged out at once, their cases go back to the queue, and the team key is made anew.
        """
        if active:
            await self._let_in(caseworker_id, by)
            return
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            others = and_(caseworkers.c.active.is_(True), caseworkers.c.id != caseworker_id)
            if (await connection.execute(select(caseworkers.c.id).where(others))).first() is None:
                raise ValueError("the last active caseworker stays")
            mine = update(caseworkers).where(caseworkers.c.id == caseworker_id).values(active=False)
            if (await connection.execute(mine)).rowcount == 0:
                raise NotFound("there is no such caseworker")
            await connection.execute(delete(desk_sessions).where(desk_sessions.c.caseworker == caseworker_id))
            await connection.execute(delete(team_wraps).where(team_wraps.c.caseworker == caseworker_id))
            owned = and_(cases.c.owner == caseworker_id, cases.c.state == Handoff.OWNED.value)
            theirs = list((await connection.execute(select(cases.c.id).where(owned))).scalars())
        for case_id in theirs:
            with suppress(IllegalMove):  # deleted in this moment
                await self.put_back(case_id)
        await self.rotate_team_key(by)

    async def rotate_team_key(self, by: DeskSession) -> None:
        """A new team key for the active caseworkers; every conversation is wrapped to it, open links end.

        Raises `NotReadable` when the session's key is not the current one. Sessions of the others go on.
        """
        pair, now = new_key_pair(), self._clock()
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            old = await current_team_key(connection)
            if old is None or old.public != by.team.public:
                raise NotReadable
            await connection.execute(delete(invites))
            new = await new_team_key(connection, pair.public, now)
            active = select(caseworkers.c.id, caseworkers.c.public).where(caseworkers.c.active.is_(True))
            for colleague in (await connection.execute(active)).all():
                await give_team_key(connection, new, pair.private, colleague.id, colleague.public)
            await connection.execute(delete(team_wraps).where(team_wraps.c.team_key != new))
            await rewrap_all(connection, old.id, by.team, new, pair.public)

    async def _let_in(self, caseworker_id: int, by: DeskSession) -> None:
        mine = caseworkers.c.id == caseworker_id
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            team = await current_team_key(connection)
            public = (await connection.execute(select(caseworkers.c.public).where(mine))).scalar()
            if public is None:
                raise NotFound("there is no such caseworker")
            if team is None or team.public != by.team.public:
                raise NotReadable
            await connection.execute(update(caseworkers).where(mine).values(active=True))
            await connection.execute(delete(team_wraps).where(team_wraps.c.caseworker == caseworker_id))
            await give_team_key(connection, team.id, by.team.private, caseworker_id, public)


def name_key(name: str) -> str:
    """A name as it is compared: two that look alike are one."""
    return unicodedata.normalize("NFKC", _plain(name)).casefold()


def _plain(name: str) -> str:
    return " ".join("".join(c for c in name if c.isprintable()).split())


def _named(name: str) -> str:
    """A name as it is shown; raises `ValueError` when it has no character or more than 80."""
    shown = _plain(name)
    if not 1 <= len(name_key(name)) <= LONGEST_NAME or len(shown) > LONGEST_NAME:
        raise ValueError("a name has 1 to 80 characters")
    return shown


def totp_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The time step whose one-time code this is, later than `after`, one step off allowed; None for none."""
    digits, current = "".join(code.split()), int(now.timestamp()) // TOTP_SECONDS
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        totp = pyotp.TOTP(secret)
        codes = {step: totp.generate_otp(step) for step in (current - 1, current, current + 1)}
    except ValueError:  # not base 32
        return None
    fits = [step for step, fit in codes.items() if secrets.compare_digest(fit, digits) and step > after]
    return max(fits, default=None)


async def _invite(connection: AsyncConnection, keys: TokenKeys, invite: Invite, team_key: int, private: bytes) -> None:
    row = {
        "lookup": keys.lookup,
        "name": invite.name,
        "role": invite.role,
        "team_key": team_key,
        "wrapped": wrap(keys.wrap, private, f"invite:{team_key}"),
        "expires_at": invite.expires_at,
    }
    await connection.execute(insert(invites).values(**row))


async def _enter(connection: AsyncConnection, name: str, row: dict[str, Any], now: datetime) -> int:
    """A new caseworker, or an inactive one with new keys; raises `InviteRefused` when an active one has
    the name."""
    found = select(caseworkers.c.id, caseworkers.c.active).where(caseworkers.c.name_key == name)
    before = (await connection.execute(found)).first()
    if before is None:
        query = insert(caseworkers).values(**row, name_key=name, created_at=now).returning(caseworkers.c.id)
        return int((await connection.execute(query)).scalar_one())
    if before.active:
        raise InviteRefused("an active caseworker has that name")
    await connection.execute(update(caseworkers).where(caseworkers.c.id == before.id).values(**row))
    await connection.execute(delete(team_wraps).where(team_wraps.c.caseworker == before.id))
    return int(before.id)
