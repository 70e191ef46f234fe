"""Caseworkers: invited, active or not, and the team key they share.

Every caseworker has a key pair; its private half is wrapped under their password (Argon2id). The team's
private key is sealed to each active caseworker, and every conversation's private key is sealed to the
team. Whoever leaves: their cases go back to the queue, and the team key is made anew (`rotate_team_key`).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Deed
from bot.domain.handoff import IllegalMove
from bot.domain.model import Handoff
from bot.domain.names import name_key, shown_name
from bot.domain.organisations import FIRST
from bot.domain.roles import ADMINISTRATOR, CASEWORKER, COORDINATOR, ROLES, manages_people, works_on_cases
from bot.security.passwords import ENOUGH, effort
from bot.storage.cases.claiming import Claiming
from bot.storage.cases.closed_keys import take_from
from bot.storage.database.engine import Database
from bot.storage.database.errors import Forbidden, InviteRefused, NameTaken, NotFound, NotReadable, WeakPassword
from bot.storage.database.part import current_team_key
from bot.storage.people.recovery_codes import renew_recovery
from bot.storage.people.recovery_key import pass_on
from bot.storage.people.team_key import give_team_key, new_team_key, rewrap_all
from bot.storage.people.vouched import (
    MARKED,
    Vouching,
    change_caseworker,
    holds,
    invite_parts,
    refuse_unvouched,
    vouch,
)
from bot.storage.records.audit_log import append
from bot.storage.sealing.envelopes import (
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
from bot.storage.tables.cases import aliases, case_offers, own_replies
from bot.storage.tables.conversations import (
    cases,
    caseworkers,
    desk_sessions,
    installation,
    invites,
    page_addresses,
    phones,
    team_wraps,
)
from bot.storage.tables.log_in import passkeys
from bot.text.disguises import alike

log = logging.getLogger(__name__)

INVITE_LASTS = timedelta(hours=48)
SHORTEST_PASSWORD = 12
TOTP_SECONDS = 30
TOTP_AHEAD = 2
"""Steps from now that one that was used can be ahead: one by the code itself, one by another gateway's clock."""
COST = PasswordCost()


@dataclass(frozen=True, slots=True)
class CaseworkerInfo:
    """A caseworker as colleagues see them."""

    id: int
    name: str
    role: str
    language: str | None
    active: bool
    pending: bool = False
    """Has set a password; a colleague with the team's key has yet to confirm."""
    organisation: int = FIRST
    alias: str = ""
    """The name by which persons know them, if they have set one."""


@dataclass(frozen=True, slots=True)
class Invite:
    """What the holder of a link is shown before choosing a password."""

    name: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Joined:
    """An accepted invitation. `ready`: one can log in now, or else waits for a colleague to confirm. `codes`: the
    recovery codes, which are nowhere to be read again."""

    ready: bool
    codes: list[str]


@dataclass(frozen=True, slots=True, repr=False)
class DeskSession:
    """A logged-in caseworker. `key` is the team's: nothing for an administrator, who reads no conversation. `csrf` goes
    into the desk's forms; `id` names the session in lists; `fresh`: the password was given in the last minutes."""

    caseworker: int
    name: str
    role: str
    language: str | None
    key: KeyPair | None
    csrf: str
    id: str = ""
    fresh: bool = False
    organisation: int = FIRST
    own: KeyPair | None = None
    """The caseworker's own: opens what is sealed to them and not to the team."""

    @property
    def team(self) -> KeyPair:
        """What opens conversations; raises `Forbidden` for who has no such key."""
        if self.key is None:
            raise Forbidden
        return self.key

    def __repr__(self) -> str:
        return f"DeskSession(caseworker={self.caseworker})"


class Caseworkers(Claiming, Vouching):
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
            team_key = await new_team_key(self._db, connection, pair.public, now)
            invite = Invite(shown_name(name), COORDINATOR, now + INVITE_LASTS)
            await invite_row(self._db, connection, derive_token(secret), invite, team_key, pair.private)
        return secret

    async def invite(
        self, name: str, by: DeskSession, role: str = CASEWORKER, organisation: int | None = None
    ) -> str:
        """The secret of a one-time link for a colleague (of another `organisation`); 48 hours. Raises `NameTaken`,
        `NotReadable`, `Forbidden`.

        The link hands over the team's key when whoever invites has it and the role needs it. Where an administrator
        invites somebody who needs it, a colleague who has it confirms them later (`People.confirm`).
        """
        if role not in ROLES or not manages_people(by.role):
            raise Forbidden
        secret, now = secrets.token_urlsafe(32), self._clock()
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            team = await current_team_key(self._db, connection)
            if team is None or (by.key is not None and team.public != by.key.public):
                raise NotReadable
            taken = and_(caseworkers.c.name_key == name_key(name), caseworkers.c.active.is_(True))
            if (await connection.execute(select(caseworkers.c.id).where(taken))).first():
                raise NameTaken
            await _refuse_look_alike(connection, name)
            invite = Invite(shown_name(name), role, now + INVITE_LASTS)
            private = by.key.private if by.key is not None and works_on_cases(role) else b""
            whose = by.organisation if organisation is None else organisation
            await invite_row(self._db, connection, derive_token(secret), invite, team.id, private, whose)
            await append(self._db, connection, now, Deed.INVITED, actor=by.caseworker, detail=role)
        return secret

    async def invite_info(self, secret: str) -> Invite | None:
        """Whom the link is for; None when it is unknown, used or expired."""
        query = select(invites).where(invites.c.lookup == derive_token(secret).lookup)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None or row.expires_at <= self._clock() or not self._written(row):
            return None
        return Invite(row.name, row.role, row.expires_at)

    async def accept_invite(
        self, secret: str, password: str, totp_secret: str, totp_code: str, name: str | None = None
    ) -> Joined:
        """Become a caseworker, under another `name` than the one invited by if there is one. The link works once, and
        the one-time code is used up by it.

        An inactive caseworker of the invited name gets new keys; nobody becomes another one who was here by choosing
        their name. Raises `InviteRefused`, `NameTaken`, `WeakPassword`, or `ValueError` if the name
        is empty or too long, and then changes nothing.
        """
        keys, now = derive_token(secret), self._clock()
        query = select(invites).where(invites.c.lookup == keys.lookup, invites.c.expires_at > now)
        async with self._db.read() as connection:
            invited = (await connection.execute(query)).first()
        if invited is None or not self._written(invited):
            raise InviteRefused("the invitation is unknown, used or expired")
        step = totp_step(totp_secret, totp_code, now, after=0)
        if step is None:
            raise InviteRefused("the one-time code does not fit")
        if len(password) < SHORTEST_PASSWORD:
            raise InviteRefused("the password is too short")
        shown = invited.name if name is None else shown_name(name)
        if effort(password, shown) < ENOUGH:
            raise WeakPassword
        team_private = unwrap(keys.wrap, invited.wrapped, f"invite:{invited.team_key}")
        needs = works_on_cases(invited.role)
        at_once = bool(team_private) or not needs
        salt, pair = secrets.token_bytes(SALT_BYTES), new_key_pair()
        key = await asyncio.to_thread(derive_password, password, salt, COST)
        own = name_key(shown)
        row = {
            "name": shown,
            "role": invited.role,
            "organisation": invited.organisation,
            "active": at_once,
            "pending": not at_once,
            "public": pair.public,
            "wrapped": wrap(key, pair.private, f"caseworker:{own}"),
            "salt": salt,
            "passes": COST.passes,
            "memory_mib": COST.memory_mib,
            "totp_wrapped": wrap(key, totp_secret.encode(), f"totp:{own}"),
            "totp_step": step,
        }
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            used = await connection.execute(delete(invites).where(invites.c.lookup == keys.lookup))
            team = await current_team_key(self._db, connection)
            if used.rowcount == 0 or team is None or team.id != invited.team_key:
                raise InviteRefused("the invitation is unknown, used or expired")
            caseworker = await _enter(connection, own, row, now, again=own == name_key(invited.name))
            if needs and at_once:
                await give_team_key(connection, team.id, team_private, caseworker, pair.public)
            await vouch(self._db, connection, caseworker, team.id)
            codes = await renew_recovery(connection, caseworker)
            await append(self._db, connection, now, Deed.JOINED, subject=caseworker, detail=invited.role)
        return Joined(at_once, codes)

    def _written(self, invited: Row[Any]) -> bool:
        """Whether this program wrote an invitation, as it stands: who it is for, and what they may do."""
        good = self._db.voucher.holds(invited.vouched, "invite", *invite_parts(invited))
        if not good:
            log.error("key.unvouched", extra={"what": "invitation"})
        return good

    async def caseworkers(self) -> list[CaseworkerInfo]:
        """Everybody who ever accepted an invitation, of every organisation, by name."""
        c = caseworkers.c
        alias = func.coalesce(aliases.c.name, "")
        query = select(c.id, c.name, c.role, c.language, c.active, c.pending, c.organisation, alias)
        query = query.outerjoin(aliases, aliases.c.caseworker == c.id).order_by(c.name_key)
        async with self._db.read() as connection:
            return [CaseworkerInfo(*row) for row in await connection.execute(query)]

    async def set_caseworker_language(self, caseworker_id: int, language: str | None) -> None:
        """The language the caseworker reads and writes in."""
        mine = caseworkers.c.id == caseworker_id
        async with self._db.write() as connection:
            await connection.execute(update(caseworkers).where(mine).values(language=language))

    async def set_active(self, caseworker_id: int, active: bool, by: DeskSession) -> None:
        """Let a colleague go, or back in. Raises `NotFound`, `Forbidden`, and `ValueError` for the last coordinator.

        Who goes is logged out at once, their cases go back to the queue, and the team key is made anew: now, or, when
        an administrator does this, when the next who has the key logs in.
        """
        if not manages_people(by.role):
            raise Forbidden
        if active:
            await self._let_in(caseworker_id, by)
            return
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            before = await self._stays_somebody(connection, caseworker_id)
            await change_caseworker(self._db, connection, caseworker_id, {"active": False, "pending": False})
            theirs, held = await self._loses_key(connection, caseworker_id)
            for addressed in (page_addresses, phones):
                await connection.execute(delete(addressed).where(addressed.c.caseworker == caseworker_id))
            await append(
                self._db, connection, self._clock(), Deed.ENDED, actor=by.caseworker, subject=caseworker_id,
                detail=before,
            )  # fmt: skip
        await self._after_loss(caseworker_id, theirs, held, by)

    async def _stays_somebody(self, connection: AsyncConnection, caseworker_id: int) -> str:
        """The role of this caseworker; raises `NotFound`, and `ValueError` when no other coordinator of their
        organisation is active."""
        of = select(caseworkers.c.role).where(caseworkers.c.id == caseworker_id)
        role = (await connection.execute(of)).scalar()
        mine = select(caseworkers.c.organisation).where(caseworkers.c.id == caseworker_id).scalar_subquery()
        others = and_(
            caseworkers.c.active.is_(True), caseworkers.c.role == COORDINATOR, caseworkers.c.id != caseworker_id,
            caseworkers.c.organisation == mine,
        )  # fmt: skip
        if role is None:
            raise NotFound("there is no such caseworker")
        alone = (await connection.execute(select(caseworkers.c.id).where(others))).first() is None
        if role == COORDINATOR and alone:
            raise ValueError("the last active coordinator stays")
        return str(role)

    async def _loses_key(self, connection: AsyncConnection, caseworker_id: int) -> tuple[list[int], bool]:
        """Ends the sessions and the wrap of somebody; the cases that are theirs and must be put back, and whether they
        had the team's key (somebody who waits to be confirmed never had it)."""
        await connection.execute(delete(desk_sessions).where(desk_sessions.c.caseworker == caseworker_id))
        await connection.execute(delete(case_offers).where(case_offers.c.colleague == caseworker_id))
        await take_from(connection, caseworker_id)
        wraps = delete(team_wraps).where(team_wraps.c.caseworker == caseworker_id)
        held = (await connection.execute(wraps)).rowcount > 0
        if held:
            await connection.execute(update(installation).values(renewal_due=True))
        owned = and_(cases.c.owner == caseworker_id, cases.c.state == Handoff.OWNED.value)
        return list((await connection.execute(select(cases.c.id).where(owned))).scalars()), held

    async def _after_loss(self, who: int, theirs: list[int], held: bool, by: DeskSession) -> None:
        for case_id in theirs:
            with suppress(IllegalMove):  # deleted in this moment
                await self.put_back(case_id, who)
        if held and by.key is not None:
            await self.rotate_team_key(by)

    async def rotate_team_key(self, by: DeskSession) -> None:
        """A new team key for the active caseworkers; every conversation is wrapped to it, open links end.

        Raises `NotReadable` when the session's key is not the current one. Sessions of the others go on.
        """
        pair, now = new_key_pair(), self._clock()
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            old = await current_team_key(self._db, connection)
            if old is None or old.public != by.team.public:
                raise NotReadable
            await connection.execute(delete(invites))
            await connection.execute(update(installation).values(renewal_due=False))
            c = caseworkers.c
            active = (await connection.execute(select(*MARKED, c.vouched).where(c.active.is_(True)))).all()
            colleagues = [colleague for colleague in active if holds(self._db, colleague, old.id)]
            new = await new_team_key(self._db, connection, pair.public, now)
            for colleague in colleagues:
                if colleague.role != ADMINISTRATOR:
                    await give_team_key(connection, new, pair.private, colleague.id, colleague.public)
                await vouch(self._db, connection, colleague.id, new)
            await connection.execute(delete(team_wraps).where(team_wraps.c.team_key != new))
            await rewrap_all(connection, old.id, by.team, new, pair.public)
            await pass_on(connection, by.team, new, pair)
            await append(self._db, connection, now, Deed.KEY, actor=by.caseworker)

    async def _let_in(self, caseworker_id: int, by: DeskSession, deed: Deed = Deed.LET_IN) -> None:
        """Active, with the team's key if the role needs it. Raises `Forbidden` when `by` has no key to give."""
        mine = caseworkers.c.id == caseworker_id
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            team = await current_team_key(self._db, connection)
            row = (await connection.execute(select(caseworkers).where(mine))).first()
            if row is None or (deed is Deed.CONFIRMED and not row.pending):
                raise NotFound("there is no such caseworker")
            await refuse_unvouched(self._db, connection, caseworker_id)
            await connection.execute(delete(team_wraps).where(team_wraps.c.caseworker == caseworker_id))
            if works_on_cases(row.role):
                if team is None or team.public != by.team.public:
                    raise NotReadable
                await give_team_key(connection, team.id, by.team.private, caseworker_id, row.public)
            await change_caseworker(self._db, connection, caseworker_id, {"active": True, "pending": False})
            now = self._clock()
            await append(self._db, connection, now, deed, actor=by.caseworker, subject=caseworker_id, detail=row.role)


def totp_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The time step whose one-time code this is, later than `after`, one step off allowed; None for none. A step far
    ahead was used when the clock was: it counts no more, or no code would be good until then."""
    digits, current = "".join(code.split()), int(now.timestamp()) // TOTP_SECONDS
    if after > current + TOTP_AHEAD:
        after = 0
    if not (digits.isascii() and digits.isdigit()):
        return None
    try:
        totp = pyotp.TOTP(secret)
        codes = {step: totp.generate_otp(step) for step in (current - 1, current, current + 1)}
    except ValueError:  # not base 32
        return None
    fits = [step for step, fit in codes.items() if secrets.compare_digest(fit, digits) and step > after]
    return max(fits, default=None)


async def invite_row(
    database: Database, connection: AsyncConnection, keys: TokenKeys, invite: Invite, team_key: int, private: bytes,
    organisation: int = FIRST,
) -> None:  # fmt: skip
    """Enter an invitation; `private`: the team's key, which the link hands over, or nothing."""
    row = {
        "lookup": keys.lookup,
        "name": invite.name,
        "role": invite.role,
        "team_key": team_key,
        "wrapped": wrap(keys.wrap, private, f"invite:{team_key}"),
        "expires_at": invite.expires_at,
        "organisation": organisation,
    }
    row["vouched"] = database.voucher.mark("invite", *invite_parts(SimpleNamespace(**row)))
    await connection.execute(insert(invites).values(**row))


async def _refuse_look_alike(connection: AsyncConnection, name: str) -> None:
    """Raises `NameTaken` for a name that a colleague would take for another one's."""
    of_others = select(caseworkers.c.name).where(caseworkers.c.name_key != name_key(name))
    if any(alike(name, other) for other in (await connection.execute(of_others)).scalars()):
        raise NameTaken


async def _enter(connection: AsyncConnection, name: str, row: dict[str, Any], now: datetime, *, again: bool) -> int:
    """A new caseworker, or (`again`) an inactive one with new keys. Raises `InviteRefused` when an active one has the
    name that the link was made for, and `NameTaken` for a name that somebody chose and another one has or had."""
    found = select(caseworkers.c.id, caseworkers.c.active).where(caseworkers.c.name_key == name)
    before = (await connection.execute(found)).first()
    if before is None:
        if not again:
            await _refuse_look_alike(connection, row["name"])
        query = insert(caseworkers).values(**row, name_key=name, created_at=now).returning(caseworkers.c.id)
        return int((await connection.execute(query)).scalar_one())
    if not again:
        raise NameTaken
    if before.active:
        raise InviteRefused("an active caseworker has that name")
    await connection.execute(update(caseworkers).where(caseworkers.c.id == before.id).values(**row))
    await connection.execute(delete(team_wraps).where(team_wraps.c.caseworker == before.id))
    await connection.execute(delete(passkeys).where(passkeys.c.caseworker == before.id))
    await connection.execute(delete(own_replies).where(own_replies.c.caseworker == before.id))
    await connection.execute(delete(aliases).where(aliases.c.caseworker == before.id))
    return int(before.id)
