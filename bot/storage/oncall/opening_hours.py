"""When caseworkers usually read: a row for an organisation that has said so. Who may change it is the desk's matter."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, insert, select

from bot.domain.escalation import Hours
from bot.domain.opening_hours import OpeningHours
from bot.storage.database.part import Part
from bot.storage.tables.cases import opening_hours


class Opening(Part):
    """See `Store`."""

    def local_now(self) -> datetime:
        """The time by the store's clock, where the house is."""
        return self.now().astimezone(self._db.zone)

    async def opening_hours(self, organisation: int) -> OpeningHours:
        """Those of an organisation; none known where it has said nothing."""
        query = select(opening_hours).where(opening_hours.c.organisation == organisation)
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return OpeningHours()
        week = tuple(Hours.read(day) if day else None for day in row.week.split(","))
        return OpeningHours(week, frozenset(map(date.fromisoformat, filter(None, row.closed.split(",")))))

    async def set_opening_hours(self, organisation: int, hours: OpeningHours) -> None:
        """In place of what it had said."""
        row = {
            "organisation": organisation,
            "week": ",".join("" if day is None else day.written for day in hours.week),
            "closed": ",".join(day.isoformat() for day in sorted(hours.closed)),
        }
        async with self._db.write() as connection:
            await connection.execute(delete(opening_hours).where(opening_hours.c.organisation == organisation))
            await connection.execute(insert(opening_hours).values(row))
