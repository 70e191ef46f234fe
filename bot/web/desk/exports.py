"""Taking one case out of the house, from the desk: a page to print, or an encrypted ZIP."""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from jinja2 import Environment, FileSystemLoader
from pydantic import Field, StrictStr

from bot.desk.exports import SHORTEST, Export, Exporting
from bot.desk.service import Row
from bot.domain.ports import Catalogue
from bot.storage.store import DeskSession
from bot.web.desk.errors import DeskRoute
from bot.web.desk.own_language import OwnWords
from bot.web.desk.serialise import language_of, message_shown, row_shown, told_shown
from bot.web.desk.session import Door, Fresh
from bot.web.desk.supervision import LookBody
from bot.web.errors import ApiError

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)


class ExportBody(LookBody):
    form: Literal["page", "zip"]
    password: StrictStr = Field("", max_length=1000)


def export_shown(export: Export, words: Catalogue, lang: str) -> dict[str, Any]:
    """The case, its messages, what was told. `extent` `facts`: nobody's own words are in it."""
    opened, own = export.opened, OwnWords(words)
    return {
        "case": row_shown(Row(opened.case, opened.why)),
        "messages": [message_shown(message) | own.of(message, lang) for message in opened.messages],
        "told": told_shown(opened.sheet, words, lang),
        "extent": export.extent.value,
        "mode": export.mode,
        "reason": export.reason,
    }


def rendered(words: Catalogue, language: str) -> Callable[[Export], dict[str, str]]:
    """What makes the files of a ZIP of an export: a page to read, and the same as JSON."""

    def render(export: Export) -> dict[str, str]:
        return files(export.opened.case.number, export_shown(export, words, language), words, language)

    return render


def files(name: str, shown: Mapping[str, Any], words: Catalogue, language: str) -> dict[str, str]:
    """A page to read and the same as JSON; `shown` as `export_shown` makes it, or without a case."""
    labels = words.labels("desk", language)
    rtl = next(known.rtl for known in words.languages if known.code == language)
    page = TEMPLATES.get_template("export.html").render(words=labels, lang=language, rtl=rtl, **shown)
    return {f"{name}.html": page, f"{name}.json": json.dumps(shown, ensure_ascii=False, indent=1)}


def router(exporting: Exporting, words: Catalogue, door: Door) -> APIRouter:
    """`/desk/api/exports`."""
    api = APIRouter(prefix="/desk/api", tags=["desk"], route_class=DeskRoute, dependencies=[Depends(door)])
    Again = Annotated[DeskSession, Depends(Fresh(door))]

    @api.post("/exports")
    async def export(body: ExportBody, session: Again, lang: Annotated[str, Query(max_length=35)] = "") -> Response:
        """`page`: JSON that the desk's page prints. `zip`: a file, opened by `password` (sixteen characters and more).
        409 `not_consented` when the person has not allowed that it goes there."""
        language = language_of(words, session, lang)

        if body.form == "page":
            shown = export_shown(await exporting.page(session, body.number, body.reason), words, language)
            return Response(json.dumps(shown, ensure_ascii=False), media_type="application/json")
        if len(body.password) < SHORTEST:
            raise ApiError(422, "invalid")
        case, sealed = await exporting.zip(session, body.number, body.reason, body.password, rendered(words, language))
        headers = {"Content-Disposition": f'attachment; filename="{case.number}.zip"'}
        return Response(sealed, media_type="application/zip", headers=headers)

    return api
