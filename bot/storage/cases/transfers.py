"""Giving a case away: to a colleague, who takes it or not, or to the bot; and taking a closed one up again.

Who owns a case owns it until the colleague accepts: in one transaction, which makes the colleague the owner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.audit import TAKEN_FOR, Deed
from bot.domain.handoff import IllegalMove, Move, move
from bot.domain.model import Case, Handoff
from bot.domain.roles import ADMINISTRATOR
from bot.storage.cases.cases import case_rows, change, find, opened_case, seen_by, works
from bot.storage.cases.claiming import owned_by
from bot.storage.cases.closed_keys import open_to_team
from bot.storage.cases.organisations import Organisations
from bot.storage.database.errors import AlreadyClaimed, Gone, NotFound, NotOffered, NotOwner, TransferRefused
from bot.storage.database.part import Person
from bot.storage.people.skills import SkillsPart
from bot.storage.records.audit_log import append
from bot.storage.records.statistics import count
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.tables.cases import aliases, case_offers
from bot.storage.tables.conversations import cases, caseworkers, conversations, presence

RETURNED = "returned to the program"
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to whom a case could be given. `busy`: the cases that they have or are offered."""

    id: int
    name: str
    at_desk: bool
    busy: int
    capacity: int
    languages: tuple[str, ...]
    alias: str = ""
    """The name by which persons know them, if they have set one."""

    @property
    def refusal(self) -> str | None:
        """Why no case can be offered to them now: `offline`, `full`, or None."""
        if not self.at_desk:
            return "offline"
        return "full" if self.busy >= self.capacity else None


class Transfers(Organisations, SkillsPart):
    """See `Store`."""

    async def colleagues(self, of: int, offline: timedelta, usual: int) -> list[Colleague]:
        """Every other active caseworker of the same organisation, by name. `offline`: for how long a desk may show no
        sign of life."""
        skills, since = await self.all_skills(usual), self._clock() - offline
        mine = select(caseworkers.c.organisation).where(caseworkers.c.id == of).scalar_subquery()
        query = (
            select(caseworkers.c.id, caseworkers.c.name, presence.c.seen_at, aliases.c.name.label("alias"))
            .outerjoin(presence, presence.c.caseworker == caseworkers.c.id)
            .outerjoin(aliases, aliases.c.caseworker == caseworkers.c.id)
            .where(caseworkers.c.active.is_(True), caseworkers.c.id != of, caseworkers.c.role != ADMINISTRATOR)
            .where(caseworkers.c.organisation == mine)
            .order_by(caseworkers.c.name_key)
        )
        found = []
        async with self._db.read() as connection:
            for row in (await connection.execute(query)).all():
                able = skills.get(row.id)
                found.append(
                    Colleague(
                        row.id,
                        row.name,
                        row.seen_at is not None and row.seen_at > since,
                        await _busy(connection, row.id),
                        able.capacity if able else usual,
                        able.languages if able else (),
                        row.alias or "",
                    )
                )
        return found

    async def offer(self, case_id: int, owner: int, to: int, offline: timedelta, usual: int) -> Case:
        """Offer an owned case to a colleague, in place of whom it was offered to before.

        Raises `TransferRefused` (offline, full), `NotOwner`, and `NotFound` for no such case or colleague.
        """
        there = {colleague.id: colleague for colleague in await self.colleagues(owner, offline, usual)}
        async with self._locked(case_id, counting=to) as (connection, case):
            _owned(case, owner)
            move(case.state, Move.OFFER)
            if to not in there:
                raise NotFound("there is no such colleague")
            if case.offered_to != to:
                now = replace(there[to], busy=await _busy(connection, to))  # two may offer them one at the same time
                if reason := now.refusal:
                    raise TransferRefused(reason)
                await connection.execute(delete(case_offers).where(case_offers.c.case_id == case.id))
                row = {"case_id": case.id, "colleague": to, "offered_at": self._clock()}
                await connection.execute(insert(case_offers).values(**row))
            return await _again(connection, case)

    async def accept_offer(self, case_id: int, colleague: int) -> Case:
        """Make the colleague the owner, who owes a word from now. Raises `NotOffered`, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            _offered(case, colleague)
            if await works(connection, colleague) != case.organisation:
                raise NotOwner
            now, after = self._clock(), move(case.state, Move.ACCEPT).value
            owned = {"state": after, "owner": colleague, "assigned_by": None, "claimed_at": now, "spoke_at": None}
            theirs = await change(connection, case.id, case.conversation, owned)
            await self._noted(connection, Deed.TRANSFERRED, case, case.owner, colleague)
            return theirs

    async def assign(self, case_id: int, to: int, by: int, reason: str, offline: timedelta) -> Case:
        """Make `to` the owner of an open case, by the coordinator `by`, who may take it over themselves. Who gets it
        owes a word from now. What they have already is no change. `reason`: of `domain.audit`, for a case that somebody
        has, ValueError without.

        Raises `TransferRefused` (offline), `NotFound` for no such case or colleague, and `IllegalMove` for a closed
        case.
        """
        query = (
            select(caseworkers.c.id, caseworkers.c.name, presence.c.seen_at)
            .outerjoin(presence, presence.c.caseworker == caseworkers.c.id)
            .where(caseworkers.c.id == to, caseworkers.c.active.is_(True), caseworkers.c.role != ADMINISTRATOR)
        )
        async with self._locked(case_id) as (connection, case):
            there = (await connection.execute(query)).first()
            if there is None or await works(connection, to) != await works(connection, by):
                raise NotFound("there is no such colleague")
            if case.owner == to:
                return case
            if case.owner is not None and reason not in TAKEN_FOR:
                raise ValueError("no reason for this")
            now = self._clock()
            if to != by and (there.seen_at is None or there.seen_at <= now - offline):
                raise TransferRefused("offline")
            heard = {"heard_at": now if to == by else None}  # in the hands of somebody else it rings until it is seen
            if case.owner is None:
                after = move(case.state, Move.CLAIM)
                return await self._own(connection, case.id, case.conversation, to, after, heard, Deed.ASSIGNED, by)
            state = move(case.state, Move.ACCEPT).value
            owned = {"state": state, "owner": to, "assigned_by": by, "claimed_at": now, "spoke_at": None}
            theirs = await change(connection, case.id, case.conversation, owned | heard)
            await append(
                self._db, connection, now, Deed.ASSIGNED, actor=by, case=case.number, subject=to, reason=reason
            )
            return theirs

    async def drop_offer(self, case_id: int, caseworker: int) -> Case:
        """The colleague declines, or the owner takes the offer back; none any more is no error for the owner.

        Raises `NotOffered`, `NotFound`.
        """
        async with self._locked(case_id) as (connection, case):
            if case.owner != caseworker:
                _offered(case, caseworker)
            move(case.state, Move.DECLINE)
            await connection.execute(delete(case_offers).where(case_offers.c.case_id == case.id))
            return await _again(connection, case)

    async def return_to_bot(
        self, case_id: int, owner: int, *, person: Person | None = None, team: KeyPair | None = None
    ) -> Case:
        """The bot speaks again; the case ends, another begins when the person asks. `person` and `team` as of
        `close_case`. Raises `NotOwner`, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            _owned(case, owner)
            after = move(case.state, Move.RETURN).value
            now = self._clock()
            closed = {
                "state": Handoff.CLOSED.value, "owner": None, "closed_at": now, "outcome": RETURNED, "danger_at": None,
            }  # fmt: skip
            ended = await change(connection, case.id, case.conversation, closed, after)
            await self._sealed_to_coordinators(connection, person, team)
            await count(self._db, connection, now, ("handoff", "closed"))
            await self._noted(connection, Deed.CLOSED, case, owner, detail=RETURNED)
            return ended

    async def reopen(self, case_id: int, caseworker: int, person: Person | None = None) -> Case:
        """Make the caseworker the owner of a closed case; of one's own case again is no error. `person`, opened by who
        asks: it is wrapped to the team again.

        Raises `NotFound`, `Gone` when its conversation was deleted, `AlreadyClaimed`, and `IllegalMove` while another
        case of the same person waits.
        """
        async with self._locked(case_id) as (connection, case):
            if case.owner == caseworker:
                return case
            if case.owner is not None:
                raise AlreadyClaimed(case.owner_name or "")
            mine = select(conversations.c.state).where(conversations.c.id == case.conversation)
            state = (await connection.execute(mine)).scalar()
            if state is None:
                raise Gone
            if case.state is not Handoff.CLOSED:
                raise IllegalMove("it waits: it is claimed, not reopened")
            after = move(Handoff(state), Move.REOPEN)
            anew = {"closed_at": None, "outcome": None}
            if person is not None:
                await open_to_team(self._db, connection, person)
            return await self._own(connection, case.id, case.conversation, caseworker, after, anew, Deed.REOPENED)

    async def closed_cases(self, organisation: int | None = None, limit: int = SHOWN) -> list[Case]:
        """The cases (of an organisation) that were closed last and can be taken up again, the newest first."""
        last = (
            select(cases.c.id)
            .join(conversations, conversations.c.id == cases.c.conversation)
            .where(*seen_by(organisation))
            .where(cases.c.closed_at.is_not(None), conversations.c.state.in_((Handoff.CLOSED.value, Handoff.BOT.value)))
            .order_by(cases.c.closed_at.desc(), cases.c.id.desc())
            .limit(limit)
        )
        async with self._db.read() as connection:
            ids = (await connection.execute(last)).scalars().all()
            those = await connection.execute(case_rows().where(cases.c.id.in_(ids)))
            found = {row.id: opened_case(row) for row in those}
        return [found[case_id] for case_id in ids if case_id in found]


async def _again(connection: AsyncConnection, case: Case) -> Case:
    found = await find(connection, case.id)
    assert found is not None
    return found


async def _busy(connection: AsyncConnection, caseworker: int) -> int:
    offered = select(func.count()).select_from(case_offers).where(case_offers.c.colleague == caseworker)
    return await owned_by(connection, caseworker) + int((await connection.execute(offered)).scalar_one())


def _owned(case: Case, owner: int) -> None:
    if case.state is not Handoff.OWNED or case.owner != owner:
        raise NotOwner


def _offered(case: Case, colleague: int) -> None:
    if case.state is not Handoff.OWNED or case.offered_to != colleague:
        raise NotOffered
