"""The desk's routes for muting a case."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict

from bot.desk.muting import DeskSession, Muting
from bot.web.desk.session import Door, Workers

BIG = 2**53


class MuteBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    hours: Literal[1, 4, 12, 24]
    reason: Literal["insults", "sexual", "spam"]
    """Of `domain.audit`."""


def add(api: APIRouter, muting: Muting, door: Door) -> None:
    """The routes under `/desk/api/cases/{case_id}/mute`."""
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.put("/cases/{case_id}/mute", status_code=204)
    async def mute(case_id: CaseId, body: MuteBody, session: Session) -> Response:
        """By the owner or whoever coordinates. A message in danger ends it, and rings as ever."""
        await muting.mute(session, case_id, body.hours, body.reason)
        return Response(status_code=204)

    @api.delete("/cases/{case_id}/mute", status_code=204)
    async def unmute(case_id: CaseId, session: Session) -> Response:
        await muting.unmute(session, case_id)
        return Response(status_code=204)
