"""The desk's pages: one shell for log-in, queue and conversation, and the page of an invitation.

Neither holds anything of a case: the shell is the same for everybody, whatever the cookie says (which a
browser does not send along when a link to the page is opened from another app).
"""

from __future__ import annotations

import json
from pathlib import Path as Folder
from typing import Annotated, Any

import pyotp
import segno
from fastapi import APIRouter, Header, Path, Query, Request, Response
from starlette.templating import Jinja2Templates

from bot.desk.exports import SHORTEST
from bot.desk.service import OUTCOMES, Desk
from bot.domain.audit import MUTED_FOR, REASONS, TAKEN_FOR
from bot.domain.ports import Catalogue
from bot.domain.roles import ROLES
from bot.security.passkeys import place_of
from bot.security.passwords import COMMON, ENOUGH
from bot.settings import Settings
from bot.web.assets import modules, version

TEMPLATES = Jinja2Templates(directory=Folder(__file__).parent / "templates")
LANGUAGES = ("nl", "fr", "en")
"""What caseworkers work in; what people write in is another matter."""

ISSUER = "Inloop"
PAGES = ("desk", "desk_manage", "desk_handover", "desk_invite")


def router(desk: Desk, words: Catalogue, settings: Settings, *, practice: bool = False) -> APIRouter:
    """`/desk`, `/desk/manage` and `/desk/invite/<secret>`; where somebody can practise, `/desk/practice`."""
    rules = settings.retention
    kept = {outcome: rules.reasons.get(outcome, rules.case).days for outcome in OUTCOMES}
    pages = APIRouter(include_in_schema=False)
    stamp = version()
    imported = {page: modules(f"{page}.js") for page in PAGES}
    offered = [language for language in words.languages if language.code in LANGUAGES]

    def chosen(lang: str, accept_language: str) -> str:
        """The language of the page: as asked for, or the first of the browser's that there is."""
        wanted = [lang, *(part.partition(";")[0] for part in accept_language.split(","))]
        codes = {language.code for language in offered}
        found = (code for code in map(words.fallback, wanted) if code in codes)
        return next(found, None) or offered[0].code

    def page(request: Request, template: str, lang: str, **values: Any) -> Response:
        labels = dict(words.labels("desk", lang))
        if settings.pictures:
            labels |= {f"picture_{name}": words.label(f"picture.{name}", lang) for name in ("show", "hard")}
        if values.get("practice"):  # in the title and over every list, so that nobody takes it for the desk
            labels["title"] = f"{labels['practice']} · {labels['title']}"
        values["passkeys"] = place_of(settings.public_url, request.headers.get("Host", "")) is not None
        values |= {"lang": lang, "languages": offered, "words": labels, "version": stamp}
        values["modules"] = imported[template.removesuffix(".html")]
        values["words_json"] = json.dumps(labels, ensure_ascii=False)
        return TEMPLATES.TemplateResponse(request, template, values)

    @pages.get("/desk")
    async def shell(
        request: Request,
        lang: Annotated[str, Query(max_length=35)] = "",
        accept_language: Annotated[str, Header(max_length=500)] = "",
    ) -> Response:
        return desk_page(request, chosen(lang, accept_language))

    def desk_page(request: Request, language: str, **more: Any) -> Response:
        values: dict[str, Any] = {"outcomes": OUTCOMES, "kept": kept, "max_text": settings.max_text} | more
        values |= {"spoken": words.languages, "taken_for": TAKEN_FOR, "muted_for": MUTED_FOR}
        values["writing"] = settings.show_writing
        values["can_practise"] = practice
        return page(request, "desk.html", language, **values)

    if practice:

        @pages.get("/desk/practice")
        async def practising(
            request: Request,
            lang: Annotated[str, Query(max_length=35)] = "",
            accept_language: Annotated[str, Header(max_length=500)] = "",
        ) -> Response:
            """The desk of invented persons: the same shell, marked."""
            return desk_page(request, chosen(lang, accept_language), practice=True)

    @pages.get("/desk/manage")
    async def manage(
        request: Request,
        lang: Annotated[str, Query(max_length=35)] = "",
        accept_language: Annotated[str, Header(max_length=500)] = "",
    ) -> Response:
        """People, the log, figures, one case: the same shell for everybody, as `shell` is."""
        language = chosen(lang, accept_language)
        values: dict[str, Any] = {"roles": ROLES, "reasons": REASONS, "shortest": SHORTEST, "spoken": words.languages}
        return page(request, "desk_manage.html", language, **values)

    @pages.get("/desk/handover")
    async def handover(
        request: Request,
        lang: Annotated[str, Query(max_length=35)] = "",
        accept_language: Annotated[str, Header(max_length=500)] = "",
    ) -> Response:
        """What one shift leaves to the next: the same shell for everybody, as `shell` is."""
        return page(request, "desk_handover.html", chosen(lang, accept_language))

    @pages.get("/desk/invite/{secret}")
    async def invitation(
        request: Request,
        secret: Annotated[str, Path(max_length=200)],
        lang: Annotated[str, Query(max_length=35)] = "",
        accept_language: Annotated[str, Header(max_length=500)] = "",
    ) -> Response:
        """Opening the page uses nothing up: messengers open links by themselves to show a preview."""
        language = chosen(lang, accept_language)
        invite = await desk.invitation(secret)
        if invite is None:
            answer = page(request, "desk_invite.html", language, name=None)
            answer.status_code = 404
            return answer
        totp = pyotp.random_base32()
        uri = pyotp.TOTP(totp).provisioning_uri(name=invite.name, issuer_name=ISSUER)
        grouped = " ".join(totp[i : i + 4] for i in range(0, len(totp), 4))
        values: dict[str, Any] = {"name": invite.name, "totp": totp, "grouped": grouped}
        values |= {"picture": picture(uri), "uri": uri}
        values |= {"common": json.dumps(COMMON), "enough": ENOUGH}
        return page(request, "desk_invite.html", language, **values)

    return pages


def picture(text: str) -> str:
    """A QR code as a `data:` address: it is shown once and is nowhere to be fetched."""
    return segno.make(text, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
