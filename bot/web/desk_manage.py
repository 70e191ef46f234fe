"""Everything of the desk that is about the work and not about one's own cases: people, the log, figures, export."""

from __future__ import annotations

from fastapi import APIRouter

from bot.desk import Desk
from bot.exporting import Exporting
from bot.live.local import Live
from bot.looking import Looking
from bot.people import People
from bot.ports import Catalogue
from bot.storage.store import Store
from bot.web import desk_audit, desk_export, desk_figures, desk_look, desk_people
from bot.web.session import Door


def router(desk: Desk, store: Store, live: Live, words: Catalogue, door: Door) -> APIRouter:
    """Their routes; the page `/desk/manage` is with the other pages."""
    looking = Looking(store)
    everything = APIRouter()
    everything.include_router(desk_people.router(desk, People(store), live, door))
    everything.include_router(desk_audit.router(store, door))
    everything.include_router(desk_look.router(looking, words, door))
    everything.include_router(desk_export.router(Exporting(store, looking), words, door))
    everything.include_router(desk_figures.router(store, words, door))
    return everything
