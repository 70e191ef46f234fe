"""The browsers in which a caseworker is paged: chosen on the desk, listed and taken away there."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bot.domain.web_push import LONGEST_ENDPOINT
from bot.oncall.phones import DeskSession, OwnPhones, PhoneRefused
from bot.runtime.wakeups import DESK, Live
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Workers
from bot.web.errors import ApiError


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HereBody(_Body):
    endpoint: StrictStr = Field(max_length=LONGEST_ENDPOINT)


class PhoneBody(HereBody):
    public: StrictStr = Field(max_length=100)
    auth: StrictStr = Field(max_length=40)


def router(phones: OwnPhones, live: Live, door: Door) -> APIRouter:
    """`/desk/api/phones`."""
    api = APIRouter(prefix="/desk/api/phones", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(door)])
    Session = Annotated[DeskSession, Depends(Workers(door))]

    @api.get("")
    async def show(request: Request, session: Session) -> dict[str, Any]:
        """Times are ISO 8601 in UTC. `key`: what a browser needs to subscribe; null where no browser is paged."""
        shown = [
            {"id": one.id, "device": one.device, "added_at": one.added_at.isoformat(), "here": one.here}
            for one in await phones.listed(session, request.cookies[door.cookie])
        ]
        return {"key": phones.public_key, "phones": shown}

    @api.post("", status_code=204)
    async def add(body: PhoneBody, request: Request, session: Session) -> Response:
        """409 `phone_refused` for a push service that is not on the list, a key that is none, or one too many."""
        try:
            await phones.add(session, request.cookies[door.cookie], body.endpoint, body.public, body.auth)
        except PhoneRefused:
            raise ApiError(409, "phone_refused", "This browser cannot be paged here.") from None
        live.wake(DESK)  # who could not be reached can be called now
        return Response(status_code=204)

    @api.post("/here")
    async def here(body: HereBody, request: Request, session: Session) -> dict[str, bool]:
        """Whether this caseworker is paged in this browser: after a log-in, its page asks for what the browser has."""
        return {"paged": await phones.here(session, request.cookies[door.cookie], body.endpoint)}

    @api.delete("/own/{one}", status_code=204)
    async def remove(one: Annotated[str, Path(pattern="^[0-9a-f]{16}$")], session: Session) -> Response:
        await phones.remove(session, one)
        return Response(status_code=204)

    return api
