"""The link of a page: one tap says "I am coming", without a log-in and without anything of the case but its number.

Opening the link does nothing yet: messengers open links by themselves to show a preview, and a preview must not keep
the next one on the ladder from being called. The tap is a form, so it works without JavaScript, on whatever phone.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from starlette.templating import Jinja2Templates

from bot.domain.escalation import Acknowledgement, Paces
from bot.domain.ports import Catalogue
from bot.oncall.page_links import Links
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.oncall.escalations import Acknowledged
from bot.storage.store import Store
from bot.web.assets import DESK_TEMPLATES, version

TEMPLATES = Jinja2Templates(directory=DESK_TEMPLATES)
LANGUAGES = ("nl", "fr", "en")


def router(links: Links, store: Store, paces: Paces, words: Catalogue, live: Live) -> APIRouter:
    """`/page/<token>`: GET shows the button, POST is the tap. 404 for a link that nobody signed, 410 for a late one."""
    api = APIRouter(include_in_schema=False)
    holds = {urgency: pace.hold for urgency, pace in paces.items()}
    stamp = version()

    def shown(request: Request, accepts: str, what: str, found: Acknowledged | None, status: int = 200) -> Response:
        wanted = (words.fallback(part.partition(";")[0]) for part in accepts.split(","))
        lang = next((code for code in wanted if code in LANGUAGES), LANGUAGES[0])
        labels = dict(words.labels("desk", lang))
        values = {"lang": lang, "words": labels, "version": stamp, "what": what, "found": found}
        return TEMPLATES.TemplateResponse(request, "page.html", values, status_code=status)

    @api.get("/page/{token}")
    async def look(
        request: Request,
        token: Annotated[str, Path(max_length=100)],
        accept_language: Annotated[str, Header(max_length=500)] = "",
    ) -> Response:
        read = links.read(token)
        found = None if read is None else await store.look_at_page(read[0])
        if read is None or found is None:
            return shown(request, accept_language, "unknown", None, 404)
        if found.what is Acknowledgement.DONE:
            return shown(request, accept_language, "ask" if read[1] else "late", found, 200 if read[1] else 410)
        return shown(request, accept_language, found.what.value, found)

    @api.post("/page/{token}")
    async def tap(
        request: Request,
        token: Annotated[str, Path(max_length=100)],
        accept_language: Annotated[str, Header(max_length=500)] = "",
    ) -> Response:
        read = links.read(token)
        if read is None:
            return shown(request, accept_language, "unknown", None, 404)
        if not read[1]:
            return shown(request, accept_language, "late", None, 410)
        found = await store.acknowledge(read[0], holds)
        if found is None:
            return shown(request, accept_language, "unknown", None, 404)
        live.wake(DESK)
        live.wake(conversation(found.conversation))
        return shown(request, accept_language, found.what.value, found)

    return api
