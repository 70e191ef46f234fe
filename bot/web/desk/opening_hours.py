"""The desk's routes for the opening hours."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from bot.desk.opening_hours import DAYS, MOST_CLOSED, DeskSession, OpeningHours, OpeningTimes, Store
from bot.domain.escalation import Hours
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Supervisors, Workers


def _read(text: str) -> Hours | None:
    return Hours.read(text) if text else None


Day = Annotated[StrictStr, Field(max_length=11), AfterValidator(_read)]


class HoursBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    week: list[Day] = Field(min_length=DAYS, max_length=DAYS)
    closed: list[date] = Field(max_length=MOST_CLOSED)

    def hours(self) -> OpeningHours:
        return OpeningHours(tuple(self.week), frozenset(self.closed))  # type: ignore[arg-type]  # `_read` made them


def router(store: Store, door: Door) -> APIRouter:
    """`/desk/api/opening-hours`: read by whoever works on cases, changed by coordinators."""
    api = APIRouter(prefix="/desk/api/opening-hours", tags=["desk"], route_class=DeskRoute)
    Session = Annotated[DeskSession, Depends(Workers(door))]
    Supervisor = Annotated[DeskSession, Depends(Supervisors(door))]
    kept = OpeningTimes(store)

    @api.get("")
    async def show(session: Session) -> dict[str, Any]:
        """`week`: seven days from Monday on, as `09:00-17:00` or empty; `closed`: days without hours."""
        found = await kept.show(session)
        return {"week": [day.written if day else "" for day in found.week], "closed": sorted(found.closed)}

    @api.put("", status_code=204)
    async def change(body: HoursBody, session: Supervisor) -> Response:
        await kept.change(session, body.hours())
        return Response(status_code=204)

    return api
