"""Ladders and their pages: every step of calling somebody to a case, stored before it is taken.

A ladder belongs to a case that waits; it is begun and ended in the transaction that makes the case wait or gives it an
owner. Locks are taken in one order: conversation, ladder, pages. A page is sent at most once: what may
have arrived is never sent again, the next rung is climbed in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.escalation import RUNGS, Acknowledgement
from bot.domain.model import Handoff, Urgency
from bot.storage.database.part import LARGEST, Part
from bot.storage.records.statistics import count_acknowledged
from bot.storage.tables.cases import aliases
from bot.storage.tables.conversations import cases, conversations, ladders, pages

RANKS = tuple(Urgency)
HOPEFUL = ("due", "sending", "sent")
"""States of a page that has arrived, or may yet."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ladder under way. `waiting_since`: since when the person waits; the ladder may have begun anew since.
    `rung`: the last one climbed, 0 before the first. `due_at`: when the next is; before the first the same as
    `began_at`."""

    id: int
    number: str
    conversation: int
    language: str | None
    urgency: Urgency
    waiting_since: datetime
    began_at: datetime
    rung: int
    due_at: datetime
    organisation: int = 1
    """Whose people are called; 0: those of every one."""
    acknowledged: bool = False
    """Somebody has said to come: it stands still for longer than from one rung to the next."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page to send now, once."""

    id: int
    ladder: int
    rung: int
    addressee: int
    number: str
    urgency: Urgency
    conversation: int
    language: str | None
    lease_until: datetime
    organisation: int = 1


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The result of acknowledging a page, and its case."""

    what: Acknowledgement
    number: str
    urgency: Urgency
    conversation: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Who has a conversation, and for one that waits: since when, how urgently, whose people are called, whether a page
    has arrived somewhere, and whether somebody has said to come."""

    state: Handoff
    since: datetime | None = None
    urgency: Urgency = Urgency.NONE
    organisation: int = 1
    called: bool = False
    coming: bool = False
    name: str = ""
    """Of the caseworker who has it, as persons read it; empty for one who has set none."""
    muted: bool = False
    """Whether whoever has it has muted it."""
    in_vain: bool = False
    """Whether everyone was called, and no page has arrived."""


async def begin_ladder(connection: AsyncConnection, case_id: int, urgency: Urgency, now: datetime) -> None:
    """Begin a ladder at the first rung, in place of one that is under way. The caller holds the lock of the
    conversation."""
    await end_ladder(connection, case_id, "begun anew", now)
    row = {"case_id": case_id, "urgency": urgency.rank, "began_at": now, "due_at": now}
    await connection.execute(insert(ladders).values(**row))


async def end_ladder(connection: AsyncConnection, case_id: int, why: str, now: datetime) -> None:
    """End the ladder of a case; a no-op where none is under way. `why` is a few words of this program's own."""
    mine = (ladders.c.case_id == case_id, ladders.c.ended_at.is_(None))
    ending = update(ladders).where(*mine).values(ended_at=now, ended=why).returning(ladders.c.id)
    ended = (await connection.execute(ending)).scalars().all()
    if ended:
        unsent = (pages.c.ladder.in_(ended), pages.c.state == "due")
        await connection.execute(update(pages).where(*unsent).values(state="dropped"))


async def slow_ladder(connection: AsyncConnection, case_id: int, urgency: Urgency) -> None:
    """Give the ladder a lower urgency: its pace holds from the next rung on."""
    mine = (ladders.c.case_id == case_id, ladders.c.ended_at.is_(None))
    await connection.execute(update(ladders).where(*mine).values(urgency=urgency.rank))


class Ladders(Part):
    """The part of `Store` that keeps ladders and their pages."""

    async def ladders(self) -> list[Ladder]:
        """Return every ladder under way, the most urgent first."""
        query = _running().order_by(ladders.c.urgency.desc(), ladders.c.due_at, ladders.c.id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Ladder(
                r.id, r.number, r.conversation, r.language, RANKS[r.urgency], r.waiting_since, r.began_at, r.rung,
                r.due_at, r.organisation, r.acknowledged_at is not None,
            )
            for r in rows
        ]  # fmt: skip

    async def climb(self, ladder: Ladder, rung: int, addressees: Sequence[int], wait: timedelta) -> datetime | None:
        """Climb to `rung` and page `addressees`; return when the next rung is due, after `wait`.

        None, changing nothing, when the ladder has ended or somebody else has climbed it meanwhile.
        """
        now = self._clock()
        async with self._db.write() as connection:
            if not await self._lock(connection, ladder.conversation):
                return None
            still = (ladders.c.id == ladder.id, ladders.c.ended_at.is_(None), ladders.c.rung == ladder.rung)
            # `due_at` as well: an acknowledgement that came in between has put it off
            values = {"rung": rung, "due_at": now + wait, "acknowledged_at": None}
            moved = update(ladders).where(*still, ladders.c.due_at == ladder.due_at).values(**values)
            if (await connection.execute(moved)).rowcount == 0:
                return None
            if ladder.acknowledged:  # who said that they come did not: it rings again
                unheard = update(cases).where(cases.c.number == ladder.number).values(heard_at=None)
                await connection.execute(unheard)
            page = {"ladder": ladder.id, "rung": rung, "state": "due", "made_at": now}
            if addressees:
                await connection.execute(insert(pages), [page | {"addressee": who} for who in addressees])
        return now + wait

    async def take_pages(self, limit: int, lease: timedelta) -> list[Page]:
        """Take a lease on at most `limit` pages and return them. Their sender renews it while it lives."""
        now = self._clock()
        due = (
            _with_pages()
            .where(pages.c.state == "due", ladders.c.acknowledged_at.is_(None))
            .order_by(ladders.c.urgency.desc(), pages.c.id)
            .limit(limit)
        )
        async with self._db.write() as connection:
            rows = (await connection.execute(self._db.locked(due, pages, skip=True))).all()
            if rows:
                taken = update(pages).where(pages.c.id.in_([row.page for row in rows]))
                await connection.execute(taken.values(state="sending", lease_until=now + lease))
        return [_page(row, now + lease) for row in rows]

    async def renew_pages(self, page_ids: Sequence[int], lease: timedelta) -> None:
        """Extend the lease of pages that are being sent."""
        mine = (pages.c.id.in_(page_ids), pages.c.state == "sending")
        async with self._db.write() as connection:
            await connection.execute(update(pages).where(*mine).values(lease_until=self._clock() + lease))

    async def page_sent(self, page: Page) -> None:
        """Record that a page arrived, as far as its service says."""
        async with self._db.write() as connection:
            await connection.execute(update(pages).where(pages.c.id == page.id).values(state="sent"))

    async def page_failed(self, page: Page, wait: timedelta, *, lost: bool = False) -> bool:
        """It did not arrive, or nobody knows. When its rung has reached nobody at all, the next one is due after
        `wait` at the latest; whether no page of the whole ladder has arrived.

        `lost`: its sender is taken to be dead; changes nothing when the lease was renewed since.
        """
        now = self._clock()
        async with self._db.write() as connection:
            of = self._db.locked(select(ladders).where(ladders.c.id == page.ladder), ladders)
            ladder = (await connection.execute(of)).one()
            sending = [pages.c.id == page.id, pages.c.state == "sending"]
            if lost:
                sending.append(pages.c.lease_until == page.lease_until)
            if (await connection.execute(update(pages).where(*sending).values(state="failed"))).rowcount == 0:
                return False
            hopeful = select(pages.c.rung, pages.c.state).where(
                pages.c.ladder == page.ladder, pages.c.state.in_(HOPEFUL)
            )
            left = (await connection.execute(hopeful)).all()
            useless = ladder.rung == page.rung and not any(row.rung == page.rung for row in left)
            sooner = now + wait < ladder.due_at
            if useless and sooner and ladder.ended_at is None and ladder.acknowledged_at is None:
                mine = update(ladders).where(ladders.c.id == page.ladder)
                await connection.execute(mine.values(due_at=now + wait))
        return not left

    async def pages_under_way(self) -> list[Page]:
        """Return the pages whose sender holds a lease, or let it run out: perhaps sent, perhaps not."""
        query = _with_pages().where(pages.c.state == "sending")
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [_page(row, row.lease_until) for row in rows]

    async def acknowledge(self, page_id: int, holds: Mapping[Urgency, timedelta]) -> Acknowledged | None:
        """Acknowledge a page: its reader comes, and the ladder pauses for the time of `holds`, in which the case should
        be claimed. Works once; None where there is no such page."""
        query = (
            select(cases.c.conversation, cases.c.number)
            .select_from(pages)
            .join(ladders, ladders.c.id == pages.c.ladder)
            .join(cases, cases.c.id == ladders.c.case_id)
            .where(pages.c.id == min(page_id, LARGEST))
        )
        now = self._clock()
        async with self._db.write() as connection:
            found = (await connection.execute(query)).first()
            if found is None:
                return None
            await self._lock(connection, found.conversation)
            of = (
                select(ladders, pages.c.acknowledged_at.label("used"))
                .join(pages, pages.c.ladder == ladders.c.id)
                .where(pages.c.id == page_id)
            )
            row = (await connection.execute(self._db.locked(of, ladders))).one()
            urgency = RANKS[row.urgency]
            if (what := _state(row)) is not Acknowledgement.DONE:
                return Acknowledged(what, found.number, urgency, found.conversation)
            held = update(ladders).where(ladders.c.id == row.id)
            await count_acknowledged(self._db, connection, row.case_id, now)
            await connection.execute(held.values(acknowledged_at=now, due_at=now + holds[urgency]))
            await connection.execute(update(cases).where(cases.c.id == row.case_id).values(heard_at=now))
            await connection.execute(update(pages).where(pages.c.id == page_id).values(acknowledged_at=now))
            unsent = (pages.c.ladder == row.id, pages.c.state == "due")
            await connection.execute(update(pages).where(*unsent).values(state="dropped"))
        return Acknowledged(Acknowledgement.DONE, found.number, urgency, found.conversation)

    async def look_at_page(self, page_id: int) -> Acknowledged | None:
        """Return what `acknowledge` would, and change nothing."""
        query = (
            select(cases.c.number, cases.c.conversation, ladders, pages.c.acknowledged_at.label("used"))
            .select_from(pages)
            .join(ladders, ladders.c.id == pages.c.ladder)
            .join(cases, cases.c.id == ladders.c.case_id)
            .where(pages.c.id == min(page_id, LARGEST))
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else Acknowledged(_state(row), row.number, RANKS[row.urgency], row.conversation)

    async def called(self) -> dict[int, bool]:
        """Return, for each case that was or is being paged for, whether the call was acknowledged."""
        paged = select(pages.c.id).where(pages.c.ladder == ladders.c.id, pages.c.state.in_(HOPEFUL))
        query = select(ladders.c.case_id, ladders.c.acknowledged_at).where(ladders.c.ended_at.is_(None), paged.exists())
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return {row.case_id: row.acknowledged_at is not None for row in rows}

    async def standing(self, conversation: int) -> Standing | None:
        """Return who has the conversation now; None where it was deleted."""
        arrived = select(pages.c.id).where(pages.c.ladder == ladders.c.id, pages.c.state == "sent").exists()
        # What is sent again later changes nothing until it arrives.
        everyone = pages.alias()
        hopeful = select(pages.c.id).where(
            pages.c.ladder == ladders.c.id, pages.c.state.in_(HOPEFUL), pages.c.rung <= everyone.c.rung
        )
        in_vain = select(everyone.c.id).where(
            everyone.c.ladder == ladders.c.id, everyone.c.state == "failed", everyone.c.rung >= len(RUNGS),
            ~hopeful.exists(),
        ).exists()  # fmt: skip
        owned = cases.alias()
        here = and_(owned.c.conversation == conversations.c.id, owned.c.state == Handoff.OWNED.value)
        name = select(aliases.c.name).join(owned, owned.c.owner == aliases.c.caseworker).where(here).scalar_subquery()
        muted = select(owned.c.muted_until).where(here).scalar_subquery()
        query = (
            select(
                conversations.c.state, cases.c.waiting_since, cases.c.urgency, cases.c.organisation,
                ladders.c.acknowledged_at, arrived.label("called"), in_vain.label("in_vain"), name.label("name"),
                muted.label("muted_until"),
            )
            .outerjoin(cases, and_(cases.c.conversation == conversations.c.id, cases.c.state == Handoff.WAITING.value))
            .outerjoin(ladders, and_(ladders.c.case_id == cases.c.id, ladders.c.ended_at.is_(None)))
            .where(conversations.c.id == conversation)
        )  # fmt: skip
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        if row.waiting_since is None:
            muted_now = row.muted_until is not None and self._clock() < row.muted_until
            return Standing(Handoff(row.state), name=row.name or "", muted=muted_now)
        coming = row.acknowledged_at is not None
        return Standing(
            Handoff(row.state), row.waiting_since, RANKS[row.urgency], row.organisation, bool(row.called), coming,
            in_vain=bool(row.in_vain) and not row.called,
        )  # fmt: skip

    async def drop_ladders(self, before: datetime) -> None:
        """Delete the ladders that ended before a moment: who was called when need not be kept for ever."""
        old = select(ladders.c.id).where(ladders.c.ended_at < before)
        async with self._db.write() as connection:
            await connection.execute(delete(pages).where(pages.c.ladder.in_(old)))
            await connection.execute(delete(ladders).where(ladders.c.ended_at < before))

    async def pages_of(self, number: str) -> list[tuple[int, int, str]]:
        """Return every page of a case as (rung, addressee, state), in the order in which they were made."""
        query = (
            select(pages.c.rung, pages.c.addressee, pages.c.state)
            .join(ladders, ladders.c.id == pages.c.ladder)
            .join(cases, cases.c.id == ladders.c.case_id)
            .where(cases.c.number == number)
            .order_by(pages.c.id)
        )
        async with self._db.read() as connection:
            return [(r.rung, r.addressee, r.state) for r in await connection.execute(query)]


def _running() -> Select[Any]:
    return (
        select(
            ladders.c.id,
            ladders.c.urgency,
            ladders.c.began_at,
            ladders.c.rung,
            ladders.c.due_at,
            ladders.c.acknowledged_at,
            cases.c.number,
            cases.c.conversation,
            cases.c.organisation,
            cases.c.waiting_since,
            conversations.c.language,
        )
        .join(cases, cases.c.id == ladders.c.case_id)
        .outerjoin(conversations, conversations.c.id == cases.c.conversation)
        .where(ladders.c.ended_at.is_(None))
    )


def _with_pages() -> Select[Any]:
    of_page = (pages.c.id.label("page"), pages.c.rung.label("page_rung"), pages.c.addressee, pages.c.lease_until)
    return _running().add_columns(*of_page).join(pages, pages.c.ladder == ladders.c.id)


def _page(row: Row[Any], lease_until: datetime) -> Page:
    return Page(
        id=row.page,
        ladder=row.id,
        rung=row.page_rung,
        addressee=row.addressee,
        number=row.number,
        urgency=RANKS[row.urgency],
        conversation=row.conversation,
        language=row.language,
        lease_until=lease_until,
        organisation=row.organisation,
    )


def _state(row: Row[Any]) -> Acknowledgement:
    """Return what acknowledging a page comes to, by its ladder and when the page was `used`."""
    if row.ended_at is not None:
        return Acknowledgement.OVER
    if row.used is not None or row.acknowledged_at is not None:
        return Acknowledgement.ALREADY
    return Acknowledgement.DONE
