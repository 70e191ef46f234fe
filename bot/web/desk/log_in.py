"""What needs no session on the desk: logging in, and accepting an invitation."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator

from bot.domain.devices import device_of
from bot.domain.ports import Clock
from bot.security.admission import EVERYBODY, Gate
from bot.security.guessing import Attempts, Devices, work
from bot.security.passkeys import ChallengeOver, Challenges, Place, Signed, challenge_in, place_of, to_sign
from bot.storage.people.recovery_codes import normalise_recovery
from bot.storage.people.second_factors import Second
from bot.storage.store import DeskSession, Knock, LogInFailed, Store
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door
from bot.web.errors import ApiError
from bot.web.middleware.source import Source

BASE64 = r"^[A-Za-z0-9_-]+$"
LOG_IN = "log in"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignedResponse(_Body):
    clientDataJSON: StrictStr = Field(pattern=BASE64, max_length=4000)
    authenticatorData: StrictStr = Field(pattern=BASE64, max_length=4000)
    signature: StrictStr = Field(pattern=BASE64, max_length=4000)
    userHandle: StrictStr | None = Field(None, pattern=BASE64, max_length=100)


class SignedBody(_Body):
    """What a browser gives of a passkey's signature (`PublicKeyCredential.toJSON`)."""

    id: StrictStr = Field(pattern=BASE64, max_length=1400)
    rawId: StrictStr = Field(pattern=BASE64, max_length=1400)
    type: Literal["public-key"]
    response: SignedResponse


class PasswordBody(_Body):
    """A password with a second factor: a code (of the app, or a recovery code), or a passkey's signature."""

    password: StrictStr = Field(min_length=1, max_length=1000)
    code: StrictStr = Field("", max_length=40)
    passkey: SignedBody | None = None

    @model_validator(mode="after")
    def _one_second_factor(self) -> PasswordBody:
        if (not self.code) == (self.passkey is None):
            raise ValueError("a code or a passkey")
        return self


class LogInBody(PasswordBody):
    name: StrictStr = Field(min_length=1, max_length=80)


class AcceptBody(_Body):
    name: StrictStr | None = Field(None, min_length=1, max_length=80)
    password: StrictStr = Field(min_length=12, max_length=1000)
    totp_secret: StrictStr = Field(pattern=r"^[A-Z2-7]{32}$")
    code: StrictStr = Field(min_length=1, max_length=12)


def session_shown(session: DeskSession) -> dict[str, Any]:
    """What the page needs of the session; `token` goes into the header of every change."""
    return {
        "caseworker": session.caseworker,
        "name": session.name,
        "role": session.role,
        "language": session.language,
        "token": session.csrf,
    }


def place_here(public_url: str, request: Request) -> Place:
    """Raises `ApiError` 409 `no_passkeys_here` where browsers have no passkeys."""
    place = place_of(public_url, request.headers.get("Host", ""))
    if place is None:
        raise ApiError(409, "no_passkeys_here", "Passkeys need https and a host name.")
    return place


def challenge_over() -> ApiError:
    """Says nothing of whether there is such a name or passkey: the challenge is looked at before everything else."""
    return ApiError(409, "challenge_over", "It took too long, or this was used before.")


def second_of(
    body: PasswordBody, request: Request, challenges: Challenges, public_url: str, purpose: str, bound_to: str
) -> Second:
    """The second factor in a request. Raises `ApiError` 409 for a passkey's signature to a challenge that is none."""
    if body.passkey is None:
        return body.code
    place = place_here(public_url, request)
    try:
        challenge = challenge_in(body.passkey.response.clientDataJSON)
        ends = challenges.ends(challenge, purpose, bound_to)
    except ChallengeOver:
        raise challenge_over() from None
    return Signed(body.passkey.model_dump(), place, challenge, ends)


@dataclass(frozen=True, slots=True)
class Strangers:
    """What is asked of a browser in which nobody of that name has logged in before: not too fast from one source, and
    work while strangers fail at the name, or very many come. Nobody waits for what others do."""

    gate: Gate
    source: Source
    attempts: Attempts

    def enter(self, request: Request, name: str, failures: int, proof: str) -> None:
        """Raises `TooMany`, `WorkNeeded`."""
        source = self.source(request)
        self.attempts.refuse_haste(name, source)
        self.gate.enter(source, proof, work(failures))

    def failed(self, request: Request, name: str) -> None:
        self.attempts.failed(name, self.source(request))


def strangers(key: bytes, per_minute: int, clock: Clock) -> Strangers:
    """Counted apart from new talks: `per_minute` from one source."""
    own = hashlib.blake2b(key, digest_size=32, person=b"inloop:strangers").digest()
    gate = Gate(own, per_minute, EVERYBODY * per_minute, time.time, time.monotonic)
    return Strangers(gate, Source(), Attempts(clock))


def hung_up(request: Request) -> asyncio.Future[None]:
    """Done when the other side has gone."""
    gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    connection = request.scope.get("state", {}).get("connection")
    if connection is not None:
        connection.when_gone = lambda: None if gone.done() else gone.set_result(None)
    return gone


def router(
    store: Store, door: Door, challenges: Challenges, public_url: str, devices: Devices, strangers: Strangers
) -> APIRouter:
    """`/desk/login`, `/desk/login/challenge`, and the acceptance of `/desk/invite/<secret>`."""
    entrance = APIRouter(prefix="/desk", route_class=DeskRoute, tags=["desk"])

    @entrance.post("/login", responses={428: {"description": "Work is needed: see the header Inloop-Challenge."}})
    async def log_in(
        body: LogInBody, request: Request, response: Response,
        proof: Annotated[str, Header(alias="Inloop-Proof", max_length=200)] = "",
    ) -> dict[str, Any]:  # fmt: skip
        """With `recovery_left` when it was a recovery code that let them in. A browser in which nobody of that name has
        logged in lately may get 428, as at `/api/conversations`."""
        door.same_origin(request)
        known = devices.known(door.device(request), body.name)
        if known is None:
            strangers.enter(request, body.name, await store.failures(body.name), proof)
        second = second_of(body, request, challenges, public_url, LOG_IN, door.attempt(request))
        kind = device_of(request.headers.get("User-Agent", ""))
        knock = Knock(kind, known, paid=known is None, gone=hung_up(request))
        try:
            cookie, session = await store.log_in(body.name, body.password, second, knock)
        except LogInFailed:
            if known is None:
                strangers.failed(request, body.name)
            raise
        door.let_in(response, cookie)
        door.know_device(response, devices.marked(door.device(request), body.name))
        shown = session_shown(session)
        if body.passkey is None and normalise_recovery(body.code):
            shown["recovery_left"] = await store.recovery_codes_left(session)
        return shown

    @entrance.post("/login/challenge")
    async def challenge(request: Request, response: Response) -> dict[str, Any]:
        """What a passkey is to sign; good for three minutes, once, in this browser. The same for every name."""
        door.same_origin(request)
        place = place_here(public_url, request)
        return to_sign(place, challenges.new(LOG_IN, door.begin_attempt(request, response)))

    @entrance.post("/invite/{secret}")
    async def accept(
        body: AcceptBody, secret: Annotated[str, Path(max_length=200)], request: Request
    ) -> JSONResponse:
        """Sets name, password and authenticator app; `codes` are the recovery codes, shown this once. The link works
        once. 202: a colleague has to confirm first."""
        door.same_origin(request)
        try:
            joined = await store.accept_invite(secret, body.password, body.totp_secret, body.code, body.name)
        except ValueError:  # a name without a letter
            raise ApiError(422, "invalid") from None
        return JSONResponse({"codes": joined.codes}, 200 if joined.ready else 202)

    return entrance
