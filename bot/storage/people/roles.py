"""Managing people: confirming who was invited by an administrator, roles, and the team key after somebody has left."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from bot.domain.audit import Deed
from bot.domain.roles import COORDINATOR, ROLES, manages_people, supervises, works_on_cases
from bot.storage.cases.closed_keys import take_from
from bot.storage.database.errors import Forbidden, NotFound, NotReadable
from bot.storage.database.part import current_team_key
from bot.storage.people.account import Account
from bot.storage.people.caseworkers import DeskSession
from bot.storage.people.log_in import Knock
from bot.storage.people.second_factors import Second
from bot.storage.people.team_key import give_team_key
from bot.storage.people.vouched import change_caseworker, refuse_unvouched
from bot.storage.records.audit_log import append
from bot.storage.tables.conversations import caseworkers, installation


class People(Account):
    """See `Store`."""

    async def log_in(
        self, name: str, password: str, second: Second, knock: Knock | None = None
    ) -> tuple[str, DeskSession]:
        """As in `Sessions`; whoever has the team's key makes it anew when an administrator let somebody go."""
        cookie, session = await super().log_in(name, password, second, knock)
        if session.key is not None and await self.renewal_due():
            with suppress(NotReadable):  # somebody else has done so in this moment
                await self.rotate_team_key(session)
            session = await self.desk_session(cookie) or session
        return cookie, session

    async def renewal_due(self) -> bool:
        """Whether somebody who left once had the team key that is in use."""
        async with self._db.read() as connection:
            return bool((await connection.execute(select(installation.c.renewal_due))).scalar())

    async def confirm(self, caseworker_id: int, by: DeskSession) -> None:
        """Give the team's key to somebody who was invited by an administrator and has set a password.

        Raises `Forbidden` for who is no coordinator, `NotFound` when nobody of that id waits for it.
        """
        if not supervises(by.role):
            raise Forbidden
        await self._let_in(caseworker_id, by, Deed.CONFIRMED)

    async def set_role(self, caseworker_id: int, role: str, by: DeskSession) -> None:
        """Change what an active colleague may do. Raises `NotFound`, `Forbidden` (also for one's own role), and
        `ValueError` when no coordinator would be left.

        Who becomes an administrator loses the team's key as if they had left. Who stops being one gets it from a
        coordinator, now or by `confirm`.
        """
        if role not in ROLES or not manages_people(by.role) or caseworker_id == by.caseworker:
            raise Forbidden
        theirs: list[int] = []
        held = False
        async with self._db.write() as connection:
            await self._hold_team_key(connection, to_change=True)
            of = select(caseworkers).where(caseworkers.c.id == caseworker_id, caseworkers.c.active.is_(True))
            row = (await connection.execute(of)).first()
            if row is None:
                raise NotFound("there is no such caseworker")
            if row.role == role:
                return
            await refuse_unvouched(self._db, connection, caseworker_id)
            if row.role == COORDINATOR:
                await self._stays_somebody(connection, caseworker_id)
            values = {"role": role, "active": True, "pending": False}
            if works_on_cases(row.role) and not works_on_cases(role):
                theirs, held = await self._loses_key(connection, caseworker_id)
            elif works_on_cases(role) and not works_on_cases(row.role):
                team = await current_team_key(self._db, connection)
                if by.key is None:
                    values |= {"active": False, "pending": True}
                elif team is None or team.public != by.key.public:
                    raise NotReadable
                else:
                    await give_team_key(connection, team.id, by.key.private, caseworker_id, row.public)
            await change_caseworker(self._db, connection, caseworker_id, values)
            if not supervises(role):
                await take_from(connection, caseworker_id)
            await append(
                self._db, connection, self._clock(), Deed.ROLE, actor=by.caseworker, subject=caseworker_id, detail=role
            )
        await self._after_loss(caseworker_id, theirs, held, by)
