"""Opening what is closed, for coordinators, and keeping it sealed to those who may (`closed_keys.py`)."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import and_, delete, select

from bot.domain.model import Handoff
from bot.domain.roles import COORDINATOR, supervises
from bot.storage.cases.closed_keys import (
    close_to_team,
    give,
    has_open_case,
    holders,
    of_team,
    sealed_to_holder,
    take_from,
)
from bot.storage.database.errors import NotReadable, SealingError
from bot.storage.database.part import LARGEST, Person, wrapped_for
from bot.storage.people.caseworkers import DeskSession
from bot.storage.people.log_in import Knock
from bot.storage.people.recovery_key import HOLDER, vouched_public
from bot.storage.people.roles import People
from bot.storage.people.second_factors import Second
from bot.storage.sealing.envelopes import KeyPair, open_envelope, pair_of
from bot.storage.tables.conversations import cases, caseworkers, conversation_wraps, conversations
from bot.storage.tables.keys import closed_wraps


class Closing(People):
    """See `Store`."""

    async def log_in(
        self, name: str, password: str, second: Second, knock: Knock | None = None
    ) -> tuple[str, DeskSession]:
        """As in `People`; a coordinator seals what is closed to whom it should be sealed."""
        cookie, session = await super().log_in(name, password, second, knock)
        await self.settle(session)
        return cookie, session

    async def confirm(self, caseworker_id: int, by: DeskSession) -> None:
        """As in `People`; a coordinator gets what is closed."""
        await super().confirm(caseworker_id, by)
        await self.settle(by)

    async def set_role(self, caseworker_id: int, role: str, by: DeskSession) -> None:
        """As in `People`; a coordinator gets what is closed."""
        await super().set_role(caseworker_id, role, by)
        if supervises(role):
            await self.settle(by)

    async def open_closed(self, case_id: int, session: DeskSession) -> Person:
        """The conversation of a case whoever it is sealed to now: the team, or the coordinator who asks. Raises as
        `open_case`."""
        try:
            return await self.open_case(case_id, session.team)
        except NotReadable:
            if session.own is None or not supervises(session.role):
                raise
        c, w = conversations.c, closed_wraps.c
        query = (
            select(c.id, c.language, c.state, w.envelope)
            .join(cases, cases.c.conversation == c.id)
            .join(closed_wraps, and_(w.conversation == c.id, w.holder == session.caseworker))
            .where(cases.c.id == min(case_id, LARGEST))
        )
        async with self._db.read() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise NotReadable
        try:
            private = open_envelope(session.own, row.envelope, sealed_to_holder(row.id, session.caseworker))
        except SealingError:
            raise NotReadable from None
        return Person(row.id, pair_of(private), row.language, Handoff(row.state))

    async def sealed_cases(self) -> set[int]:
        """The closed cases that only coordinators open."""
        query = select(cases.c.id).join(closed_wraps, closed_wraps.c.conversation == cases.c.conversation)
        async with self._db.read() as connection:
            return set((await connection.execute(query)).scalars())

    async def settle(self, session: DeskSession) -> None:
        """For a coordinator: take from the team's key what has no open case, where the organisation wants that; give
        what is closed to the coordinators (and the recovery key) that came later; take it from who is none any more.

        Each conversation is decided again while its row is held. Repeating it changes nothing.
        """
        if session.key is None or session.own is None or not supervises(session.role):
            return
        if self._db.open_cases_only:
            for conversation in await self._without_open_case():
                await self._close(conversation, session.key)
        await self._pass_on(session.own, session.caseworker, session.key)

    async def _without_open_case(self) -> list[int]:
        w = conversation_wraps.c
        still = select(cases.c.id).where(cases.c.conversation == w.conversation, cases.c.state != Handoff.CLOSED.value)
        async with self._db.read() as connection:
            rows = await connection.execute(select(w.conversation).where(w.kind == "team", ~still.exists()))
            return list(rows.scalars())

    async def _close(self, conversation: int, team: KeyPair) -> None:
        had = select(cases.c.id).where(cases.c.conversation == conversation)
        w = conversation_wraps.c
        async with self._db.write() as connection:
            await self._hold_team_key(connection)
            if not await self._lock(connection, conversation) or await has_open_case(connection, conversation):
                return
            row = (await connection.execute(select(w.team_key, w.wrapped).where(of_team(conversation)))).first()
            if row is None:
                return
            if (await connection.execute(had)).first() is None:  # a talk in which nobody was asked for
                await connection.execute(delete(conversation_wraps).where(of_team(conversation)))
                return
            try:
                private = open_envelope(team, row.wrapped, wrapped_for("team", conversation, row.team_key))
            except SealingError:  # of an older team key: its person has to come back
                return
            person = Person(conversation, pair_of(private), None, Handoff.CLOSED)
            await close_to_team(self._db, connection, person, await vouched_public(connection, team))

    async def _pass_on(self, own: KeyPair, me: int, team: KeyPair) -> None:
        w, c = closed_wraps.c, caseworkers.c
        may = select(c.id).where(c.active.is_(True), c.role == COORDINATOR)
        gone = select(w.holder).where(w.holder != HOLDER, w.holder.not_in(may)).distinct()
        async with self._db.write() as connection:
            for holder in (await connection.execute(gone)).scalars().all():
                await take_from(connection, holder)
            keys = await holders(self._db, connection, await vouched_public(connection, team))
            there: dict[int, set[int]] = defaultdict(set)
            for row in await connection.execute(select(w.conversation, w.holder)):
                there[row.conversation].add(row.holder)
        for conversation, have in there.items():
            if me in have and keys.keys() - have:
                await self._give(conversation, own, me, team)

    async def _give(self, conversation: int, own: KeyPair, me: int, team: KeyPair) -> None:
        w = closed_wraps.c
        async with self._db.write() as connection:
            await self._hold_team_key(connection)  # and with it the recovery key: no other one is made meanwhile
            if not await self._lock(connection, conversation):
                return
            keys = await holders(self._db, connection, await vouched_public(connection, team))
            rows = (await connection.execute(select(closed_wraps).where(w.conversation == conversation))).all()
            have = {row.holder: row.envelope for row in rows}
            if me not in have:
                return
            try:
                private = open_envelope(own, have[me], sealed_to_holder(conversation, me))
            except SealingError:
                return
            await give(connection, conversation, private, {h: k for h, k in keys.items() if h not in have})
