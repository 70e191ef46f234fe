"""The desk's route for a picture of the person. The guard gives it a policy of its own (`middleware/guard.py`)."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from bot.desk.pictures import DeskSession, Pictures
from bot.web.desk.session import Door, Workers

BIG = 2**53


def add(api: APIRouter, pictures: Pictures, door: Door) -> None:
    """The route `/desk/api/cases/{case_id}/pictures/{seq}`."""
    Session = Annotated[DeskSession, Depends(Workers(door))]
    Number = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/cases/{case_id}/pictures/{seq}", response_class=Response)
    async def show(case_id: Number, seq: Number, session: Session) -> Response:
        """One picture of a case that is one's own, as it was made anew when it came: a JPEG."""
        return Response(await pictures.of(session, case_id, seq), media_type="image/jpeg")
