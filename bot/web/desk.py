"""The caseworkers' routes: pages, log-in and invitations under `/desk`, the rest under `/desk/api`."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `_api`.
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.core.model import Message, Urgency
from bot.desk import Desk, Row
from bot.live.local import DESK, Live
from bot.ports import Catalogue
from bot.settings import Settings
from bot.storage.store import DeskSession, Store
from bot.web import desk_pages
from bot.web.desk_errors import DeskRoute
from bot.web.errors import ApiError
from bot.web.session import Door

FALL_BACK_TO_READING = 15.0
"""Seconds after which a stream reads the database though nothing woke it."""

SETTLE = 0.2
"""Seconds between two readings of one stream: every message of every person wakes the desk."""

BIG = 2**53
"""The largest whole number that JavaScript reads exactly."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LogInBody(_Body):
    name: StrictStr = Field(min_length=1, max_length=80)
    password: StrictStr = Field(min_length=1, max_length=1000)
    code: StrictStr = Field(min_length=1, max_length=12)


class AcceptBody(_Body):
    password: StrictStr = Field(min_length=12, max_length=1000)
    totp_secret: StrictStr = Field(pattern=r"^[A-Z2-7]{32}$")
    code: StrictStr = Field(min_length=1, max_length=12)


class ReplyBody(_Body):
    id: UUID
    text: StrictStr


class SeenBody(_Body):
    seq: int = Field(ge=0, le=BIG)


class CloseBody(_Body):
    outcome: StrictStr = Field(pattern="^(helped|no_answer|not_for_us|asked)$")


class LanguageBody(_Body):
    language: StrictStr = Field(max_length=20)


class InviteBody(_Body):
    name: StrictStr = Field(min_length=1, max_length=80)


def row_shown(row: Row) -> dict[str, Any]:
    """A row of the queue. Times are ISO 8601 in UTC; the page shows them as local times."""
    case = row.case
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state.value,
        "urgency": case.urgency.value,
        "language": case.language,
        "signals": list(case.signals),
        "why": None if row.why is None else list(dict.fromkeys(row.why)),
        "opened_at": case.opened_at.isoformat(),
        "waiting_since": case.waiting_since.isoformat(),
        "last_message_at": case.last_message_at.isoformat(),
        "owner": case.owner,
        "owner_name": case.owner_name,
        "unread": case.unread,
    }


def message_shown(message: Message) -> dict[str, Any]:
    """A message as a caseworker sees it: the choices by their labels, they are not theirs to make."""
    data: dict[str, Any] = {
        "seq": message.seq,
        "from": message.sender.value,
        "text": message.text,
        "at": message.at.isoformat(),
        "choices": [choice.label for choice in message.choices],
    }
    if message.choice is not None:
        data["chosen"] = True
    if message.urgency is not Urgency.NONE:
        data["urgency"] = message.urgency.value
    return data


def session_shown(session: DeskSession) -> dict[str, Any]:
    """What the page needs of the session; `token` goes into the header of every change."""
    return {
        "caseworker": session.caseworker,
        "name": session.name,
        "language": session.language,
        "token": session.csrf,
    }


def router(desk: Desk, store: Store, live: Live, words: Catalogue, settings: Settings) -> APIRouter:
    """All routes under `/desk`."""
    door = Door(store, secure=settings.secure, public_url=settings.public_url)
    everything = APIRouter(tags=["desk"])
    everything.include_router(desk_pages.router(desk, words, settings.max_text))
    everything.include_router(_entrance(store, door))
    everything.include_router(_api(desk, store, live, words, door))
    return everything


def _entrance(store: Store, door: Door) -> APIRouter:
    """What needs no session: logging in, and accepting an invitation."""
    entrance = APIRouter(prefix="/desk", route_class=DeskRoute)

    @entrance.post("/login")
    async def log_in(body: LogInBody, request: Request, response: Response) -> dict[str, Any]:
        door.same_origin(request)
        cookie, session = await store.log_in(body.name, body.password, body.code)
        door.let_in(response, cookie)
        return session_shown(session)

    @entrance.post("/invite/{secret}", status_code=204)
    async def accept(
        body: AcceptBody, secret: Annotated[str, Path(max_length=200)], request: Request
    ) -> Response:
        """Sets the password and the authenticator app. The link works once."""
        door.same_origin(request)
        await store.accept_invite(secret, body.password, body.totp_secret, body.code)
        return Response(status_code=204)

    return entrance


def _api(desk: Desk, store: Store, live: Live, words: Catalogue, door: Door) -> APIRouter:
    """What needs a session."""
    api = APIRouter(prefix="/desk/api", route_class=DeskRoute, dependencies=[Depends(door)])
    Session = Annotated[DeskSession, Depends(door)]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/session")
    async def who(session: Session) -> dict[str, Any]:
        return session_shown(session)

    @api.delete("/session", status_code=204)
    async def log_out(session: Session, request: Request) -> Response:
        await store.log_out(request.cookies[door.cookie])
        live.wake(DESK)
        response = Response(status_code=204)
        door.let_out(response)
        return response

    @api.put("/session/language", status_code=204)
    async def speak(body: LanguageBody, session: Session) -> Response:
        """The language of the desk for this caseworker, on whatever device."""
        code = words.fallback(body.language)
        if code is None:
            raise ApiError(422, "unknown_language")
        await store.set_caseworker_language(session.caseworker, code)
        return Response(status_code=204)

    @api.get("/queue")
    async def queue(session: Session) -> dict[str, Any]:
        return _snapshot(await desk.queue(session))

    @api.post("/cases/{case_id}/claim")
    async def claim(case_id: CaseId, session: Session) -> dict[str, Any]:
        return row_shown(Row(await desk.claim(session, case_id), None))

    @api.get("/cases/{case_id}/messages")
    async def read(
        case_id: CaseId, session: Session, after: Annotated[int, Query(ge=0, le=BIG)] = 0
    ) -> dict[str, Any]:
        return {"messages": [message_shown(m) for m in await desk.read(session, case_id, after)]}

    @api.post("/cases/{case_id}/messages", status_code=202)
    async def reply(case_id: CaseId, body: ReplyBody, session: Session) -> dict[str, int]:
        return {"seq": await desk.reply(session, case_id, str(body.id), body.text)}

    @api.post("/cases/{case_id}/seen", status_code=204)
    async def seen(case_id: CaseId, body: SeenBody, session: Session) -> Response:
        await desk.seen(session, case_id, body.seq)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/release", status_code=204)
    async def release(case_id: CaseId, session: Session) -> Response:
        await desk.release(session, case_id)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/close", status_code=204)
    async def close(case_id: CaseId, body: CloseBody, session: Session) -> Response:
        await desk.close(session, case_id, body.outcome)
        return Response(status_code=204)

    @api.post("/invites", status_code=201)
    async def invite(body: InviteBody, session: Session) -> dict[str, str]:
        """The path of a one-time link; the page puts its own address before it."""
        name = body.name.strip()
        if not name:
            raise ApiError(422, "invalid")
        return {"path": f"/desk/invite/{await desk.invite(session, name)}"}

    _add_events(api, desk, live, door)
    return api


def _add_events(api: APIRouter, desk: Desk, live: Live, door: Door) -> None:
    """The stream that keeps a page true; it reads the database, a wake-up only makes it faster."""

    @api.get("/events")
    async def events(request: Request) -> EventSourceResponse:
        """`queue`: the whole queue, whenever it changed. `beat`: nothing changed, and the line works.
        `expired`: the session has ended."""
        return EventSourceResponse(_stream(request), ping=20)

    async def _stream(request: Request) -> AsyncIterator[ServerSentEvent]:
        rows: Sequence[Row] = ()
        last = None
        while not live.closed:
            waiter = live.listen(DESK)
            # Read anew each time: a session ends by logging out elsewhere, by time, or when it is taken away.
            # The stream itself is no sign of life: an open page alone keeps nobody logged in.
            session = await door.session(request, touch=False)
            if session is None:
                live.forget(DESK, waiter)
                yield ServerSentEvent("{}", event="expired")
                return
            rows = await desk.queue(session, rows)
            snapshot = _snapshot(rows)
            if snapshot != last:
                last = snapshot
                data = json.dumps({"now": desk.now().isoformat(), **snapshot}, ensure_ascii=False)
                yield ServerSentEvent(data, event="queue")
            else:
                yield ServerSentEvent("{}", event="beat")
            await live.wait(DESK, waiter, FALL_BACK_TO_READING)
            await asyncio.sleep(SETTLE)  # what comes meanwhile is in the next reading


def _snapshot(rows: Sequence[Row]) -> dict[str, Any]:
    return {"cases": [row_shown(row) for row in rows]}
