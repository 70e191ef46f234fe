"""The audit log on the desk, for coordinators."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from bot.storage.store import DeskSession, Store
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Supervisors

BIG = 2**31 - 1
AT_ONCE = 100


def router(store: Store, door: Door) -> APIRouter:
    """Return the routes of `/desk/api/audit`."""
    supervisor = Supervisors(door)
    api = APIRouter(
        prefix="/desk/api/audit", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(supervisor)]
    )

    @api.get("")
    async def show(
        session: Annotated[DeskSession, Depends(supervisor)],
        before: Annotated[int | None, Query(ge=1, le=BIG)] = None,
        case: Annotated[str | None, Query(pattern="^[A-Z0-9-]{1,10}$")] = None,
    ) -> dict[str, Any]:
        """Return a hundred rows of the own organisation, the newest first. `before`: only those with a smaller id;
        `case`: only those of one case. A row without an `actor` is by the person, or by the program."""
        names = {person.id: person.name for person in await store.caseworkers()}
        rows = await store.audit(before, case, AT_ONCE, session.organisation)
        return {
            "rows": [
                {
                    "id": row.id,
                    "at": row.at.isoformat(),
                    "deed": row.deed,
                    "actor": names.get(row.actor or 0),
                    "case": row.case,
                    "subject": names.get(row.subject or 0),
                    "detail": row.detail,
                    "reason": row.reason,
                }
                for row in rows
            ],
            "more": len(rows) == AT_ONCE,
        }

    @api.get("/check")
    async def check() -> dict[str, Any]:
        """Check the hash chain: return each place where it is broken, and the hash that it ends in."""
        head, found = await store.audit_breaks()
        return {"last": head.id, "hash": head.hash.hex(), "breaks": [{"row": row, "what": what} for row, what in found]}

    return api
