"""The visitor API, as in the contract. Every route but the first needs the conversation's token."""

# No `from __future__ import annotations`: FastAPI reads the dependency that is named within `router`.
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.core.model import Message, Urgency
from bot.limits import Limits
from bot.live.local import Live, conversation
from bot.service import Service
from bot.sessions import Session
from bot.storage.store import Store
from bot.web.errors import ApiError

FALL_BACK_TO_READING = 15.0
"""Seconds after which a stream reads the database though nothing woke it."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewConversationBody(_Body):
    language: StrictStr | None = Field(None, max_length=35)


class MessageBody(_Body):
    id: UUID
    text: StrictStr


class ChoiceBody(_Body):
    id: UUID
    choice: StrictStr = Field(max_length=100)


class RestoreBody(_Body):
    return_code: StrictStr = Field(max_length=200)


class Opened(BaseModel):
    token: str
    return_code: str


class Stored(BaseModel):
    seq: int


def shown(message: Message) -> dict[str, Any]:
    """A message as the contract has it."""
    data: dict[str, Any] = {
        "seq": message.seq,
        "from": message.sender.value,
        "text": message.text,
        "choices": [{"token": c.token, "label": c.label} for c in message.choices],
    }
    if message.urgency is not Urgency.NONE:
        data["urgency"] = message.urgency.value
    return data


def router(service: Service, store: Store, live: Live, limits: Limits) -> APIRouter:
    """The routes under `/api`."""
    api = APIRouter(prefix="/api", tags=["visitor"])
    salt = secrets.token_bytes(16)  # of this process: a source is never kept in a form that outlives it

    async def opened(authorization: Annotated[str | None, Header()] = None) -> Session:
        scheme, _, token = (authorization or "").partition(" ")
        session = await service.session(token.strip()) if scheme.lower() == "bearer" and token else None
        if session is None:
            raise ApiError(401, "unauthorized")
        return session

    Open = Annotated[Session, Depends(opened)]

    def source(request: Request) -> str:
        address = request.client.host if request.client else "?"
        return hashlib.blake2b(address.encode(), key=salt, digest_size=16).hexdigest()

    @api.post("/conversations", status_code=201)
    async def create(body: NewConversationBody, request: Request) -> Opened:
        limits.conversation(source(request))
        if body.language is not None and not service.knows(body.language):
            raise ApiError(422, "unknown_language")
        new = await service.start(body.language)
        return Opened(token=new.token, return_code=new.return_code)

    @api.post("/conversations/restore", status_code=201)
    async def restore(body: RestoreBody, request: Request) -> Opened:
        """The conversation behind a return code, with a new token. The old token stops working."""
        limits.conversation(source(request))
        new = await service.restore(body.return_code)
        if new is None:
            raise ApiError(404, "not_found")
        return Opened(token=new.token, return_code=new.return_code)

    @api.delete("/conversations", status_code=204)
    async def delete(session: Open) -> Response:
        await service.forget(session)
        return Response(status_code=204)

    @api.post("/messages", status_code=202)
    async def write(
        body: MessageBody, session: Open, accept_language: Annotated[str, Header(max_length=500)] = ""
    ) -> Stored:
        hints = [part.split(";")[0].strip() for part in accept_language.split(",") if part.strip()]
        return Stored(seq=await service.handle_message(session, str(body.id), body.text, hints))

    @api.post("/choices", status_code=202)
    async def choose(body: ChoiceBody, session: Open) -> Stored:
        seq = await service.handle_choice(session, str(body.id), body.choice)
        if seq is None:
            raise ApiError(422, "unknown_choice")
        return Stored(seq=seq)

    @api.get("/messages")
    async def read(session: Open, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> dict[str, Any]:
        return {"messages": [shown(m) for m in await store.messages(session.person, after)]}

    @api.get("/events")
    async def events(
        session: Open,
        request: Request,
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> EventSourceResponse:
        start = max(after, int(last_event_id)) if last_event_id and last_event_id.isdigit() else after
        return EventSourceResponse(_stream(session, start, request.headers["Authorization"]), ping=20)

    async def _stream(session: Session, after: int, authorization: str) -> AsyncIterator[ServerSentEvent]:
        topic = conversation(session.person.conversation)
        while not live.closed:
            waiter = live.listen(topic)
            messages = await store.messages(session.person, after)
            for message in messages:
                after = message.seq
                yield ServerSentEvent(json.dumps(shown(message), ensure_ascii=False), id=str(message.seq))
            if messages:
                live.forget(topic, waiter)
                continue
            if await service.session(authorization.partition(" ")[2].strip()) is None:
                live.forget(topic, waiter)  # deleted, or opened elsewhere with the return code
                yield ServerSentEvent("{}", event="gone")
                return
            await live.wait(topic, waiter, FALL_BACK_TO_READING)

    return api
