"""The visitor API, as in the contract. Every route but the first needs the conversation's token."""

# No `from __future__ import annotations`: FastAPI reads the dependency that is named within `router`.
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversation.pictures import Pictures
from bot.conversation.service import Service, Standing
from bot.conversation.sessions import Session
from bot.domain.forms import step
from bot.domain.handoff import told_by
from bot.domain.model import Choice, Handoff, Message, Urgency
from bot.domain.return_code_message import code_of
from bot.domain.speaker import is_minor
from bot.runtime.wakeups import DESK, Live, conversation, desk_of
from bot.security.admission import Gate
from bot.security.rate_limits import counted_for
from bot.storage.store import Store
from bot.web.errors import ApiError
from bot.web.middleware.source import Source
from bot.web.visitor.streams import Streams, whole

FALL_BACK_TO_READING = 15.0
"""Seconds after which a stream reads the database though nothing woke it."""

PLACE = re.compile(r"[0-9]{1,16}")


ASKED: dict[int | str, dict[str, Any]] = {428: {"description": "Work is needed: see the header Inloop-Challenge."}}


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


class LanguageBody(_Body):
    id: UUID
    language: StrictStr = Field(max_length=35)


class RestoreBody(_Body):
    return_code: StrictStr = Field(max_length=200)


class Key(BaseModel):
    key: str
    """What the page seals with what it keeps over a reload: AES-256, in Base64. The page keeps it in memory alone."""


class Opened(Key):
    token: str
    return_code: str
    language: str | None = None
    telegram: str | None = None
    """A link that goes on with the talk in Telegram, where there is a bot."""


class Stored(BaseModel):
    seq: int


async def given(authorization: Annotated[str | None, Header()] = None) -> str:
    """The token of a request. Raises `ApiError` 401 without one."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ApiError(401, "unauthorized")
    return token.strip()


Token = Annotated[str, Depends(given)]
Proof = Annotated[str, Header(alias="Inloop-Proof", max_length=200)]


def _languages(accepted: str) -> list[str]:
    return [part.split(";")[0].strip() for part in accepted.split(",") if part.strip()]


def shown(message: Message) -> dict[str, Any]:
    """A message as the contract has it."""
    data: dict[str, Any] = {
        "seq": message.seq,
        "from": message.sender.value,
        "text": message.text,
        "choices": [_offered(choice) for choice in message.choices],
    }
    if message.urgency is not Urgency.NONE:
        data["urgency"] = message.urgency.value
    if (place := step(message.key)) is not None:
        data["step"] = place
    if (handoff := told_by(message)) is not None:
        data["handoff"] = handoff.value
    if (was := message.translated) is not None:
        data |= {"translated_from": was.language, "original": was.original, "doubtful": bool(was.doubts)}
    return data


def _offered(choice: Choice) -> dict[str, Any]:
    """A button. `minor`: it is no answer. `language`: what it brings the talk into, so that the page goes along."""
    data: dict[str, Any] = {"token": choice.token, "label": choice.label}
    if is_minor(choice):
        data["minor"] = True
    language = choice.action.get("value" if choice.action.get("command") == "language" else "in")
    return data if language is None else data | {"language": language}


def _stored(seq: int | None, error: str) -> Stored:
    if seq is None:
        raise ApiError(422, error)
    return Stored(seq=seq)


def standing_shown(standing: Standing) -> dict[str, Any]:
    """Where a conversation stands, as the contract has it. `name`: of the caseworker who is here, if they have set
    one; `reading` is false, and there only then, while they do not read."""
    more: dict[str, Any] = {"name": standing.name} if standing.name else {}
    more |= {} if standing.reading else {"reading": False}
    return more | {
        "state": standing.state,
        "since": standing.since.isoformat() if standing.since else None,
        "called": standing.called,
        "coming": standing.coming,
        "nobody": standing.nobody,
        "hours": standing.hours,
    }


async def shown_to(store: Store, session: Session, message: Message) -> dict[str, Any]:
    """The same for its own person: `return_code`, when the message tells one and it is the one that opens this talk."""
    code = code_of(message)
    if code is None or not await store.is_return_code(session.person, code):
        return shown(message)
    return shown(message) | {"return_code": code}


def router(
    service: Service, store: Store, live: Live, gate: Gate, source: Source, key_of: Callable[[str], str],
    link: Callable[[str], str | None] = lambda _: None, pictures: Pictures | None = None,
) -> APIRouter:  # fmt: skip
    """The routes under `/api`. `key_of` makes the key of a token; `link` makes an address in Telegram of a return code;
    without `pictures` none can be sent."""
    api = APIRouter(prefix="/api", tags=["visitor"])

    async def opened(token: Token) -> Session:
        session = await service.session(token)
        if session is None:
            raise ApiError(401, "unauthorized")
        return session

    Open = Annotated[Session, Depends(opened)]

    @api.post("/conversations", status_code=201, response_model_exclude_none=True, responses=ASKED)
    async def create(body: NewConversationBody, request: Request, proof: Proof = "") -> Opened:
        """While very many begin: 428 with a challenge. Its solution goes into the header `Inloop-Proof`."""
        gate.enter(source(request), proof)
        if body.language is not None and not service.knows(body.language):
            raise ApiError(422, "unknown_language")
        new = await service.start(body.language)
        code = new.return_code
        return Opened(key=key_of(new.token), token=new.token, return_code=code, telegram=link(code))

    @api.post("/conversations/restore", status_code=201, response_model_exclude_none=True, responses=ASKED)
    async def restore(body: RestoreBody, request: Request, proof: Proof = "") -> Opened:
        """The conversation behind a return code, with a new token. The old token stops working. 404: `unknown` are the
        places, from 1, of words that no code has."""
        gate.enter(source(request), proof)
        new = await service.restore(body.return_code)
        if new is None:
            raise ApiError(404, "not_found", unknown=service.unknown_words(body.return_code))
        language, code = new.person.language, new.return_code
        return Opened(key=key_of(new.token), token=new.token, return_code=code, language=language, telegram=link(code))

    @api.delete("/conversations", status_code=204)
    async def delete(session: Open) -> Response:
        await service.forget(session)
        return Response(status_code=204)

    @api.delete("/access", status_code=204)
    async def leave(token: Token) -> Response:
        """The token ends, the talk stays: the return code opens it again. Sent by a page that is being left."""
        if not await service.leave(token):
            raise ApiError(401, "unauthorized")
        return Response(status_code=204)

    @api.get("/key", dependencies=[Depends(opened)])
    async def key(token: Token) -> Key:
        """The key that came with the opened talk, once more, for a page that was loaded again. It is told as long as
        the token is good, and never after that."""
        return Key(key=key_of(token))

    @api.post("/messages", status_code=202)
    async def write(
        body: MessageBody, session: Open, request: Request, accept_language: Annotated[str, Header(max_length=500)] = ""
    ) -> Stored:
        with counted_for(source.account(request)):
            return Stored(
                seq=await service.handle_message(session, str(body.id), body.text, _languages(accept_language))
            )

    @api.post("/choices", status_code=202)
    async def choose(body: ChoiceBody, session: Open, request: Request) -> Stored:
        with counted_for(source.account(request)):
            return _stored(await service.handle_choice(session, str(body.id), body.choice), "unknown_choice")

    @api.post("/language", status_code=202)
    async def speak(body: LanguageBody, session: Open) -> Stored:
        """Goes on in another language: a choice of the person like any other."""
        return _stored(await service.handle_language(session, str(body.id), body.language), "unknown_language")

    @api.get("/messages")
    async def read(session: Open, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> dict[str, Any]:
        return {"messages": [await shown_to(store, session, m) for m in await store.messages(session.person, after)]}

    @api.post("/writing", status_code=204)
    async def writing(session: Open) -> Response:
        """The person is writing, and nothing of what: told to the caseworker who has the talk, if that is so, and
        forgotten. The page sends it while keys are pressed; too many are dropped."""
        number = session.person.conversation
        if live.writing.may(conversation(number)):
            case = await store.case_of(number)
            if case is not None and case.state is Handoff.OWNED and case.owner is not None:
                live.writing.tell(desk_of(case.owner), case.id)
        return Response(status_code=204)

    if pictures is not None:
        _add_pictures(api, pictures, source, opened)
    _add_events(api, service, store, live, opened)
    return api


def _add_pictures(
    api: APIRouter, pictures: Pictures, source: Source, opened: Callable[..., Awaitable[Session]]
) -> None:
    Open = Annotated[Session, Depends(opened)]

    @api.post("/pictures", status_code=202)
    async def send(session: Open, request: Request, id: UUID) -> Stored:
        """A picture as the body, JPEG, PNG or WebP by its content. Kept is what one sees of it."""
        account = source.account(request)
        with counted_for(account):
            return Stored(seq=await pictures.take(session, str(id), await request.body()))


def _add_events(
    api: APIRouter, service: Service, store: Store, live: Live, opened: Callable[..., Awaitable[Session]]
) -> None:
    """What is new, and where the conversation stands."""
    Open = Annotated[Session, Depends(opened)]
    streams = Streams()

    @api.get("/state")
    async def state(session: Open) -> dict[str, Any]:
        """Where the conversation stands. `state`: `program`, `asked` (nobody has come yet) or `here` (somebody has).
        For `asked`: `since` when; `called`: a page has arrived at somebody; `coming`: somebody has said that they come;
        `nobody`: nobody can be expected now; `hours`: when caseworkers usually read, outside of these hours, in the
        language of the conversation. For `here`: `name`, if the caseworker has set one. `now`: the time here, for a
        phone whose clock is wrong."""
        standing = await service.standing(session)
        if standing is None:
            raise ApiError(401, "unauthorized")
        return standing_shown(standing) | {"now": store.now().isoformat()}

    @api.get("/events")
    async def events(
        session: Open,
        token: Token,
        after: Annotated[int, Query(ge=0, le=2**53)] = 0,
        state: bool = False,
        last_event_id: Annotated[str, Header()] = "",
    ) -> EventSourceResponse:
        """The messages after `after`, as they come. With `state`: also where the conversation stands, as events `state`
        with what `/api/state` answers, at first and whenever it has changed; and `writing`, while the caseworker who is
        here is. `gone`: it is open no more."""
        seen = PLACE.fullmatch(last_event_id)  # not isdigit: that takes "²", which is no number
        start = max(after, int(seen[0])) if seen else after
        return EventSourceResponse(_stream(session, start, token, state), ping=20)

    async def _stream(session: Session, after: int, token: str, tells: bool) -> AsyncIterator[ServerSentEvent]:
        number, told = session.person.conversation, None
        topic, page = conversation(number), live.pages.one(number, store.now, lambda: live.wake(DESK))
        signs = live.writing.listening(topic)
        with page, signs as writes, streams.one(number, lambda: live.wake(topic)) as goes_on:
            while goes_on() and not live.closed:
                with live.listening(topic) as waiter:
                    messages = await whole(store.messages(session.person, after))
                    if await whole(service.session(token)) is None:  # then what came since is not for this browser
                        there = await whole(store.messages(session.person, 0, 1))  # opened elsewhere by the code
                        yield ServerSentEvent(json.dumps({"why": "elsewhere" if there else "deleted"}), event="gone")
                        return
                    for message in messages:
                        after = message.seq
                        data = json.dumps(await whole(shown_to(store, session, message)), ensure_ascii=False)
                        yield ServerSentEvent(data, id=str(message.seq))
                    if messages:
                        writes.drop()  # what was being written has come
                        continue
                    standing = await whole(service.standing(session)) if tells else None
                    if standing != told and standing is not None:
                        told = standing
                        data = json.dumps(standing_shown(standing) | {"now": store.now().isoformat()})
                        yield ServerSentEvent(data, event="state")
                    async for _ in writes.until(waiter, FALL_BACK_TO_READING):
                        if told is not None and told.state == "here":
                            yield ServerSentEvent("{}", event="writing")
                    await live.wait(topic, waiter, 0)
