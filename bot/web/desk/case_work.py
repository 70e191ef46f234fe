"""The desk's routes for a case besides the talk: from hand to hand, ready-made replies, notes, plans, skills."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr, model_validator

from bot.desk.case_card import CaseFile
from bot.desk.case_work import LONGEST_HOW, CaseWork
from bot.desk.interpreter import Interpreter
from bot.domain.handoff import IllegalMove
from bot.domain.model import Case
from bot.storage.people.skills import MOST
from bot.storage.store import DeskSession, Plan
from bot.web.desk.calendar_feed import Feed
from bot.web.desk.serialise import brief
from bot.web.desk.session import Door, Workers
from bot.web.errors import ApiError

BIG = 2**53
Own = Annotated[str, Path(pattern="^(nl|fr|en)$")]
"""A language that caseworkers work in: those of `pages.LANGUAGES`."""
Clock = Annotated[StrictStr, Field(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9])?$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TransferBody(_Body):
    to: int = Field(ge=1, le=BIG)


class AssignBody(TransferBody):
    reason: Literal["", "owner_away", "supervision", "complaint", "person_asked"] = ""
    """Of `domain.audit`; empty for a case that nobody has."""


class CannedBody(_Body):
    id: UUID
    reply: StrictStr = Field(max_length=40)


class NoteBody(_Body):
    id: UUID
    text: StrictStr


class PlanBody(_Body):
    follow_up_on: date | None = Field(None, ge=date(2020, 1, 1), le=date(2199, 12, 31))
    start: Clock = ""
    end: Clock = ""
    how: StrictStr = Field("", max_length=LONGEST_HOW)

    @model_validator(mode="after")
    def _both_or_none(self) -> "PlanBody":
        if bool(self.start) != bool(self.end):
            raise ValueError("a window has a beginning and an end")
        return self


class SkillsBody(_Body):
    languages: list[Annotated[StrictStr, Field(max_length=20)]] = Field(max_length=40)
    capacity: int | None = Field(None, ge=1, le=MOST)


class AliasBody(_Body):
    """Empty: none."""

    name: StrictStr = Field("", max_length=200)
    line: StrictStr = Field("", max_length=400)


def plan_shown(plan: Plan) -> dict[str, Any]:
    day = plan.follow_up_on
    return {"follow_up_on": day.isoformat() if day else None, "start": plan.start, "end": plan.end, "how": plan.how}


def add(
    api: APIRouter, work: CaseWork, feed: Feed, door: Door, interpreter: Interpreter | None,
    row_shown: Callable[[Case], dict[str, Any]], file: CaseFile,
) -> None:  # fmt: skip
    """The routes under `/desk/api`."""
    _add_hands(api, work, door, row_shown)
    _add_to_bot(api, work, door, interpreter)
    _add_canned(api, work, door)
    _add_files(api, work, feed, door, file)


def _add_hands(api: APIRouter, work: CaseWork, door: Door, row_shown: Callable[[Case], dict[str, Any]]) -> None:
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/colleagues")
    async def colleagues(session: Session) -> dict[str, Any]:
        """`alias`: how persons know them. `refusal`: why no case can be offered to them now, `offline` or `full`; null
        when one can."""
        found = await work.colleagues(session)
        shown = [
            {
                "id": c.id,
                "name": c.name,
                "alias": c.alias,
                "refusal": c.refusal,
                "busy": c.busy,
                "languages": list(c.languages),
            }
            for c in found
        ]
        return {"colleagues": shown}

    @api.post("/cases/{case_id}/transfer", status_code=204)
    async def offer(case_id: CaseId, body: TransferBody, session: Session) -> Response:
        await work.offer(session, case_id, body.to)
        return Response(status_code=204)

    @api.delete("/cases/{case_id}/transfer", status_code=204)
    async def drop(case_id: CaseId, session: Session) -> Response:
        """The colleague declines, or the owner keeps the case."""
        await work.drop(session, case_id)
        return Response(status_code=204)

    @api.post("/cases/{case_id}/transfer/accept")
    async def accept(case_id: CaseId, session: Session) -> dict[str, Any]:
        return row_shown(await work.accept(session, case_id))

    @api.post("/cases/{case_id}/assign")
    async def assign(case_id: CaseId, body: AssignBody, session: Session) -> dict[str, Any]:
        """A coordinator gives an open case to a colleague who is at their desk, or takes it over. 422 without a reason
        for a case that somebody has."""
        try:
            case = await work.assign(session, case_id, body.to, body.reason)
        except IllegalMove:
            raise
        except ValueError:
            raise ApiError(422, "invalid") from None
        return row_shown(case)

    @api.get("/closed")
    async def closed(session: Session) -> dict[str, Any]:
        """What was closed last, to take it up again; `sealed`: only a coordinator can."""
        sealed = await work.sealed(session)
        return {"cases": [brief(case, sealed) for case in await work.closed(session)]}

    @api.post("/cases/{case_id}/reopen")
    async def reopen(case_id: CaseId, session: Session) -> dict[str, Any]:
        return row_shown(await work.reopen(session, case_id))


def _add_to_bot(api: APIRouter, work: CaseWork, door: Door, interpreter: Interpreter | None) -> None:
    @api.post("/cases/{case_id}/to-bot", status_code=204)
    async def to_bot(
        case_id: Annotated[int, Path(ge=1, le=BIG)], session: Annotated[DeskSession, Depends(Workers(door))]
    ) -> Response:
        await work.to_bot(session, case_id)
        if interpreter is not None:
            await interpreter.forget(session, case_id)
        return Response(status_code=204)


def _add_canned(api: APIRouter, work: CaseWork, door: Door) -> None:
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/cases/{case_id}/canned/{own}")
    async def canned(case_id: CaseId, own: Own, session: Session) -> dict[str, Any]:
        """The ready-made replies, in the caseworker's language and as the person reads them."""
        found = await work.canned(session, case_id, own)
        return {"replies": [{"id": reply.id, "own": reply.own, "person": reply.person} for reply in found]}

    @api.post("/cases/{case_id}/canned", status_code=202)
    async def say(case_id: CaseId, body: CannedBody, session: Session) -> dict[str, int]:
        return {"seq": await work.say_canned(session, case_id, str(body.id), body.reply)}


def _add_files(api: APIRouter, work: CaseWork, feed: Feed, door: Door, file: CaseFile) -> None:
    Session = Annotated[DeskSession, Depends(Workers(door))]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/cases/{case_id}/notes")
    async def notes(case_id: CaseId, session: Session) -> dict[str, Any]:
        found = await work.notes(session, case_id)
        return {"notes": [{"author": n.author, "at": n.at.isoformat(), "text": n.text} for n in found]}

    @api.post("/cases/{case_id}/notes", status_code=204)
    async def add_note(case_id: CaseId, body: NoteBody, session: Session) -> Response:
        await work.add_note(session, case_id, str(body.id), body.text)
        return Response(status_code=204)

    @api.get("/cases/{case_id}/plan")
    async def plan(case_id: CaseId, session: Session) -> dict[str, Any]:
        """When somebody looks again, and how the person is reached safely. Times are local, `HH:MM`."""
        return plan_shown(await work.plan(session, case_id))

    @api.put("/cases/{case_id}/plan", status_code=204)
    async def set_plan(case_id: CaseId, body: PlanBody, session: Session) -> Response:
        await work.set_plan(session, case_id, Plan(body.follow_up_on, body.start, body.end, body.how))
        return Response(status_code=204)

    @api.get("/follow-ups")
    async def follow_ups(session: Session) -> dict[str, Any]:
        """The cases that somebody looks at again, and those with a deadline, the earliest first; and the address of
        the same as a calendar."""
        found, days = await work.follow_ups(session), await file.due_days(session)
        path = await feed.path(session.caseworker)
        sealed = await work.sealed(session)
        deadlines = [brief(case, sealed) | {"on": on.isoformat()} for case, on, _ in days]
        return {"cases": [brief(case, sealed) for case in found], "deadlines": deadlines, "calendar": path}

    @api.delete("/follow-ups/{case_id}", status_code=204)
    async def followed_up(case_id: CaseId, session: Session) -> Response:
        """It was looked at again. Of a case that a colleague has, only they say so."""
        await work.followed_up(session, case_id)
        return Response(status_code=204)

    @api.get("/skills")
    async def skills(session: Session) -> dict[str, Any]:
        found = await work.skills(session)
        return {"languages": list(found.languages), "capacity": found.capacity}

    @api.put("/skills", status_code=204)
    async def set_skills(body: SkillsBody, session: Session) -> Response:
        try:
            await work.set_skills(session, body.languages, body.capacity)
        except ValueError:
            raise ApiError(422, "invalid") from None
        return Response(status_code=204)

    @api.get("/alias")
    async def alias(session: Session) -> dict[str, str]:
        """What persons read of one: a first name or alias, and one line."""
        found = await work.alias(session)
        return {"name": found.name, "line": found.line}

    @api.put("/alias", status_code=204)
    async def set_alias(body: AliasBody, session: Session) -> Response:
        """422 `not_a_name` for more than 24 characters or three words, for digits and links; in the line for more than
        80 characters, for digits and links."""
        try:
            await work.set_alias(session, body.name, body.line)
        except ValueError:
            raise ApiError(422, "not_a_name") from None
        return Response(status_code=204)
