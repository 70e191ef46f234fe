"""The desk's routes for what stands on top of a case: a summary line, deadlines, links, the person's return code."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bot.desk.case_card import LONGEST_SUMMARY, CaseFile
from bot.domain.model import Urgency
from bot.storage.store import DeskSession
from bot.web.desk.serialise import brief
from bot.web.desk.session import Door, Workers
from bot.web.errors import ApiError

BIG = 2**53
Kind = Literal["reflection", "orange_card", "card_a", "appointment", "court", "other"]
"""Those of `domain.deadlines`."""
Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2199, 12, 31))]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SummaryBody(_Body):
    text: StrictStr = Field(max_length=LONGEST_SUMMARY)


class DeadlineBody(_Body):
    kind: Kind
    day: Day
    """When a period of this kind began; for a kind without a period, the day itself."""


class LinkBody(_Body):
    number: StrictStr = Field(pattern="^[A-Za-z0-9 -]{1,20}$")


class CodeBody(_Body):
    id: UUID


class UrgencyBody(_Body):
    urgency: Urgency
    reason: Literal["person_safe", "help_there", "no_danger", "more_danger", "told_elsewhere"]
    """Of `domain.audit`: why it is lower, why it is higher."""


def add(api: APIRouter, file: CaseFile, door: Door) -> None:
    """The routes under `/desk/api/cases`."""
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]
    Name = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]

    @api.get("/cases/{case_id}/card")
    async def card(case_id: CaseId, session: Session) -> dict[str, Any]:
        """Summary, deadlines and links. `periods`: the kinds of deadlines; for those that begin on a day, how long they
        last (`count`, `months`). `judged`: the urgency that a caseworker set by hand, as far as one did."""
        found = await file.card(session, case_id)
        return {
            "summary": found.summary,
            "deadlines": [{"name": d.name, "kind": d.kind, "on": d.on.isoformat()} for d in found.deadlines],
            "links": [{"name": link.name, **brief(link.case)} for link in found.links],
            "judged": found.judged and asdict(found.judged) | {"at": found.judged.at.isoformat()},
            "periods": {
                kind: None if length is None else {"count": length[0], "months": length[1]}
                for kind, length in file.periods().items()
            },
        }

    @api.put("/cases/{case_id}/urgency", status_code=204)
    async def urgency(case_id: CaseId, body: UrgencyBody, session: Session) -> Response:
        """By its owner. What the person says afterwards raises it again as ever; 422 for a reason that does not go with
        the change."""
        try:
            await file.judge(session, case_id, body.urgency, body.reason)
        except ValueError:
            raise ApiError(422, "invalid") from None
        return Response(status_code=204)

    @api.put("/cases/{case_id}/summary", status_code=204)
    async def summary(case_id: CaseId, body: SummaryBody, session: Session) -> Response:
        await file.set_summary(session, case_id, body.text)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/deadlines", status_code=204)
    async def deadline(case_id: CaseId, body: DeadlineBody, session: Session) -> Response:
        await file.add_deadline(session, case_id, body.kind, body.day)
        return Response(status_code=204)

    @api.delete("/cases/{case_id}/deadlines/{name}", status_code=204)
    async def no_deadline(case_id: CaseId, name: Name, session: Session) -> Response:
        await file.remove_deadline(session, case_id, name)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/links", status_code=204)
    async def link(case_id: CaseId, body: LinkBody, session: Session) -> Response:
        """With a case of the same organisation, by its number; 404 for any other."""
        await file.link(session, case_id, body.number)
        return Response(status_code=204)

    @api.delete("/cases/{case_id}/links/{name}", status_code=204)
    async def no_link(case_id: CaseId, name: Name, session: Session) -> Response:
        await file.unlink(session, case_id, name)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/return-code", status_code=204)
    async def renew_code(case_id: CaseId, body: CodeBody, session: Session) -> Response:
        """The person reads a new return code in the talk; it is not in the answer, and nowhere on the desk."""
        await file.renew_code(session, case_id, str(body.id))
        return Response(status_code=204)
