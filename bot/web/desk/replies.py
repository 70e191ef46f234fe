"""The desk's routes for the ready replies that people keep."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `_add_changes`.
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from bot.desk.replies import LONGEST, DeskSession, OwnReplies, ReadyReply, SharedReplies, Store, TooManyKept
from bot.domain.message_text import clean
from bot.domain.ports import Catalogue
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Supervisors, Workers
from bot.web.errors import ApiError


def _text(text: str) -> str:
    """Without what nobody sees. Raises `ValueError` for nothing."""
    return clean(text, len(text))


def _line(text: str) -> str:
    return " ".join(_text(text).split())


class ReplyBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[StrictStr, Field(max_length=LONGEST["title"]), AfterValidator(_line)]
    text: Annotated[StrictStr, Field(max_length=LONGEST["text"]), AfterValidator(_text)]
    language: StrictStr = Field(max_length=20)
    """One that the program has words in."""


def _shown(kept: Sequence[tuple[str, ReadyReply]]) -> list[dict[str, Any]]:
    return [{"id": name, **asdict(reply)} for name, reply in kept]


def router(store: Store, words: Catalogue, door: Door) -> APIRouter:
    """`/desk/api/replies`: one's own, and those of the organisation, which coordinators alone change."""
    api = APIRouter(prefix="/desk/api/replies", tags=["desk"], route_class=DeskRoute)
    own, shared = OwnReplies(store), SharedReplies(store)

    @api.get("")
    async def show(session: Annotated[DeskSession, Depends(Workers(door))]) -> dict[str, Any]:
        """`language`: what a text is written in."""
        return {"own": _shown(await own.list(session)), "shared": _shown(await shared.list(session))}

    _add_changes(api, "own", "name", own, Workers(door), words)
    _add_changes(api, "shared", "reply_id", shared, Supervisors(door), words)
    return api


def _add_changes(
    api: APIRouter,
    whose: str,
    called: str,
    replies: OwnReplies | SharedReplies,
    only: Workers | Supervisors,
    words: Catalogue,
) -> None:
    """Add the routes that add, change and remove one of the `replies`, for who passes `only`. `called` is how the path
    names which one."""
    Session = Annotated[DeskSession, Depends(only)]
    Name = Annotated[str, Path(alias=called, pattern=replies.NAMES)]
    one = f"/{whose}/{{{called}}}"

    def reply(body: ReplyBody) -> ReadyReply:
        code = words.fallback(body.language)
        if code is None:
            raise ApiError(422, "unknown_language")
        return ReadyReply(body.title, body.text, code)

    @api.post(f"/{whose}", status_code=201)
    async def add(body: ReplyBody, session: Session) -> dict[str, str]:
        try:
            return {"id": await replies.add(session, reply(body))}
        except TooManyKept:
            raise ApiError(409, "too_many_replies") from None

    @api.put(one, status_code=204)
    async def change(name: Name, body: ReplyBody, session: Session) -> Response:
        await replies.change(session, name, reply(body))
        return Response(status_code=204)

    @api.delete(one, status_code=204)
    async def remove(name: Name, session: Session) -> Response:
        await replies.remove(session, name)
        return Response(status_code=204)
