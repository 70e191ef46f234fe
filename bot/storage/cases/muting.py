"""Muting a case for a time: what its person writes makes no sound, and a danger ends it (`raising.py`)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.domain.audit import MUTED_FOR, Deed
from bot.domain.model import Case, Handoff
from bot.storage.cases.cases import Cases, find
from bot.storage.database.errors import NotOwner
from bot.storage.records.audit_log import append
from bot.storage.tables.conversations import cases

HOURS = (1, 4, 12, 24)
"""How long a case can be muted at once."""


class Muting(Cases):
    """See `Store`. `anybodys`: who asks coordinates, and need not be the owner."""

    async def mute(self, case_id: int, by: int, hours: int, reason: str, *, anybodys: bool = False) -> Case:
        """Mute an owned case from now, in place of a time that was set before. `hours` of `HOURS` and `reason` of
        `domain.audit`, ValueError for others. Raises `NotOwner`, also for a case that nobody owns, `NotFound`."""
        if hours not in HOURS or reason not in MUTED_FOR:
            raise ValueError("no such length or reason")
        return await self._mute_for(case_id, by, hours, reason, anybodys)

    async def unmute(self, case_id: int, by: int, *, anybodys: bool = False) -> Case:
        """What is not muted is no error. The same errors."""
        return await self._mute_for(case_id, by, 0, "", anybodys)

    async def _mute_for(self, case_id: int, by: int, hours: int, reason: str, anybodys: bool) -> Case:
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or (case.owner != by and not anybodys):
                raise NotOwner
            now = self._clock()
            if not hours and not case.muted(now):
                return case
            until = now + timedelta(hours=hours) if hours else None
            await connection.execute(update(cases).where(cases.c.id == case.id).values(muted_until=until))
            after = await find(connection, case.id)
            assert after is not None
            deed, detail = (Deed.MUTED, f"{hours} h") if hours else (Deed.UNMUTED, "")
            await append(self._db, connection, now, deed, actor=by, case=case.number, detail=detail, reason=reason)
            return after
