"""A coordinator's look at one case, on the desk."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from bot.desk.service import Row
from bot.desk.supervision import Looking
from bot.domain.ports import Catalogue
from bot.storage.store import DeskSession
from bot.web.desk.errors import DeskRoute
from bot.web.desk.own_language import OwnWords
from bot.web.desk.serialise import language_of, message_shown, row_shown, told_shown
from bot.web.desk.session import Door

Reason = Literal["supervision", "owner_away", "complaint", "person_asked", "court", "handed_on"]


class LookBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: StrictStr = Field(pattern="^[A-Za-z0-9 -]{1,20}$")
    reason: Reason


def router(looking: Looking, words: Catalogue, door: Door) -> APIRouter:
    """`/desk/api/looks`: asking for it is an act, so it is a POST."""
    api = APIRouter(prefix="/desk/api", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(door)])
    own = OwnWords(words)
    Session = Annotated[DeskSession, Depends(door)]

    @api.post("/looks")
    async def look(
        body: LookBody, session: Session, lang: Annotated[str, Query(max_length=35)] = ""
    ) -> dict[str, Any]:
        """The case, all messages, and what the person answered in forms. The house's own words are in `lang`, else in
        the session's language."""
        opened = await looking.look(session, body.number, body.reason)
        language = language_of(words, session, lang)
        return {
            "case": row_shown(Row(opened.case, opened.why)),
            "messages": [message_shown(message) | own.of(message, language) for message in opened.messages],
            "told": told_shown(opened.sheet, words, language),
        }

    return api
