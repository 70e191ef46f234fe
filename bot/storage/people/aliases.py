"""What persons read of a caseworker: a first name or alias, and one line. What may stand there is the desk's matter."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select

from bot.storage.database.part import LARGEST, Part
from bot.storage.tables.cases import aliases


@dataclass(frozen=True, slots=True)
class Alias:
    """Both may be empty; without a name nothing of it is shown."""

    name: str = ""
    line: str = ""


class Aliases(Part):
    """See `Store`."""

    async def alias(self, caseworker: int | None) -> Alias:
        """What was set; empty for nobody, and for who has set nothing."""
        query = select(aliases).where(aliases.c.caseworker == min(caseworker or 0, LARGEST))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return Alias() if row is None else Alias(row.name, row.line)

    async def set_alias(self, caseworker: int, alias: Alias) -> None:
        """In place of what was set before."""
        async with self._db.write() as connection:
            await connection.execute(delete(aliases).where(aliases.c.caseworker == caseworker))
            if alias != Alias():
                await connection.execute(insert(aliases).values(caseworker=caseworker, **asdict(alias)))
