"""Who is on call, where they are paged, and who is at the desk.

An address is a secret (it has a bot's token, a telephone number): it lies under the key of the pages, which every
gateway has and the database has not. See `docs/decisions/0060-on-call.md`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Row

from bot.domain.model import Handoff, Urgency
from bot.domain.organisations import EVERY, FIRST
from bot.domain.roles import ADMINISTRATOR, COORDINATOR
from bot.domain.rota import Member, Override
from bot.storage.database.errors import NotFound, SealingError
from bot.storage.database.part import Part
from bot.storage.sealing.envelopes import unwrap, wrap
from bot.storage.tables.cases import caseworker_skills
from bot.storage.tables.conversations import (
    cases,
    caseworkers,
    conversations,
    hole_warnings,
    messages,
    outbox,
    page_addresses,
    rota_overrides,
    shift_notices,
)
from bot.storage.tables.conversations import presence as present

KEPT = timedelta(days=30)
"""How long changes of the rota, warnings of holes, and what was told at the start of a shift are kept."""


@dataclass(frozen=True, slots=True, repr=False)
class PageAddress:
    """Where somebody is paged (Apprise addresses), and how calendars name them (e-mail, in lower case)."""

    urls: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnedCase:
    """A case that somebody has. `claimed_at`: since when they owe a word; `spoke_at`: the last one since then."""

    id: int
    number: str
    conversation: int
    language: str | None
    urgency: Urgency
    claimed_at: datetime
    spoke_at: datetime | None
    seen_at: datetime | None
    waits: bool
    """Whether the person has written something that the owner has not looked at."""
    organisation: int
    quiet: bool = False
    """Whether it is muted and no danger is in it: nobody owes it a word or a look."""


class OnCallPart(Part):
    """See `Store`."""

    async def set_page_address(self, caseworker: int, address: PageAddress | None, key: bytes) -> None:
        """Where a caseworker is paged; None: nowhere. Raises `NotFound`."""
        mine = page_addresses.c.caseworker == caseworker
        async with self._db.write() as connection:
            found = await connection.execute(select(caseworkers.c.id).where(caseworkers.c.id == caseworker))
            if found.first() is None:
                raise NotFound("there is no such caseworker")
            await connection.execute(delete(page_addresses).where(mine))
            if address is not None:
                plain = json.dumps({"urls": address.urls, "emails": address.emails}).encode()
                wrapped = wrap(key, plain, _bound(caseworker))
                await connection.execute(insert(page_addresses).values(caseworker=caseworker, wrapped=wrapped))

    async def page_addresses(self, key: bytes) -> tuple[dict[int, PageAddress], int]:
        """Where the active caseworkers are paged, and how many addresses this key does not open."""
        query = (
            select(page_addresses)
            .join(caseworkers, caseworkers.c.id == page_addresses.c.caseworker)
            .where(caseworkers.c.active.is_(True))
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found, closed = {}, 0
        for row in rows:
            try:
                plain = json.loads(unwrap(key, row.wrapped, _bound(row.caseworker)))
            except SealingError:
                closed += 1
                continue
            found[row.caseworker] = PageAddress(tuple(plain["urls"]), tuple(plain["emails"]))
        return found, closed

    async def team(self, key: bytes) -> list[Member]:
        """The active caseworkers, as the rota knows them; an administrator takes no case and is on no call."""
        addresses, _ = await self.page_addresses(key)
        works = and_(caseworkers.c.active.is_(True), caseworkers.c.role != ADMINISTRATOR)
        query = (
            select(caseworkers, caseworker_skills.c.languages)
            .outerjoin(caseworker_skills, caseworker_skills.c.caseworker == caseworkers.c.id)
            .where(works)
            .order_by(caseworkers.c.id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        nothing = PageAddress()
        return [
            Member(
                row.id,
                row.name,
                row.role == COORDINATOR,
                addresses.get(row.id, nothing).emails,
                bool(addresses.get(row.id, nothing).urls),
                row.organisation,
                tuple(json.loads(row.languages or "[]")) or tuple(filter(None, (row.language,))),
            )
            for row in rows
        ]

    async def overrides(self) -> list[Override]:
        """Changes of the rota that are not over, oldest first."""
        o = rota_overrides.c
        query = select(rota_overrides).where(o.ends_at > self._clock()).order_by(o.id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Override(r.id, r.starts_at, r.ends_at, r.caseworker, r.second) for r in rows]

    async def add_override(
        self, caseworker: int, start: datetime, end: datetime, *, second: bool, by: int | None
    ) -> int:
        """Change the rota; the number of the change. Raises `NotFound`, and `ValueError` for a time that is over."""
        now, o = self._clock(), rota_overrides.c
        if not start < end or end <= now:
            raise ValueError("it ends before it begins, or is over")
        active = select(caseworkers.c.id).where(caseworkers.c.id == caseworker, caseworkers.c.active.is_(True))
        row = {
            "starts_at": start,
            "ends_at": end,
            "second": second,
            "caseworker": caseworker,
            "made_by": by,
            "made_at": now,
        }
        async with self._db.write() as connection:
            if (await connection.execute(active)).first() is None:
                raise NotFound("there is no such caseworker")
            made = await connection.execute(insert(rota_overrides).values(**row).returning(o.id))
            return int(made.scalar_one())

    async def remove_override(self, override: int) -> None:
        """The calendar holds again. Raises `NotFound`."""
        async with self._db.write() as connection:
            gone = await connection.execute(delete(rota_overrides).where(rota_overrides.c.id == override))
            if gone.rowcount == 0:
                raise NotFound("there is no such change")

    async def warn_hole(self, start: datetime, payload: str, organisation: int = FIRST) -> bool:
        """Warn of a hole in the rota of an organisation, once however many gateways see it; whether this call did."""
        now, h = self._clock(), hole_warnings.c
        async with self._db.write() as connection:
            first = self._db.insert_new(hole_warnings).values(
                starts_at=start, warned_at=now, organisation=organisation
            )
            if (await connection.execute(first.returning(h.starts_at))).first() is None:
                return False
            notice = {"kind": "hole", "payload": payload, "created_at": now, "due_at": now}
            await connection.execute(insert(outbox).values(**notice))
        return True

    async def tell_beginner(self, start: datetime, caseworker: int, waiting: int) -> bool:
        """Page who begins a shift: how many wait. Once however many gateways see it; whether this call did."""
        now, s = self._clock(), shift_notices.c
        payload = json.dumps({"caseworker": caseworker, "waiting": waiting})
        async with self._db.write() as connection:
            first = self._db.insert_new(shift_notices).values(starts_at=start, caseworker=caseworker)
            if (await connection.execute(first.returning(s.starts_at))).first() is None:
                return False
            notice = {"kind": "shift", "payload": payload, "created_at": now, "due_at": now}
            await connection.execute(insert(outbox).values(**notice))
        return True

    async def at_desk(self, caseworker: int) -> None:
        """A sign of life from a caseworker's desk."""
        now = self._clock()
        async with self._db.write() as connection:
            mine = update(present).where(present.c.caseworker == caseworker).values(seen_at=now)
            if (await connection.execute(mine)).rowcount == 0:
                first = self._db.insert_new(present).values(caseworker=caseworker, seen_at=now)
                await connection.execute(first)

    async def somebody_since(self, moment: datetime, organisation: int = FIRST) -> bool:
        """Whether the desk of anybody of an organisation, or of every one, has shown a sign of life since."""
        theirs = () if organisation == EVERY else (caseworkers.c.organisation == organisation,)
        query = select(present.c.caseworker).join(caseworkers, caseworkers.c.id == present.c.caseworker)
        query = query.where(present.c.seen_at > moment, *theirs).limit(1)
        async with self._db.read() as connection:
            return (await connection.execute(query)).first() is not None

    async def owned(self) -> list[OwnedCase]:
        """Every case that somebody has."""
        unseen = (
            select(messages.c.seq)
            .where(messages.c.conversation == cases.c.conversation, messages.c.seq > cases.c.seen_seq,
                   messages.c.sender == "person")
            .exists()
        )  # fmt: skip
        query = (
            select(cases, conversations.c.language, present.c.seen_at, unseen.label("waits"))
            .join(conversations, conversations.c.id == cases.c.conversation)
            .outerjoin(present, present.c.caseworker == cases.c.owner)
            .where(cases.c.state == Handoff.OWNED.value)
        )
        async with self._db.read() as connection:
            return [_owned(row, self._clock()) for row in await connection.execute(query)]

    async def tidy_rota(self) -> None:
        """Remove changes, warnings and notices that are long over."""
        before = self._clock() - KEPT
        async with self._db.write() as connection:
            await connection.execute(delete(rota_overrides).where(rota_overrides.c.ends_at < before))
            await connection.execute(delete(hole_warnings).where(hole_warnings.c.starts_at < before))
            await connection.execute(delete(shift_notices).where(shift_notices.c.starts_at < before))


def _owned(row: Row[Any], now: datetime) -> OwnedCase:
    muted = row.muted_until is not None and now < row.muted_until
    return OwnedCase(
        id=row.id,
        number=row.number,
        conversation=row.conversation,
        language=row.language,
        urgency=tuple(Urgency)[row.urgency],
        claimed_at=row.claimed_at or row.waiting_since,
        spoke_at=row.spoke_at,
        seen_at=row.seen_at,
        waits=bool(row.waits),
        organisation=row.organisation,
        quiet=muted and row.urgency == Urgency.NONE.rank,
    )


def _bound(caseworker: int) -> str:
    """The row an address is wrapped to."""
    return f"page:{caseworker}"
