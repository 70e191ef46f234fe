"""The desk's routes for translation: reading a person, and preparing what a person will read."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `add`.
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from bot.desk.interpreter import Draft, Interpreter, Reading
from bot.storage.store import DeskSession
from bot.translation import Translation, Unavailable
from bot.web.desk.session import Door

BIG = 2**53
Own = Annotated[StrictStr, Field(pattern="^(nl|fr|en)$")]
"""The language a caseworker works in: those of `pages.LANGUAGES`."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReadBody(_Body):
    seqs: list[Annotated[StrictInt, Field(ge=1, le=BIG)]] = Field(max_length=50)
    into: Own


class IntoBody(_Body):
    into: Own


class DraftBody(_Body):
    text: StrictStr
    own: Own


class BackBody(DraftBody):
    original: StrictStr


class OriginalBody(_Body):
    """What goes along with a reply that a machine translated."""

    text: StrictStr
    own: Own
    looked: StrictBool = False


def translation_shown(made: Translation) -> dict[str, Any]:
    return {"text": made.text, "doubts": [doubt.value for doubt in made.doubts], "via": list(made.via)}


def reading_shown(reading: Reading) -> dict[str, Any]:
    """`{"from", and one of: "same": true, "missing": reason, "text" with "doubts" and "via"}`."""
    data: dict[str, Any] = {"from": reading.language}
    if reading.same:
        return data | {"same": True}
    if reading.made is None:
        return data | {"missing": reading.reason.value if reading.reason else "broken"}
    return data | translation_shown(reading.made)


def draft_shown(draft: Draft) -> dict[str, Any]:
    back = translation_shown(draft.back) if draft.back else None
    return {"to": draft.language, **translation_shown(draft.made), "back": back}


def add(api: APIRouter, interpreter: Interpreter, door: Door) -> None:
    """The routes under `/desk/api`."""
    Session = Annotated[DeskSession, Depends(door)]
    CaseId = Annotated[int, Path(ge=1, le=BIG)]

    @api.get("/translation/{own}")
    async def partners(own: Annotated[str, Path(pattern="^(nl|fr|en)$")], session: Session) -> dict[str, list[str]]:
        """The languages that replies written in `own` can be translated to and back."""
        return {"languages": interpreter.partners(own)}

    @api.post("/cases/{case_id}/translations")
    async def read(case_id: CaseId, body: ReadBody, session: Session) -> dict[str, Any]:
        found = await interpreter.read(session, case_id, set(body.seqs), body.into)
        return {"translations": [{"seq": seq, **reading_shown(reading)} for seq, reading in found.items()]}

    @api.post("/cases/{case_id}/translations/told")
    async def read_told(case_id: CaseId, body: IntoBody, session: Session) -> dict[str, Any]:
        """The same for what the person answered in forms in their own words: `of` which it is the translation."""
        found = await interpreter.read_told(session, case_id, body.into)
        return {"translations": [{"of": text, **reading_shown(reading)} for text, reading in found.items()]}

    @api.post("/cases/{case_id}/drafts")
    async def draft(case_id: CaseId, body: DraftBody, session: Session) -> dict[str, Any]:
        """What the person would read, and that translated back; or `{"missing": reason}`."""
        try:
            return draft_shown(await interpreter.draft(session, case_id, body.text, body.own))
        except Unavailable as unavailable:
            return {"missing": unavailable.reason.value}

    @api.post("/cases/{case_id}/drafts/back")
    async def back(case_id: CaseId, body: BackBody, session: Session) -> dict[str, Any]:
        """The same for a translation that the caseworker has changed or chosen."""
        try:
            return draft_shown(await interpreter.back(session, case_id, body.original, body.text, body.own))
        except Unavailable as unavailable:
            return {"missing": unavailable.reason.value}

    @api.post("/cases/{case_id}/drafts/alternatives")
    async def alternatives(case_id: CaseId, body: DraftBody, session: Session) -> dict[str, Any]:
        try:
            found = await interpreter.alternatives(session, case_id, body.text, body.own)
        except Unavailable as unavailable:
            return {"missing": unavailable.reason.value}
        return {"alternatives": [translation_shown(made) for made in found]}
