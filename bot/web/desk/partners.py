"""The desk's routes for the list of partner organisations."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from bot.desk.partners import LONGEST, DeskSession, Partner, PartnerList, Store
from bot.domain.message_text import clean
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Supervisors, Workers

BIG = 2**31 - 1


def _line(text: str) -> str:
    """One line of text, without what nobody sees."""
    return " ".join(clean(text, len(text)).split()) if text.strip() else ""


Line = Annotated[StrictStr, AfterValidator(_line)]


class PartnerBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Line = Field(max_length=LONGEST["name"], pattern=r"[^\s\x00-\x1f]")
    phone: Line = Field("", max_length=LONGEST["phone"])
    hours: Line = Field("", max_length=LONGEST["hours"])
    languages: Line = Field("", max_length=LONGEST["languages"])
    note: Line = Field("", max_length=LONGEST["note"])

    def partner(self) -> Partner:
        return Partner(self.name, self.phone, self.hours, self.languages, self.note)


def router(store: Store, door: Door) -> APIRouter:
    """`/desk/api/partners`: read by whoever works on cases, changed by coordinators. Each organisation has its own."""
    api = APIRouter(prefix="/desk/api/partners", tags=["desk"], route_class=DeskRoute)
    Session = Annotated[DeskSession, Depends(Workers(door))]
    Supervisor = Annotated[DeskSession, Depends(Supervisors(door))]
    kept = PartnerList(store)
    Which = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("")
    async def show(session: Session) -> dict[str, Any]:
        found = await kept.show(session)
        return {"partners": [{"id": number, **asdict(partner)} for number, partner in found]}

    @api.post("", status_code=201)
    async def add(body: PartnerBody, session: Supervisor) -> dict[str, int]:
        return {"id": await kept.add(session, body.partner())}

    @api.put("/{partner}", status_code=204)
    async def change(partner: Which, body: PartnerBody, session: Supervisor) -> Response:
        await kept.change(session, partner, body.partner())
        return Response(status_code=204)

    @api.delete("/{partner}", status_code=204)
    async def remove(partner: Which, session: Supervisor) -> Response:
        await kept.remove(session, partner)
        return Response(status_code=204)

    return api
