"""What persons read of a caseworker: a first name or alias, and one line. What may stand there is the desk's matter."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select

from bot.storage.database.part import LARGEST, Part
from bot.storage.tables.cases import aliases


@dataclass(frozen=True, slots=True)
class Alias:
    """A first name or alias, and a line below it. Both may be empty; without a name neither is shown."""

    name: str = ""
    line: str = ""


class Aliases(Part):
    """The part of `Store` that keeps aliases."""

    async def alias(self, caseworker: int | None) -> Alias:
        """Return what a caseworker has set; an empty alias where nothing is set, or for None."""
        query = select(aliases).where(aliases.c.caseworker == min(caseworker or 0, LARGEST))
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return Alias() if row is None else Alias(row.name, row.line)

    async def set_alias(self, caseworker: int, alias: Alias) -> None:
        """Set the alias of a caseworker, in place of the one before."""
        async with self._db.write() as connection:
            await connection.execute(delete(aliases).where(aliases.c.caseworker == caseworker))
            if alias != Alias():
                await connection.execute(insert(aliases).values(caseworker=caseworker, **asdict(alias)))
