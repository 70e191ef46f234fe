"""What caseworkers keep with a case: notes, when somebody looks at it again, when its person is reached safely.

Notes and the way to the person are sealed with the conversation's key, like its messages, and go with it. The day of a
follow-up is in plain, as all times are: a calendar shows it without a key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import nacl.bindings as sodium
from sqlalchemy import delete, insert, select, update

from bot.domain.model import Case, Handoff
from bot.domain.organisations import sees
from bot.storage.cases.cases import Cases, case_rows, opened_case, seen_by, works
from bot.storage.database.errors import NotOwner
from bot.storage.database.part import LARGEST, Person
from bot.storage.sealing.envelopes import digest, open_envelope, seal
from bot.storage.sealing.message_body import BLOCK
from bot.storage.tables.cases import case_notes, case_plans
from bot.storage.tables.conversations import caseworkers

NAME_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class Note:
    """What a caseworker wrote for whoever has the case."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Plan:
    """When somebody looks at the case again, and how its person is reached safely: from `start` to `end` (local times,
    `HH:MM`, both empty for no window), and in words."""

    follow_up_on: date | None = None
    start: str = ""
    end: str = ""
    how: str = ""


class CaseFiles(Cases):
    """See `Store`. Who may read and write is the desk's matter, but only the owner writes."""

    async def notes(self, case_id: int, person: Person) -> list[Note]:
        """The notes of a case, oldest first."""
        query = (
            select(case_notes, caseworkers.c.name.label("author_name"))
            .join(caseworkers, caseworkers.c.id == case_notes.c.author)
            .where(case_notes.c.case_id == case_id)
        )
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        found = []
        for row in rows:
            kept = json.loads(open_kept(person, row.envelope, sealed_note(case_id, row.name)))
            found.append(Note(row.author_name, datetime.fromisoformat(kept["at"]), kept["text"]))
        return sorted(found, key=lambda note: note.at)

    async def add_note(self, case_id: int, person: Person, author: int, client_id: str, text: str) -> None:
        """Keeps a note of the owner; the same `client_id` again keeps nothing new. Raises `NotOwner`, `NotFound`."""
        name = digest(f"note:{author}:{client_id}", b"inloop:client")[:NAME_BYTES]
        kept = json.dumps({"at": self._clock().isoformat(), "text": text}, ensure_ascii=False)
        envelope = seal_kept(person, kept, sealed_note(case_id, name))
        row = {"case_id": case_id, "name": name, "author": author, "envelope": envelope}
        async with self._locked(case_id) as (connection, case):
            owned_case(case, author)
            await connection.execute(self._db.insert_new(case_notes).values(**row))

    async def plan(self, case_id: int, person: Person) -> Plan:
        """What was planned; an empty plan when nothing was."""
        async with self._db.read() as connection:
            row = (await connection.execute(select(case_plans).where(case_plans.c.case_id == case_id))).first()
        if row is None:
            return Plan()
        if row.envelope is None:
            return Plan(row.follow_up_on)
        kept = json.loads(open_kept(person, row.envelope, sealed_plan(case_id)))
        return Plan(row.follow_up_on, kept["start"], kept["end"], kept["how"])

    async def set_plan(self, case_id: int, person: Person, owner: int, plan: Plan) -> None:
        """In place of what was planned before. Raises `NotOwner`, `NotFound`."""
        kept = {"start": plan.start, "end": plan.end, "how": plan.how}
        envelope = seal_kept(person, json.dumps(kept), sealed_plan(case_id)) if any(kept.values()) else None
        async with self._locked(case_id) as (connection, case):
            owned_case(case, owner)
            await connection.execute(delete(case_plans).where(case_plans.c.case_id == case_id))
            row = {"case_id": case_id, "follow_up_on": plan.follow_up_on, "envelope": envelope}
            await connection.execute(insert(case_plans).values(**row))

    async def follow_ups(self, organisation: int | None = None) -> list[Case]:
        """The cases (of an organisation) that somebody looks at again, the earliest first."""
        query = case_rows().where(case_plans.c.follow_up_on.is_not(None), *seen_by(organisation))
        query = query.order_by(case_plans.c.follow_up_on)
        async with self._db.read() as connection:
            return [opened_case(row) for row in await connection.execute(query)]

    async def followed_up(self, case_id: int, caseworker: int) -> None:
        """It was looked at again. Raises `NotOwner` when somebody else has the case, `NotFound`."""
        async with self._locked(case_id) as (connection, case):
            if case.owner not in (None, caseworker) or not sees(await works(connection, caseworker), case.organisation):
                raise NotOwner
            mine = update(case_plans).where(case_plans.c.case_id == case_id)
            await connection.execute(mine.values(follow_up_on=None))

    async def caseworker_public(self, caseworker: int) -> bytes | None:
        """The public key of an active caseworker: new when they are invited anew."""
        c = caseworkers.c
        query = select(c.public).where(c.id == min(caseworker, LARGEST), c.active.is_(True))
        async with self._db.read() as connection:
            found: bytes | None = (await connection.execute(query)).scalar()
        return found


def sealed_note(case_id: int, name: bytes) -> str:
    """The row a note is sealed to."""
    return f"note:{case_id}:{name.hex()}"


def sealed_plan(case_id: int) -> str:
    """The row a plan is sealed to."""
    return f"plan:{case_id}"


def seal_kept(person: Person, text: str, bound: str) -> bytes:
    """A text that is kept with a case, for the row `bound`; its length is hidden in steps."""
    return seal(person.keys.public, sodium.sodium_pad(text.encode("utf-8", "surrogatepass"), BLOCK), bound)


def open_kept(person: Person, envelope: bytes, bound: str) -> str:
    """The other way round. Raises `SealingError`."""
    padded = open_envelope(person.keys, envelope, bound)
    plain: bytes = sodium.sodium_unpad(padded, BLOCK)
    return plain.decode("utf-8", "surrogatepass")


def owned_case(case: Case, owner: int) -> None:
    """Raises `NotOwner`."""
    if case.state is not Handoff.OWNED or case.owner != owner:
        raise NotOwner
