"""The follow-ups and deadlines as a calendar that a caseworker subscribes to: days and case numbers, nothing else.

A calendar program cannot log in, so the address is signed. It is good for one caseworker for as long as they are
active; whoever is invited anew has new keys, and with them a new address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import date, timedelta
from typing import Annotated

import icalendar
from fastapi import APIRouter, Path, Response

from bot.domain.model import Case
from bot.storage.store import Store

_MARK = 16
_FORM = 1


class Feed:
    """Signs and reads addresses. Every gateway has the same `key` (32 bytes); the database has it not."""

    def __init__(self, key: bytes, store: Store) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:calendar").digest()
        self._store = store

    async def path(self, caseworker: int) -> str | None:
        """The address below the gateway's own; None for who is not active."""
        public = await self._store.caseworker_public(caseworker)
        if public is None:
            return None
        said = bytes([_FORM]) + caseworker.to_bytes(6, "big")
        token = base64.urlsafe_b64encode(said + self._mark(said, public)).decode().rstrip("=")
        return f"/desk/calendar/{token}.ics"

    async def knows(self, token: str) -> int | None:
        """The active caseworker whose address this is; None for any other."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        said, mark = raw[:-_MARK], raw[-_MARK:]
        if len(said) != 7 or said[0] != _FORM:
            return None
        caseworker = int.from_bytes(said[1:], "big")
        public = await self._store.caseworker_public(caseworker)
        return caseworker if public is not None and hmac.compare_digest(mark, self._mark(said, public)) else None

    def _mark(self, said: bytes, public: bytes) -> bytes:
        return hmac.digest(self._key, said + public, "sha256")[:_MARK]


def router(feed: Feed, store: Store) -> APIRouter:
    """`/desk/calendar/<token>.ics`; 404 for an address that nobody signed, or of somebody who has left."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/desk/calendar/{token}.ics")
    async def calendar(token: Annotated[str, Path(max_length=100)]) -> Response:
        caseworker = await feed.knows(token)
        if caseworker is None:
            return Response(status_code=404)
        whose = {one.id: one.organisation for one in await store.caseworkers()}[caseworker]
        made = calendar_of(await store.follow_ups(whose), await store.due_days(whose))
        for event in made.events:
            event.add("dtstamp", store.now())
        return Response(made.to_ical(), media_type="text/calendar; charset=utf-8")

    return pages


def calendar_of(cases: list[Case], deadlines: list[tuple[Case, date, str]]) -> icalendar.Calendar:
    """A whole day for each follow-up, and for each deadline; of neither it says more than the number of the case."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Inloop//follow-ups//")
    made.add("version", "2.0")
    days = [(case.number, case.number, case.follow_up_on) for case in cases if case.follow_up_on is not None]
    days += [(f"{case.number}-{name}", case.number, on) for case, on, name in deadlines]
    for name, number, day in days:
        event = icalendar.Event()
        event.add("uid", f"{name}@inloop")
        event.add("summary", number)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return made
