"""What a caseworker can do: the languages they read and write, and how many cases they have at once."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from bot.storage.database.errors import NotFound
from bot.storage.database.part import LARGEST, Part
from bot.storage.tables.cases import caseworker_skills
from bot.storage.tables.conversations import caseworkers

MOST = 50
"""More cases at once than anybody can have."""


@dataclass(frozen=True, slots=True)
class Skills:
    """Codes of languages, in order; and how many cases at once."""

    languages: tuple[str, ...]
    capacity: int


class SkillsPart(Part):
    """See `Store`."""

    async def skills(self, caseworker: int, usual: int) -> Skills:
        """What was set, or nothing and the `usual` number of cases."""
        return (await self.all_skills(usual)).get(caseworker, Skills((), usual))

    async def all_skills(self, usual: int) -> dict[int, Skills]:
        """Of everybody who has set something."""
        async with self._db.read() as connection:
            rows = (await connection.execute(select(caseworker_skills))).all()
        return {row.caseworker: Skills(tuple(json.loads(row.languages)), row.capacity or usual) for row in rows}

    async def set_skills(self, caseworker: int, languages: Collection[str] | None, capacity: int | None) -> None:
        """What is None stays as it was. Raises `NotFound`, and `ValueError` outside 1 to `MOST` cases."""
        if capacity is not None and not 1 <= capacity <= MOST:
            raise ValueError("nobody has so many cases at once")
        mine = caseworker_skills.c.caseworker == caseworker
        known = select(caseworkers.c.id).where(caseworkers.c.id == min(caseworker, LARGEST))
        async with self._db.write() as connection:
            if (await connection.execute(self._db.locked(known, caseworkers))).first() is None:
                raise NotFound("there is no such caseworker")
            before = (await connection.execute(select(caseworker_skills).where(mine))).first()
            spoken = json.dumps(sorted(set(languages or ())))
            if before is not None:
                capacity = before.capacity if capacity is None else capacity
                spoken = before.languages if languages is None else spoken
            await connection.execute(delete(caseworker_skills).where(mine))
            row = {"caseworker": caseworker, "capacity": capacity, "languages": spoken}
            await connection.execute(insert(caseworker_skills).values(**row))
