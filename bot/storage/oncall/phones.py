"""Store the push subscriptions of caseworkers' browsers (Web Push).

What a browser hands over lies under the key of the pages, like the other page addresses, and bound to its row and its
caseworker. See `docs/decisions/0111-web-push.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, select, update

from bot.domain.roles import ADMINISTRATOR
from bot.domain.web_push import MOST_PHONES, Subscription
from bot.storage.database.errors import NameTaken, NotFound, SealingError
from bot.storage.database.part import Part
from bot.storage.sealing.envelopes import derive_token, digest, unwrap, wrap
from bot.storage.tables.conversations import caseworkers, desk_sessions, phones


@dataclass(frozen=True, slots=True)
class PhoneInfo:
    """A browser in the list of its caseworker; `device` is one of `domain.devices.Device`. `here`: it is the one of
    this session."""

    id: str
    device: str
    added_at: datetime
    here: bool


def phone_lookup(endpoint: str) -> bytes:
    """By what a browser is found: its address at the push service says more than the database need know."""
    return digest(endpoint, b"inloop:phone")


class Phones(Part):
    """See `Store`. Whoever calls has looked at the session first."""

    async def add_phone(
        self, caseworker: int, cookie: str, endpoint: str, public: bytes, auth: bytes, key: bytes
    ) -> None:
        """Page a caseworker in this browser, from now on; whoever was paged there before is no more. Raises `NameTaken`
        for one too many, and `NotFound` when the session has just ended."""
        lookup, p, session = phone_lookup(endpoint), phones.c, derive_token(cookie).lookup
        plain = json.dumps({"endpoint": endpoint, "public": public.hex(), "auth": auth.hex()}).encode()
        async with self._db.write() as connection:
            mine = select(caseworkers.c.id).where(caseworkers.c.id == caseworker, caseworkers.c.active.is_(True))
            await connection.execute(self._db.locked(mine, caseworkers))
            of = select(desk_sessions.c.device).where(
                desk_sessions.c.lookup == session, desk_sessions.c.caseworker == caseworker
            )
            device = (await connection.execute(of)).scalar()
            if device is None:
                raise NotFound("the session has ended")
            await connection.execute(delete(phones).where(p.lookup == lookup))
            theirs = select(func.count()).select_from(phones).where(p.caseworker == caseworker)
            if (await connection.execute(theirs)).scalar_one() >= MOST_PHONES:
                raise NameTaken
            row = {"lookup": lookup, "caseworker": caseworker, "session": session, "device": device}
            row |= {"added_at": self._clock(), "wrapped": wrap(key, plain, _bound(caseworker, lookup))}
            await connection.execute(insert(phones).values(**row))

    async def phone_here(self, caseworker: int, cookie: str, endpoint: str) -> bool:
        """Whether the caseworker is paged in this browser. It belongs to this session from then on: it ends with it."""
        p = phones.c
        mine = and_(p.lookup == phone_lookup(endpoint), p.caseworker == caseworker)
        async with self._db.write() as connection:
            now = update(phones).where(mine).values(session=derive_token(cookie).lookup)
            return (await connection.execute(now)).rowcount > 0

    async def own_phones(self, caseworker: int, cookie: str) -> list[PhoneInfo]:
        """Where a caseworker is paged, the oldest first."""
        p, session = phones.c, derive_token(cookie).lookup
        query = select(phones).where(p.caseworker == caseworker).order_by(p.added_at, p.lookup)
        async with self._db.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            PhoneInfo(bytes(row.lookup).hex()[:16], row.device, row.added_at, bytes(row.session) == session)
            for row in rows
        ]

    async def remove_phone(self, caseworker: int, phone: str) -> None:
        """Raises `NotFound`."""
        p = phones.c
        async with self._db.write() as connection:
            mine = select(p.lookup).where(p.caseworker == caseworker)
            for lookup in (await connection.execute(mine)).scalars().all():
                if bytes(lookup).hex()[:16] == phone:
                    await connection.execute(delete(phones).where(p.lookup == lookup))
                    return
        raise NotFound("there is no such browser")

    async def forget_phone(self, lookup: bytes) -> None:
        """Its push service says that it is gone; no error when it is already."""
        async with self._db.write() as connection:
            await connection.execute(delete(phones).where(phones.c.lookup == lookup))

    async def forget_phone_of(self, cookie: str) -> None:
        """Delete the push subscription of this session, which is logging out."""
        async with self._db.write() as connection:
            mine = phones.c.session == derive_token(cookie).lookup
            await connection.execute(delete(phones).where(mine))

    async def phones(self, key: bytes) -> Mapping[int, Sequence[Subscription]]:
        """The browsers of the active caseworkers who work on cases; what this key does not open is left out."""
        works = and_(caseworkers.c.active.is_(True), caseworkers.c.role != ADMINISTRATOR)
        query = select(phones).join(caseworkers, caseworkers.c.id == phones.c.caseworker).where(works)
        async with self._db.read() as connection:
            rows = (await connection.execute(query.order_by(phones.c.added_at, phones.c.lookup))).all()
        found: dict[int, list[Subscription]] = {}
        for row in rows:
            lookup = bytes(row.lookup)
            try:
                plain = json.loads(unwrap(key, row.wrapped, _bound(row.caseworker, lookup)))
            except SealingError:
                continue
            public, auth = bytes.fromhex(plain["public"]), bytes.fromhex(plain["auth"])
            one = Subscription(lookup, plain["endpoint"], public, auth)
            found.setdefault(row.caseworker, []).append(one)
        return found


def _bound(caseworker: int, lookup: bytes) -> str:
    """The row that it is wrapped to."""
    return f"phone:{caseworker}:{lookup.hex()}"
