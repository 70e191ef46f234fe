"""The desk's routes for giving a case to another organisation of the installation."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from bot.desk.interpreter import Interpreter
from bot.desk.referrals import Centres
from bot.storage.store import DeskSession
from bot.web.desk.session import Door, Workers

BIG = 2**53


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CentreBody(_Body):
    to: int = Field(ge=1, le=2**31 - 1)


class AskBody(CentreBody):
    id: UUID


def add(api: APIRouter, centres: Centres, door: Door, interpreter: Interpreter | None) -> None:
    """The routes under `/desk/api/cases`."""
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/cases/{case_id}/centres")
    async def others(case_id: CaseId, session: Session) -> dict[str, Any]:
        """The other organisations. `allowed`: the person lets the case go there; `open`: it may go now; `nobody`:
        nobody works there."""
        found = await centres.others(session, case_id)
        return {
            "centres": [
                {"id": c.of.id, "name": c.of.name, "allowed": c.allowed, "open": c.open, "nobody": not c.of.people}
                for c in found
            ]
        }

    @api.post("/cases/{case_id}/centres/ask", status_code=204)
    async def ask(case_id: CaseId, body: AskBody, session: Session) -> Response:
        """Asks the person whether the case may go there."""
        await centres.ask(session, case_id, body.to, str(body.id))
        return Response(status_code=204)

    @api.post("/cases/{case_id}/hand-over", status_code=204)
    async def hand_over(case_id: CaseId, body: CentreBody, session: Session) -> Response:
        """Gives the case away. 409 `not_consented` when the person has not allowed it and it is no emergency."""
        given = await centres.hand_over(session, case_id, body.to)
        if interpreter is not None:
            interpreter.given_away(given)
        return Response(status_code=204)
