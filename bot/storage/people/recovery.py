"""Making, looking at and using the recovery key: the way back in when every password is lost."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Deed
from bot.domain.handoff import IllegalMove
from bot.domain.names import name_key, shown_name
from bot.domain.organisations import FIRST
from bot.domain.roles import COORDINATOR, supervises
from bot.storage.cases.closed_access import Closing
from bot.storage.cases.closed_keys import reopen_all
from bot.storage.database.errors import Forbidden, NotReadable, RecoveryRefused, SealingError
from bot.storage.database.part import current_team_key
from bot.storage.people.caseworkers import INVITE_LASTS, DeskSession, Invite, invite_row
from bot.storage.people.recovery_key import HOLDER, enter, opened, vouched_public
from bot.storage.people.vouched import change_caseworker
from bot.storage.records.audit_log import append
from bot.storage.sealing import recovery_words
from bot.storage.sealing.envelopes import KeyPair, derive_token, new_key_pair
from bot.storage.tables.conversations import caseworkers
from bot.storage.tables.keys import closed_wraps, recovery_keys


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """What is known of the recovery key without its paper. `current`: it opens the team's key that is in use."""

    id: int
    halves: int
    created_at: datetime
    used_at: datetime | None
    current: bool


class Recovering(Closing):
    """See `Store`."""

    async def recovery_key(self) -> RecoveryKey | None:
        """The recovery key that there is; None without one."""
        r = recovery_keys.c
        async with self._db.read() as connection:
            row = (await connection.execute(select(r.id, r.halves, r.created_at, r.used_at, r.team_key))).first()
            team = await current_team_key(self._db, connection)
        if row is None:
            return None
        return RecoveryKey(*row[:4], current=team is not None and row.team_key == team.id)

    async def vouches(self, session: DeskSession) -> bool:
        """Whether this session's team key vouches for the recovery key; False when somebody put another one there."""
        async with self._db.read() as connection:
            return await vouched_public(connection, session.team) is not None

    async def make_recovery_key(self, by: DeskSession, *, split: bool) -> tuple[int, list[str]]:
        """A new recovery key in place of the one before, which is worth nothing from now on: its number, and the line
        for paper (`split`: two, for two people), which is kept nowhere. What is closed is sealed to it by `settle`:
        after the lines are in somebody's hands. Raises `Forbidden` for who is no coordinator, and `NotReadable`."""
        if not supervises(by.role):
            raise Forbidden
        pair, now = new_key_pair(), self._clock()
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            team = await current_team_key(self._db, connection)
            if team is None or team.public != by.team.public:
                raise NotReadable
            await connection.execute(delete(recovery_keys))
            await connection.execute(delete(closed_wraps).where(closed_wraps.c.holder == HOLDER))
            number = await enter(connection, pair.public, 2 if split else 1, team.id, by.team, now)
            detail = "halves" if split else "whole"
            await append(self._db, connection, now, Deed.RECOVERY_MADE, actor=by.caseworker, detail=detail)
        return number, recovery_words.printed(pair, split=split)

    async def check_recovery_key(self, key: KeyPair) -> RecoveryKey:
        """The recovery key, if this is its private half and it opens the team's key. Raises `RecoveryRefused`. Changes
        nothing."""
        async with self._db.read() as connection:
            await self._team_by_recovery(connection, key)
        found = await self.recovery_key()
        assert found is not None
        return found

    async def recover(self, key: KeyPair, name: str) -> str:
        """The secret of a one-time link with which a coordinator sets a new password; 48 hours, or until the team key
        is made anew. All that is there can be read again, by them and by whoever knows a password still. Raises
        `RecoveryRefused`, and `ValueError` for an empty or too long name.

        An active caseworker of that name, whose password is lost, loses the access of before and keeps the name: their
        cases go back to the queue, and the next log-in makes the team key anew. Where that is a colleague's, who knows
        a password still, the link hands over a key that is old by then, and ends; this key is good for another one.
        """
        secret, now = secrets.token_urlsafe(32), self._clock()
        theirs: list[int] = []
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            team_key, team = await self._team_by_recovery(connection, key)
            c = caseworkers.c
            same = select(c.id, c.active, c.organisation).where(c.name_key == name_key(name))
            there = (await connection.execute(same)).first()
            before = there.id if there is not None and there.active else None
            if before is not None:
                await change_caseworker(self._db, connection, before, {"active": False, "pending": False})
                theirs, _ = await self._loses_key(connection, before)
            await reopen_all(self._db, connection, key, HOLDER, team_key, team.public)
            invite = Invite(shown_name(name), COORDINATOR, now + INVITE_LASTS)
            whose = FIRST if there is None else there.organisation
            await invite_row(self._db, connection, derive_token(secret), invite, team_key, team.private, whose)
            await connection.execute(update(recovery_keys).values(used_at=now))
            await append(self._db, connection, now, Deed.RECOVERY_USED, subject=before, detail=COORDINATOR)
        for case_id in theirs:
            with suppress(IllegalMove):  # deleted in this moment
                await self.put_back(case_id, before or 0)
        return secret

    async def _team_by_recovery(self, connection: AsyncConnection, key: KeyPair) -> tuple[int, KeyPair]:
        row = (await connection.execute(select(recovery_keys))).first()
        team = await current_team_key(self._db, connection)
        if row is None or team is None:
            raise RecoveryRefused("there is no recovery key in this database")
        if key.public != row.public:
            raise RecoveryRefused("this is not the recovery key of this database, or the halves are of two keys")
        if row.team_key != team.id:
            raise RecoveryRefused("this recovery key opens an older team key, which nothing is sealed to any more")
        try:
            found = opened(row, key)
        except SealingError:
            found = None
        if found is None or found.public != team.public:
            raise RecoveryRefused("what is sealed to the recovery key was changed: it does not open the team's key")
        return team.id, found
