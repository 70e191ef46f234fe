"""The organisations of one installation, who is of which, and a case that goes from one to another.

They share the team's key: what keeps them apart is this program's rules, and no key.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import Deed
from bot.domain.handoff import IllegalMove, Move, move
from bot.domain.model import Case, Handoff, Urgency
from bot.domain.names import name_key, shown_name
from bot.domain.organisations import EVERY
from bot.domain.roles import ADMINISTRATOR
from bot.storage.cases.cases import change
from bot.storage.database.errors import NameTaken, NotFound, NotOwner, TransferRefused
from bot.storage.database.part import LARGEST
from bot.storage.oncall.escalations import begin_ladder
from bot.storage.people.caseworkers import Caseworkers
from bot.storage.people.vouched import change_caseworker, refuse_unvouched
from bot.storage.records.audit_log import append
from bot.storage.records.statistics import count
from bot.storage.tables.cases import case_offers, held_replies, organisations
from bot.storage.tables.conversations import cases, caseworkers, conversations, ladders


@dataclass(frozen=True, slots=True)
class Organisation:
    """`people`: how many active caseworkers and coordinators it has."""

    id: int
    name: str
    people: int


class Organisations(Caseworkers):
    """See `Store`."""

    async def organisations(self) -> list[Organisation]:
        """All of them, the one that was made with the database first."""
        o, c = organisations.c, caseworkers.c
        working = and_(c.organisation == o.id, c.active.is_(True), c.role != ADMINISTRATOR)
        people = select(func.count()).select_from(caseworkers).where(working).scalar_subquery()
        async with self._db.read() as connection:
            rows = await connection.execute(select(o.id, o.name, people.label("people")).order_by(o.id))
            return [Organisation(row.id, row.name, row.people) for row in rows]

    async def add_organisation(self, name: str) -> int:
        """Its number. Raises `NameTaken`, and `ValueError` for an empty or too long name."""
        row = {"name": shown_name(name), "name_key": name_key(name)}
        async with self._db.write() as connection:
            new = self._db.insert_new(organisations).values(**row).returning(organisations.c.id)
            made = (await connection.execute(new)).scalar()
        if made is None:
            raise NameTaken
        return int(made)

    async def name_organisation(self, organisation: int, name: str) -> None:
        """Call it something else. Raises `NotFound`, `NameTaken`, and `ValueError` for an empty or too long name."""
        row, o = {"name": shown_name(name), "name_key": name_key(name)}, organisations.c
        async with self._db.write() as connection:
            taken = select(o.id).where(o.name_key == row["name_key"], o.id != organisation)
            if (await connection.execute(taken)).first() is not None:
                raise NameTaken
            mine = update(organisations).where(o.id == organisation)
            if (await connection.execute(mine.values(**row))).rowcount == 0:
                raise NotFound("there is no such organisation")

    async def move_caseworker(self, caseworker: int, organisation: int) -> None:
        """From the next request on they belong to another organisation; the cases that they have stay behind, and wait
        there. Raises `NotFound`, and `ValueError` for the last coordinator of an organisation."""
        async with self._db.write() as connection:
            await self.hold_caseworker(connection, min(caseworker, LARGEST))
            there = select(organisations.c.id).where(organisations.c.id == min(organisation, LARGEST))
            mine = caseworkers.c.id == min(caseworker, LARGEST)
            before = (await connection.execute(select(caseworkers.c.organisation).where(mine))).scalar()
            if before is None or (await connection.execute(there)).first() is None:
                raise NotFound("there is no such caseworker or organisation")
            if before == organisation:
                return
            await self._stays_somebody(connection, caseworker)
            await refuse_unvouched(self._db, connection, caseworker)
            await change_caseworker(self._db, connection, caseworker, {"organisation": organisation})
            await connection.execute(delete(case_offers).where(case_offers.c.colleague == caseworker))
            theirs = and_(cases.c.owner == caseworker, cases.c.state == Handoff.OWNED.value)
            owned = list((await connection.execute(select(cases.c.id).where(theirs))).scalars())
            await append(self._db, connection, self._clock(), Deed.MOVED, subject=caseworker, detail=str(organisation))
        for case_id in owned:
            with suppress(IllegalMove):  # given back or deleted in this moment
                await self.put_back(case_id, caseworker)

    async def hand_over(self, case_id: int, owner: int, organisation: int) -> Case:
        """Give an owned case to another organisation: it waits there, and their people are called. Whether
        its person allows it is the caller's to know.

        Raises `NotOwner`, `NotFound` for no such case or organisation (also one's own), and `TransferRefused`
        (`nobody`) when nobody works there.
        """
        known = {one.id: one for one in await self.organisations()}
        async with self._locked(case_id) as (connection, case):
            if case.state is not Handoff.OWNED or case.owner != owner:
                raise NotOwner
            if organisation not in known or organisation == case.organisation:
                raise NotFound("there is no such other organisation")
            if not known[organisation].people:
                raise TransferRefused("nobody")
            now = self._clock()
            await count(self._db, connection, now, ("handoff", "gave_back"))
            after = move(case.state, Move.HAND_OVER).value
            waiting: dict[str, Any] = {"state": after, "owner": None, "waiting_since": now}
            waiting |= {"claimed_at": None, "spoke_at": None, "heard_at": None}
            waiting |= {"organisation": organisation, "handed_from": case.organisation}
            await begin_ladder(connection, case.id, case.urgency, now)
            await connection.execute(delete(held_replies).where(held_replies.c.case_id == case.id))
            given = await change(connection, case.id, case.conversation, waiting)
            await self._noted(connection, Deed.HANDED_OVER, case, owner, detail=str(organisation))
            return given

    async def offer_to_all(self, ladder_id: int, conversation: int) -> bool:
        """Nobody of its organisation takes a case in danger: it belongs to every one from now. False, changing nothing,
        when somebody has it, nobody is called to it any more, or it does already."""
        async with self._db.write() as connection:
            if not await self._lock(connection, conversation):
                return False
            row = await _called_to(connection, ladder_id)
            if row is None or row.urgency == Urgency.NONE.rank or row.organisation == EVERY:
                return False
            await connection.execute(update(cases).where(cases.c.id == row.id).values(organisation=EVERY))
            await append(self._db, connection, self._clock(), Deed.OFFERED_TO_ALL, case=row.number)
            return True


    async def free_stranded(self) -> int:
        """Open cases of an organisation in which nobody works any more belong to every one; how many."""
        working = select(caseworkers.c.organisation).where(
            caseworkers.c.active.is_(True), caseworkers.c.role != ADMINISTRATOR
        )
        async with self._db.write() as connection:
            somewhere = list((await connection.execute(working.distinct())).scalars())
            waiting = cases.c.state == Handoff.WAITING.value
            free = update(cases).where(waiting, cases.c.organisation.not_in((EVERY, *somewhere)))
            return (await connection.execute(free.values(organisation=EVERY))).rowcount if somewhere else 0


async def _called_to(connection: AsyncConnection, ladder_id: int) -> Any:
    """The case that somebody is called to by this ladder, as long as it waits."""
    query = (
        select(cases.c.id, cases.c.number, cases.c.urgency, cases.c.organisation)
        .join(ladders, ladders.c.case_id == cases.c.id)
        .join(conversations, conversations.c.id == cases.c.conversation)
        .where(ladders.c.id == ladder_id, ladders.c.ended_at.is_(None), cases.c.state == Handoff.WAITING.value)
    )
    return (await connection.execute(query)).first()
