"""Invitations that nobody has accepted yet: whom they are for, and taking one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, select

from bot.domain.audit import Deed
from bot.domain.roles import manages_people
from bot.storage.database.errors import Forbidden, NotFound
from bot.storage.database.part import Part
from bot.storage.people.caseworkers import DeskSession
from bot.storage.records.audit_log import append
from bot.storage.tables.conversations import invites


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """An invitation that still works, as colleagues see it. `id` names it and opens nothing."""

    id: str
    name: str
    role: str
    expires_at: datetime


class Invitations(Part):
    """See `Store`."""

    async def open_invites(self, organisation: int) -> list[OpenInvite]:
        """Those of an organisation that still work, the one that ends first on top."""
        i = invites.c
        valid = and_(i.organisation == organisation, i.expires_at > self._clock())
        query = select(i.lookup, i.name, i.role, i.expires_at).where(valid).order_by(i.expires_at, i.lookup)
        async with self._db.read() as connection:
            return [OpenInvite(_named(r.lookup), r.name, r.role, r.expires_at) for r in await connection.execute(query)]

    async def take_back_invite(self, invite: str, by: DeskSession) -> None:
        """End a link of one's own organisation at once. Raises `Forbidden`, and `NotFound` for one that is none."""
        if not manages_people(by.role):
            raise Forbidden
        mine = select(invites.c.lookup, invites.c.role).where(invites.c.organisation == by.organisation)
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            found = next((row for row in await connection.execute(mine) if _named(row.lookup) == invite), None)
            used = delete(invites).where(invites.c.lookup == (b"" if found is None else found.lookup))
            if found is None or (await connection.execute(used)).rowcount == 0:
                raise NotFound("there is no such invitation")
            now = self._clock()
            await append(self._db, connection, now, Deed.TAKEN_BACK, actor=by.caseworker, detail=found.role)


def _named(lookup: bytes) -> str:
    return bytes(lookup).hex()[:16]
