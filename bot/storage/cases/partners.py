"""Where an organisation sends people on: its list of partners. Who may change it is the desk's matter."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, insert, select, update

from bot.storage.database.errors import NotFound, TooManyKept
from bot.storage.database.part import LARGEST, Part
from bot.storage.tables.cases import partners

MOST = 200
LONGEST = {"name": 120, "phone": 60, "hours": 120, "languages": 120, "note": 300}


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation as it is shown: all of it is text, all but the name may be empty. `note` is for colleagues."""

    name: str
    phone: str = ""
    hours: str = ""
    languages: str = ""
    note: str = ""


class Partners(Part):
    """See `Store`."""

    async def partners(self, organisation: int) -> list[tuple[int, Partner]]:
        """The list of an organisation with the id of each, by name."""
        query = select(partners).where(partners.c.organisation == organisation)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(func.lower(partners.c.name), partners.c.id))).all()
        return [(row.id, Partner(row.name, row.phone, row.hours, row.languages, row.note)) for row in rows]

    async def add_partner(self, organisation: int, partner: Partner) -> int:
        """Its id. Raises `TooManyKept`."""
        there = select(func.count()).select_from(partners).where(partners.c.organisation == organisation)
        async with self._db.write() as connection:
            if (await connection.execute(there)).scalar_one() >= MOST:
                raise TooManyKept
            new = insert(partners).values(organisation=organisation, **asdict(partner)).returning(partners.c.id)
            return int((await connection.execute(new)).scalar_one())

    async def set_partner(self, organisation: int, partner_id: int, partner: Partner) -> None:
        """In place of what it was. Raises `NotFound`."""
        mine = (partners.c.id == min(partner_id, LARGEST), partners.c.organisation == organisation)
        async with self._db.write() as connection:
            changed = await connection.execute(update(partners).where(*mine).values(**asdict(partner)))
        if changed.rowcount == 0:
            raise NotFound("there is no such partner")

    async def remove_partner(self, organisation: int, partner_id: int) -> None:
        """Raises `NotFound`."""
        mine = (partners.c.id == min(partner_id, LARGEST), partners.c.organisation == organisation)
        async with self._db.write() as connection:
            removed = await connection.execute(delete(partners).where(*mine))
        if removed.rowcount == 0:
            raise NotFound("there is no such partner")
