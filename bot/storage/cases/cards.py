"""What stands on top of a case: a summary line, deadlines, and links to other cases.

All of it is sealed with the conversation's key and goes with it. The day of a deadline is in plain, as that of a
follow-up: a calendar shows it without a key; what falls on it is not. A link is a row with each of the two cases, and
which case it leads to is sealed in both. When one of the cases is deleted its own row goes at once; the other row,
which nobody can find without a key, shows nothing any more and goes when its case is looked at.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select

from bot.domain.model import Case
from bot.storage.cases.cases import case_rows, opened_case, seen_by
from bot.storage.cases.notes_and_plans import CaseFiles, open_kept, owned_case, seal_kept
from bot.storage.database.errors import Gone, NotFound, TooManyKept
from bot.storage.database.part import Person
from bot.storage.tables.cases import case_deadlines, case_links, case_summaries
from bot.storage.tables.conversations import cases, conversations

MOST = 20
"""Deadlines, and links, of one case."""
NAME_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class Deadline:
    """`name`: which one, as 32 hexadecimal digits. `kind` is a word of `domain.deadlines`."""

    name: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """`name`: which one. `number`: of the other case."""

    name: str
    number: str


class CaseCards(CaseFiles):
    """See `Store`. Who may read is the desk's matter; only the owner writes."""

    async def summary(self, case_id: int, person: Person) -> str:
        """The summary line; empty when there is none."""
        query = select(case_summaries.c.envelope).where(case_summaries.c.case_id == case_id)
        async with self._db.read() as connection:
            envelope = (await connection.execute(query)).scalar()
        return "" if envelope is None else str(json.loads(open_kept(person, envelope, sealed_summary(case_id))))

    async def set_summary(self, case_id: int, person: Person, owner: int, text: str) -> None:
        """In place of the one before; an empty one is none. Raises `NotOwner`, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            owned_case(case, owner)
            await connection.execute(delete(case_summaries).where(case_summaries.c.case_id == case_id))
            if text:
                envelope = seal_kept(person, json.dumps(text, ensure_ascii=False), sealed_summary(case_id))
                await connection.execute(insert(case_summaries).values(case_id=case_id, envelope=envelope))

    async def deadlines(self, case_id: int, person: Person) -> list[Deadline]:
        """The deadlines of a case, the earliest first."""
        query = select(case_deadlines).where(case_deadlines.c.case_id == case_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(case_deadlines.c.due_on))).all()
        found = []
        for row in rows:
            kind = json.loads(open_kept(person, row.envelope, sealed_deadline(case_id, row.name)))
            found.append(Deadline(row.name.hex(), kind, row.due_on))
        return found

    async def add_deadline(self, case_id: int, person: Person, owner: int, kind: str, on: date) -> None:
        """Raises `NotOwner`, `NotFound`, and `TooManyKept` beyond `MOST`."""
        name = secrets.token_bytes(NAME_BYTES)
        envelope = seal_kept(person, json.dumps(kind), sealed_deadline(case_id, name))
        async with self._locked(case_id) as (connection, case):
            owned_case(case, owner)
            there = select(func.count()).select_from(case_deadlines).where(case_deadlines.c.case_id == case_id)
            if (await connection.execute(there)).scalar_one() >= MOST:
                raise TooManyKept
            row = {"case_id": case_id, "name": name, "due_on": on, "envelope": envelope}
            await connection.execute(insert(case_deadlines).values(**row))

    async def remove_deadline(self, case_id: int, owner: int, name: str) -> None:
        """Removing what is not there is no error. Raises `NotOwner`, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            owned_case(case, owner)
            d = case_deadlines.c
            await connection.execute(delete(case_deadlines).where(d.case_id == case_id, d.name == bytes.fromhex(name)))

    async def due_days(self, organisation: int | None = None) -> list[tuple[Case, date, str]]:
        """Every deadline (of an organisation's cases), the earliest first: the case, the day, and which one it is."""
        d = case_deadlines.c
        query = case_rows().join(case_deadlines, d.case_id == cases.c.id)
        query = query.add_columns(d.due_on, d.name.label("deadline"))
        query = query.where(*seen_by(organisation)).order_by(d.due_on, cases.c.id)
        async with self._db.read() as connection:
            return [(opened_case(row), row.due_on, row.deadline.hex()) for row in await connection.execute(query)]

    async def links(self, case_id: int, person: Person) -> list[Link]:
        """The links of a case, by number; those whose other case was deleted are removed here."""
        query = select(case_links).where(case_links.c.case_id == case_id)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
            kept = {
                row.name: json.loads(open_kept(person, row.envelope, sealed_link(case_id, row.name))) for row in rows
            }
            numbers = [link["number"] for link in kept.values()]
            there = select(cases.c.number).join(conversations, conversations.c.id == cases.c.conversation)
            alive = set((await connection.execute(there.where(cases.c.number.in_(numbers)))).scalars())
        gone = [name for name, link in kept.items() if link["number"] not in alive]
        if gone:
            async with self._db.write() as connection:
                mine = (case_links.c.case_id == case_id, case_links.c.name.in_(gone))
                await connection.execute(delete(case_links).where(*mine))
        found = [Link(name.hex(), link["number"]) for name, link in kept.items() if name not in gone]
        return sorted(found, key=lambda link: link.number)

    async def link(self, case_id: int, person: Person, owner: int, other: Case, their: Person) -> None:
        """Link an owned case with another one, in both directions; a second time is no error. `their`: the other
        conversation, opened. Raises `NotOwner`, `Gone`, `TooManyKept`, and `NotFound` for a case with itself."""
        if other.id == case_id:
            raise NotFound("a case is not linked with itself")
        if any(link.number == other.number for link in await self.links(case_id, person)):
            return
        own, twin = secrets.token_bytes(NAME_BYTES), secrets.token_bytes(NAME_BYTES)
        async with self._locked(case_id, beside=other.conversation) as (connection, case):
            owned_case(case, owner)
            still = select(conversations.c.id).where(conversations.c.id == other.conversation)
            if (await connection.execute(still)).first() is None:
                raise Gone
            there = select(func.count()).select_from(case_links).where(case_links.c.case_id == case_id)
            if (await connection.execute(there)).scalar_one() >= MOST:
                raise TooManyKept
            for at, name, whose, number, back in (
                (case_id, own, person, other.number, twin), (other.id, twin, their, case.number, own),
            ):  # fmt: skip
                kept = json.dumps({"number": number, "twin": back.hex()})
                envelope = seal_kept(whose, kept, sealed_link(at, name))
                await connection.execute(insert(case_links).values(case_id=at, name=name, envelope=envelope))

    async def unlink(self, case_id: int, person: Person, owner: int, name: str) -> None:
        """Both directions; what is not there is no error. Raises `NotOwner`, `NotFound`."""
        own, c = bytes.fromhex(name), case_links.c
        async with self._locked(case_id) as (connection, case):
            owned_case(case, owner)
            mine = select(c.envelope).where(c.case_id == case_id, c.name == own)
            envelope = (await connection.execute(mine)).scalar()
            if envelope is None:
                return
            twin = json.loads(open_kept(person, envelope, sealed_link(case_id, own)))["twin"]
            await connection.execute(delete(case_links).where(c.case_id == case_id, c.name == own))
            await connection.execute(delete(case_links).where(c.name == bytes.fromhex(twin)))


def sealed_summary(case_id: int) -> str:
    """The row a summary is sealed to."""
    return f"summary:{case_id}"


def sealed_deadline(case_id: int, name: bytes) -> str:
    """The row the kind of a deadline is sealed to."""
    return f"deadline:{case_id}:{name.hex()}"


def sealed_link(case_id: int, name: bytes) -> str:
    """The row a link is sealed to."""
    return f"link:{case_id}:{name.hex()}"
