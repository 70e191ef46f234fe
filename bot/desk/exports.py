"""One case taken out of the house: by its owner or by a coordinator, with a reason that is in the audit log first, and
with no more in it than its person has allowed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.desk.encrypted_zip import sealed_zip
from bot.desk.supervision import Looking, Opened, owns
from bot.domain.audit import REASONS, Deed
from bot.domain.export_consent import Extent, extent, mode
from bot.domain.model import Case
from bot.domain.roles import supervises, works_on_cases
from bot.storage.database.errors import Forbidden, NotOwner
from bot.storage.store import DeskSession, Store

log = logging.getLogger(__name__)

SHORTEST = 16
"""Characters of a password: the ZIP format stretches it little, so a sentence is needed."""


class NotConsented(Exception):
    """The person has not allowed that anything of it goes there; nothing was written down or shown."""


@dataclass(frozen=True, slots=True)
class Export:
    """What goes. `mode`: what the person has allowed; with `FACTS` there are no messages and no own words in it."""

    opened: Opened = field(repr=False)
    extent: Extent
    mode: str
    reason: str


class Exporting:
    """Each call names the session of the one who asks."""

    def __init__(self, store: Store, looking: Looking) -> None:
        self._store = store
        self._looking = looking

    async def page(self, session: DeskSession, number: str, reason: str) -> Export:
        """For a page to print. Raises as `Looking.look`; `NotOwner` for a colleague's case; `NotConsented`."""
        return await self._export(session, number, reason, "page")

    async def zip(
        self, session: DeskSession, number: str, reason: str, password: str, render: Callable[[Export], dict[str, str]]
    ) -> tuple[Case, bytes]:
        """An encrypted ZIP with what `render` makes of it (texts by file name). Raises as `page`, and ValueError for a
        password under `SHORTEST`."""
        if len(password) < SHORTEST:
            raise ValueError("the password is too short")
        export = await self._export(session, number, reason, "zip")
        return export.opened.case, await asyncio.to_thread(sealed_zip, render(export), password)

    async def _export(self, session: DeskSession, number: str, reason: str, form: str) -> Export:
        if not works_on_cases(session.role):
            raise Forbidden
        if reason not in REASONS:
            raise ValueError("no such reason")
        case = await self._looking.find(session, number)
        if not owns(session, case) and not supervises(session.role):
            raise NotOwner
        person = await self._store.open_closed(case.id, session)
        allowed = mode(await self._store.sheet(person))
        much = extent(allowed, reason, session.role)
        if much is Extent.NOTHING:
            raise NotConsented
        await self._store.note_deed(Deed.EXPORTED, session.caseworker, case=case.number, detail=form, reason=reason)
        log.info("case.exported", extra={"case": case.number, "caseworker": session.caseworker, "form": form})
        opened = await self._looking.whole(case, person)
        if much is Extent.FACTS:
            sheet = replace(opened.sheet, words={})
            opened = replace(opened, messages=[], sheet=sheet, why=())
        return Export(opened, much, allowed, reason)
