"""Everything of the desk that is about the work and not about one's own cases: people, the log, figures, export."""

from __future__ import annotations

from fastapi import APIRouter

from bot.desk.exports import Exporting
from bot.desk.service import Desk
from bot.desk.staff import People
from bot.desk.supervision import Looking
from bot.domain.ports import Catalogue
from bot.runtime.wakeups import Live
from bot.storage.store import Store
from bot.web.desk import (
    audit as desk_audit,
)
from bot.web.desk import (
    exports as desk_export,
)
from bot.web.desk import (
    handover as desk_handover,
)
from bot.web.desk import (
    opening_hours as desk_hours,
)
from bot.web.desk import (
    partners as desk_partners,
)
from bot.web.desk import (
    replies as desk_replies,
)
from bot.web.desk import (
    staff as desk_people,
)
from bot.web.desk import (
    statistics as desk_figures,
)
from bot.web.desk import (
    supervision as desk_look,
)
from bot.web.desk.session import Door


def router(desk: Desk, store: Store, live: Live, words: Catalogue, door: Door) -> APIRouter:
    """Their routes; the page `/desk/manage` is with the other pages."""
    looking = Looking(store)
    everything = APIRouter()
    everything.include_router(desk_people.router(desk, People(store), live, door))
    everything.include_router(desk_audit.router(store, door))
    everything.include_router(desk_look.router(looking, words, door))
    everything.include_router(desk_export.router(Exporting(store, looking), words, door))
    everything.include_router(desk_figures.router(store, words, door))
    everything.include_router(desk_handover.router(desk, store, door))
    everything.include_router(desk_hours.router(store, door))
    everything.include_router(desk_partners.router(store, door))
    everything.include_router(desk_replies.router(store, words, door))
    return everything
