"""The rota on the desk: who is on call, where nobody is, and changes by a coordinator."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
import logging
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.domain.escalation import TEAM
from bot.domain.roles import COORDINATOR
from bot.oncall.roster import Roster
from bot.runtime.wakeups import DESK, Live
from bot.storage.database.errors import NotFound
from bot.storage.store import DeskSession, Store
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door
from bot.web.errors import ApiError

log = logging.getLogger(__name__)

SHOWN = timedelta(days=14)
LONGEST = timedelta(days=92)
BIG = 2**31 - 1


class OverrideBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    caseworker: int = Field(ge=1, le=BIG)
    start: AwareDatetime
    end: AwareDatetime
    second: bool = False


def router(store: Store, roster: Roster, live: Live, door: Door) -> APIRouter:
    """`/desk/api/rota`. Everybody sees it; coordinators change it."""
    api = APIRouter(prefix="/desk/api/rota", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(door)])
    Session = Annotated[DeskSession, Depends(door)]

    def coordinates(session: DeskSession) -> None:
        if session.role != COORDINATOR:
            raise ApiError(403, "forbidden", "A coordinator changes the rota.")

    async def ours(session: DeskSession) -> set[int]:
        return {one.id for one in await store.caseworkers() if one.organisation == session.organisation}

    @api.get("")
    async def show(session: Session) -> dict[str, Any]:
        """Times are ISO 8601 in UTC. `reachable`: has a page address. `planned`: there is a calendar. `everyone`: the
        team's own addresses are called too."""
        now, rota = store.now(), (await roster.rota()).of(session.organisation)
        on_call = rota.at(now)
        names = {member.id: member.name for member in rota.team}
        return {
            "planned": roster.planned,
            "first": names.get(on_call.first or 0),
            "second": names.get(on_call.second or 0),
            "team": [
                {"id": m.id, "name": m.name, "reachable": m.reachable, "coordinator": m.coordinator} for m in rota.team
            ],
            "everyone": TEAM in (await roster.reach(session.organisation)).everyone,
            "holes": [_span(start, end) for start, end in rota.holes(now, now + SHOWN)] if roster.planned else [],
            "overrides": [
                {"id": o.id, "name": names.get(o.caseworker), "second": o.second, **_span(o.start, o.end)}
                for o in rota.overrides
                if o.caseworker in names
            ],
        }

    @api.post("/overrides", status_code=201)
    async def change(body: OverrideBody, session: Session) -> dict[str, int]:
        coordinates(session)
        if body.end - body.start > LONGEST:
            raise ApiError(422, "invalid")
        if body.caseworker not in await ours(session):
            raise NotFound
        try:
            # as the database has them: the last hours of the year 9999 are in no year any more elsewhere
            start, end = body.start.astimezone(UTC), body.end.astimezone(UTC)
            made = await store.add_override(body.caseworker, start, end, second=body.second, by=session.caseworker)
        except (ValueError, OverflowError):
            raise ApiError(422, "invalid") from None
        log.info("rota.changed", extra={"caseworker": session.caseworker, "override": made})
        live.wake(DESK)
        return {"id": made}

    @api.delete("/overrides/{override}", status_code=204)
    async def take_back(override: Annotated[int, Path(ge=1, le=BIG)], session: Session) -> Response:
        coordinates(session)
        whose = {change.id: change.caseworker for change in await store.overrides()}
        if whose.get(override) not in await ours(session):
            raise NotFound
        await store.remove_override(override)
        log.info("rota.changed_back", extra={"caseworker": session.caseworker, "override": override})
        live.wake(DESK)
        return Response(status_code=204)

    return api


def _span(start: datetime, end: datetime) -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat()}
