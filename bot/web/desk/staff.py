"""Colleagues on the desk: inviting, confirming, roles, end of access."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bot.desk.service import Desk
from bot.desk.staff import People
from bot.domain.roles import CASEWORKER, supervises
from bot.runtime.wakeups import DESK, Live
from bot.storage.store import DeskSession
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Fresh
from bot.web.errors import ApiError

BIG = 2**31 - 1
Role = Literal["caseworker", "coordinator", "administrator"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InviteBody(_Body):
    name: StrictStr = Field(min_length=1, max_length=80)
    role: Role = CASEWORKER  # type: ignore[assignment]


class RoleBody(_Body):
    role: Role


class AccessBody(_Body):
    active: bool


def router(desk: Desk, people: People, live: Live, door: Door) -> APIRouter:
    """`/desk/api/invites` and `/desk/api/people`; for coordinators and administrators."""
    api = APIRouter(prefix="/desk/api", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(door)])
    Session = Annotated[DeskSession, Depends(door)]
    Again = Annotated[DeskSession, Depends(Fresh(door))]
    Id = Annotated[int, Path(ge=1, le=BIG)]
    InviteId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]

    @api.post("/invites", status_code=201)
    async def invite(body: InviteBody, session: Again) -> dict[str, str]:
        """The path of a one-time link; the page puts its own address before it."""
        name = body.name.strip()
        if not name:
            raise ApiError(422, "invalid")
        try:
            secret = await desk.invite(session, name, body.role)
        except ValueError:  # nothing in it can be shown, or it is too long once it is compared
            raise ApiError(422, "invalid") from None
        return {"path": f"/desk/invite/{secret}"}

    @api.delete("/invites/{invite}", status_code=204)
    async def take_back(invite: InviteId, session: Again) -> Response:
        """Ends a link that nobody has used yet; 404 for one that was used or is over."""
        await people.take_back(session, invite)
        return Response(status_code=204)

    @api.get("/people")
    async def show(session: Session) -> dict[str, Any]:
        """`pending`: has set a password and waits for a coordinator. `renewal_due`: the team's key is made anew
        when the next who has it logs in. `recovery`: to coordinators, `none` or `stale` when the recovery key on paper
        is missing or no good. `unvouched`: somebody else has written who may read. `confirms`: whether who asks can
        confirm somebody. `invited`: links that still work."""
        return {
            "people": [
                {"id": p.id, "name": p.name, "role": p.role, "active": p.active, "pending": p.pending, "alias": p.alias}
                for p in await people.all(session)
            ],
            "invited": [
                {"id": one.id, "name": one.name, "role": one.role, "until": one.expires_at.isoformat()}
                for one in await people.invited(session)
            ],
            "renewal_due": await people.renewal_due(session),
            "recovery": await people.recovery(session),
            "unvouched": await people.unvouched(session),
            "confirms": supervises(session.role),
            "me": session.caseworker,
        }

    @api.post("/people/{caseworker}/confirm", status_code=204)
    async def confirm(caseworker: Id, session: Again) -> Response:
        await people.confirm(session, caseworker)
        live.wake(DESK)
        return Response(status_code=204)

    @api.put("/people/{caseworker}/role", status_code=204)
    async def role(caseworker: Id, body: RoleBody, session: Again) -> Response:
        """409 `last_coordinator` when none would be left."""
        try:
            await people.set_role(session, caseworker, body.role)
        except ValueError:
            raise ApiError(409, "last_coordinator", "A coordinator must stay.") from None
        live.wake(DESK)
        return Response(status_code=204)

    @api.put("/people/{caseworker}/access", status_code=204)
    async def access(caseworker: Id, body: AccessBody, session: Again) -> Response:
        """Ends or restores somebody's access. 409 `last_coordinator` when none would be left."""
        try:
            if body.active:
                await people.let_in(session, caseworker)
            else:
                await people.end(session, caseworker)
        except ValueError:
            raise ApiError(409, "last_coordinator", "A coordinator must stay.") from None
        live.wake(DESK)
        return Response(status_code=204)

    return api
