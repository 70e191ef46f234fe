"""The desk's routes for the ready replies that people keep."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictStr

from bot.desk.replies import LONGEST, DeskSession, ReadyReply, ReplyList, Store, TooManyKept
from bot.domain.message_text import clean
from bot.domain.ports import Catalogue
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import Door, Supervisors, Workers
from bot.web.errors import ApiError

BIG = 2**31 - 1


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
    Session = Annotated[DeskSession, Depends(Workers(door))]
    Supervisor = Annotated[DeskSession, Depends(Supervisors(door))]
    Name = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
    Which = Annotated[int, Path(ge=1, le=BIG)]
    kept = ReplyList(store)

    def reply(body: ReplyBody) -> ReadyReply:
        code = words.fallback(body.language)
        if code is None:
            raise ApiError(422, "unknown_language")
        return ReadyReply(body.title, body.text, code)

    @api.get("")
    async def show(session: Session) -> dict[str, Any]:
        """`language`: what a text is written in."""
        return {"own": _shown(await kept.own(session)), "shared": _shown(await kept.shared(session))}

    @api.post("/own", status_code=201)
    async def add_own(body: ReplyBody, session: Session) -> dict[str, str]:
        try:
            return {"id": await kept.add_own(session, reply(body))}
        except TooManyKept:
            raise ApiError(409, "too_many_replies") from None

    @api.put("/own/{name}", status_code=204)
    async def change_own(name: Name, body: ReplyBody, session: Session) -> Response:
        await kept.change_own(session, name, reply(body))
        return Response(status_code=204)

    @api.delete("/own/{name}", status_code=204)
    async def remove_own(name: Name, session: Session) -> Response:
        await kept.remove_own(session, name)
        return Response(status_code=204)

    @api.post("/shared", status_code=201)
    async def add_shared(body: ReplyBody, session: Supervisor) -> dict[str, str]:
        try:
            return {"id": await kept.add_shared(session, reply(body))}
        except TooManyKept:
            raise ApiError(409, "too_many_replies") from None

    @api.put("/shared/{reply_id}", status_code=204)
    async def change_shared(reply_id: Which, body: ReplyBody, session: Supervisor) -> Response:
        await kept.change_shared(session, reply_id, reply(body))
        return Response(status_code=204)

    @api.delete("/shared/{reply_id}", status_code=204)
    async def remove_shared(reply_id: Which, session: Supervisor) -> Response:
        await kept.remove_shared(session, reply_id)
        return Response(status_code=204)

    return api
