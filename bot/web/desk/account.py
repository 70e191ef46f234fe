"""A caseworker's own account on the desk: sessions, passkeys, recovery codes, and the password given again."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bot.runtime.wakeups import DESK, Live
from bot.security.passkeys import (
    ChallengeOver,
    Challenges,
    PasskeyRefused,
    challenge_in,
    made,
    place_of,
    to_make,
    to_sign,
)
from bot.storage.database.errors import NameTaken
from bot.storage.store import DeskSession, Store
from bot.web.desk.errors import DeskRoute
from bot.web.desk.log_in import BASE64, PasswordBody, challenge_over, place_here, second_of
from bot.web.desk.session import Door, Fresh
from bot.web.errors import ApiError

CONFIRM, REGISTER = "confirm", "register"
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MadeResponse(_Body):
    clientDataJSON: StrictStr = Field(pattern=BASE64, max_length=4000)
    attestationObject: StrictStr = Field(pattern=BASE64, max_length=20_000)


class MadeBody(_Body):
    id: StrictStr = Field(pattern=BASE64, max_length=1400)
    rawId: StrictStr = Field(pattern=BASE64, max_length=1400)
    type: Literal["public-key"]
    response: MadeResponse


class PasskeyBody(_Body):
    name: StrictStr = Field(min_length=1, max_length=40)
    passkey: MadeBody


def router(store: Store, live: Live, door: Door, challenges: Challenges, public_url: str) -> APIRouter:
    """`/desk/api/account`, and `/desk/api/factors` for what is changed only with the password given again."""
    api = APIRouter(prefix="/desk/api", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(door)])
    Session = Annotated[DeskSession, Depends(door)]
    Again = Annotated[DeskSession, Depends(Fresh(door))]

    @api.get("/account")
    async def account(request: Request, session: Session) -> dict[str, Any]:
        """Times are ISO 8601 in UTC. `passkeys_here`: whether browsers have passkeys at this address."""
        return {
            "sessions": [
                {
                    "id": one.id,
                    "begun_at": one.begun_at.isoformat(),
                    "seen_at": one.seen_at.isoformat(),
                    "device": one.device,
                    "this": one.id == session.id,
                }
                for one in await store.own_sessions(session)
            ],
            "passkeys": [
                {
                    "id": one.id,
                    "name": one.name,
                    "added_at": one.added_at.isoformat(),
                    "used_at": None if one.used_at is None else one.used_at.isoformat(),
                }
                for one in await store.passkeys(request.cookies[door.cookie], session)
            ],
            "passkeys_here": place_of(public_url, request.headers.get("Host", "")) is not None,
            "recovery_left": await store.recovery_codes_left(session),
        }

    @api.post("/session/here", status_code=204)
    async def here(_: Session) -> Response:
        """Somebody sits at the desk: the session goes on. Nothing else that a page asks for does that."""
        return Response(status_code=204)

    @api.delete("/account/sessions", status_code=204)
    async def end_others(request: Request, session: Session) -> Response:
        """Ends all of one's sessions but this one."""
        await store.end_other_sessions(request.cookies[door.cookie], session)
        live.wake(DESK)
        return Response(status_code=204)

    @api.delete("/account/sessions/{one}", status_code=204)
    async def end_one(one: Id, session: Session) -> Response:
        await store.end_session(session, one)
        live.wake(DESK)
        return Response(status_code=204)

    @api.post("/account/challenge")
    async def challenge(request: Request, session: Session) -> dict[str, Any]:
        """What a passkey is to sign when the password is given again; good for three minutes, once, in this session."""
        return to_sign(place_here(public_url, request), challenges.new(CONFIRM, session.id))

    @api.post("/account/confirm", status_code=204)
    async def confirm(body: PasswordBody, request: Request, session: Session) -> Response:
        """The password again, with a second factor: for some minutes nothing asks for it."""
        second = second_of(body, request, challenges, public_url, CONFIRM, session.id)
        await store.confirm_session(request.cookies[door.cookie], session, body.password, second)
        return Response(status_code=204)

    @api.post("/factors/challenge")
    async def begin(request: Request, session: Again) -> dict[str, Any]:
        """What a browser needs to make a passkey; good for three minutes, once, in this session."""
        place = place_here(public_url, request)
        there = [one.credential for one in await store.passkeys(request.cookies[door.cookie], session)]
        new = challenges.new(REGISTER, session.id)
        return to_make(place, new, await store.passkey_user(session), session.name, there)

    @api.post("/factors/passkeys", status_code=204)
    async def add(body: PasskeyBody, request: Request, session: Again) -> Response:
        """409 `passkey_refused` for what is none, or one too many."""
        place, name = place_here(public_url, request), " ".join(body.name.split())
        if not name or not name.isprintable():
            raise ApiError(422, "invalid")
        try:
            new = challenge_in(body.passkey.response.clientDataJSON)
            if not await store.take_challenge(new, challenges.ends(new, REGISTER, session.id)):
                raise ChallengeOver
        except ChallengeOver:
            raise challenge_over() from None
        try:
            credential, public, count = await asyncio.to_thread(made, body.passkey.model_dump(), place, new)
            await store.add_passkey(request.cookies[door.cookie], session, credential, public, count, name)
        except (PasskeyRefused, NameTaken):
            raise ApiError(409, "passkey_refused", "This passkey cannot be used here.") from None
        return Response(status_code=204)

    @api.delete("/factors/passkeys/{one}", status_code=204)
    async def remove(one: Id, session: Again) -> Response:
        await store.remove_passkey(session, one)
        return Response(status_code=204)

    @api.post("/factors/recovery-codes", status_code=201)
    async def renew(session: Again) -> dict[str, list[str]]:
        """Ten new recovery codes, shown this once; the old ones are worth nothing any more."""
        return {"codes": await store.renew_recovery_codes(session)}

    return api
