"""The desk's routes for replies that are held until a time."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.desk.held_replies import DeskSession, HeldReplies, HeldReply
from bot.domain.held_replies import Hold, hold_of
from bot.web.desk.session import Door, Workers
from bot.web.errors import ApiError

BIG = 2**53


class HoldBody(BaseModel):
    """`at`: when it goes out, at most seven days ahead; half an hour later it does not any more, nor after `until`."""

    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    until: AwareDatetime | None = None


def held_until(body: HoldBody | None, now: datetime) -> Hold | None:
    """Return when a reply goes out; 422 `hold_time` for a time that does not do."""
    if body is None:
        return None
    try:
        return hold_of(now, body.at, body.until)
    except (ValueError, OverflowError):
        raise ApiError(422, "hold_time") from None


def _shown(reply: HeldReply) -> dict[str, Any]:
    was = reply.translated
    return {
        "name": reply.name,
        "author": reply.author,
        "at": reply.due_at.isoformat(),
        "until": reply.until_at.isoformat(),
        "text": reply.text,
        "translated": was and {"original": was.original, "from": was.language, "doubts": list(was.doubts)},
    }


def add(api: APIRouter, held: HeldReplies, door: Door) -> None:
    """The routes under `/desk/api/cases/{case_id}/held`; a reply is held by `hold` at `/messages`."""
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]
    Name = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]

    @api.get("/cases/{case_id}/held")
    async def those(case_id: CaseId, session: Session) -> dict[str, Any]:
        """The earliest first. After `until` a reply does not go out by itself any more."""
        return {"held": [_shown(reply) for reply in await held.of(session, case_id)]}

    @api.post("/cases/{case_id}/held/{name}", status_code=202)
    async def send(case_id: CaseId, name: Name, session: Session) -> dict[str, int]:
        """Say it now; 404 when it went out or was taken back meanwhile."""
        return {"seq": await held.send(session, case_id, name)}

    @api.delete("/cases/{case_id}/held/{name}", status_code=204)
    async def take_back(case_id: CaseId, name: Name, session: Session) -> Response:
        """The same."""
        await held.take_back(session, case_id, name)
        return Response(status_code=204)
