"""The desk's route for the handover of a shift."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from bot.desk.handover import DeskSession, Store, handover
from bot.desk.service import Desk
from bot.web.desk.errors import DeskRoute
from bot.web.desk.serialise import brief
from bot.web.desk.session import Door, Workers


def router(desk: Desk, store: Store, door: Door) -> APIRouter:
    """`/desk/api/handover`."""
    worker = Workers(door)
    api = APIRouter(prefix="/desk/api/handover", tags=["desk"], route_class=DeskRoute)

    @api.get("")
    async def show(
        session: Annotated[DeskSession, Depends(worker)], hours: Annotated[int, Query(ge=1, le=24)] = 12
    ) -> dict[str, Any]:
        """`open`: cases in the order of the queue. `done`: deeds of the last `hours`, the newest first, as in the log.
        `due`: days up to tomorrow. No word of a person is in it."""
        found = await handover(desk, store, session, hours)
        return {
            "now": desk.now().isoformat(),
            "open": [
                brief(case)
                | {
                    "urgency": case.urgency.value,
                    "language": case.language,
                    "waiting_since": case.waiting_since.isoformat(),
                    "unread": case.unread,
                    "unheard": case.unheard,
                }
                for case in found.open
            ],
            "done": [
                {
                    "at": row.at.isoformat(),
                    "deed": row.deed,
                    "actor": found.names.get(row.actor or 0),
                    "case": row.case,
                    "subject": found.names.get(row.subject or 0),
                    "detail": row.detail,
                    "reason": row.reason,
                }
                for row in found.done
            ],
            "due": [brief(case) | {"on": on.isoformat()} for case, on in found.due],
        }

    return api
