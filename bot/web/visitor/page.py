"""The visitor's page, its words, its files, and the way out."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse
from starlette.templating import Jinja2Templates

from bot.domain.ports import Catalogue
from bot.settings import Settings
from bot.web.assets import version
from bot.web.errors import ApiError

HERE = Path(__file__).parent
TEMPLATES = Jinja2Templates(directory=HERE / "templates")

DOOR = frozenset({"/", "/talk", "/leave"})
"""The pages that an allowed site may show in a frame."""

SAID = {
    **{code: f"errors.{code}" for code in ("empty", "too_long", "too_many")},
    "failed": "errors.generic",
    "deleted": "forget.done",
    "unread_kind": "unread_kind",
}
"""What the page itself says: by the code of an error, or for what only the page can know."""


ABOUT = {"about_program": "program_", "accessibility": "access_"}
"""The pages about these pages, each by the label of its link, and how the names of its texts begin."""

WITHOUT_SCRIPTS = frozenset(
    (
        "before_nobody", "earlier", "look_explained", "many_begin", "new_messages", "not_sent", "page_closed_sent",
        "retry", "you_label",
    )
)  # fmt: skip
"""Words that stand only on the pages without scripts, or come when they are true: no phone waits for them here."""


BEFORE = frozenset(
    (
        "about_program", "accessibility", "before_free", "before_history", "before_leave", "before_who",
        "call_112", "call_stop", "choose_language", "close", "connection_lost", "free_short", "how_remove",
        "leave_keys", "leave_now", "listen", "listen_stop", "menu", "restore_chat", "return_code_label",
        "sit_down", "start", "title", "what_is_kept", "who_is_this",
    )
)  # fmt: skip
"""Words that are read before a talk begins: the others come while one reads them, and so does what is folded away."""


def towards(text: str, rtl: bool) -> str:
    """The direction of a text on a page: as its first letter says, but on a page from right to left a text with such
    letters is one, though it may begin with a Latin name."""
    return "rtl" if rtl and any("\u0590" <= letter <= "\u08ff" for letter in text) else "auto"


def words_of_pictures(words: Catalogue, code: str) -> dict[str, str]:
    """What the form says that sends a picture: its own words, and by the code of an error what was wrong."""
    own, visitor = words.labels("picture", code), words.labels("visitor", code)
    faults = {f"picture_{name}": own[name] for name in ("kind", "large", "many")}
    said = {"too_large": own["large"], "too_many": words.say("errors.too_many", code)}
    said |= {"failed": words.say("errors.generic", code), "send": visitor["send"], "close": visitor["close"]}
    return faults | said | {name: own[name] for name in ("button", "explained")}


TEMPLATES.env.globals["towards"] = towards
TEMPLATES.env.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}


def dial(number: str) -> str:
    """A number as a `tel:` link wants it."""
    return "".join(ch for ch in number if ch.isdigit() or ch == "+")


def in_app(link: str | None) -> dict[str, str] | None:
    """A link into Telegram as one that the app itself opens: the browser's history does not hold the code then, and no
    web server of Telegram's is asked. With the bot's name, for whoever has to look for it."""
    if link is None:
        return None
    parts = urlsplit(link)
    bot, start = parts.path.strip("/"), parts.query.removeprefix("start=")
    return {"bot": bot, "link": f"tg://resolve?domain={bot}&start={start}"}


def packed(request: Request, response: Response) -> Response:
    """Compressed where the browser can take it. Only for what is the same for everybody: the length of a compressed
    page that holds a secret beside somebody's words tells about the secret."""
    response.headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.body = gzip.compress(bytes(response.body), 6)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response


def accepted(request: Request) -> list[str]:
    """The languages that a browser asks for, the first one first."""
    said = request.headers.get("Accept-Language", "")[:500]
    return [part.split(";")[0].strip() for part in said.split(",") if part.strip()]


def calls(words: Catalogue) -> dict[str, str]:
    """The numbers of a page's first lines, as links dial them."""
    return {"emergency": dial(words.fact("emergency_phone")), "stop_dial": dial(words.fact("stop_phone"))}


def words_before(words: Catalogue, code: str, nobody: str) -> dict[str, Any]:
    """What the page says in one language before a talk begins. `nobody`: that no caseworker reads now, where it is so,
    which is said before anybody waits for one."""
    language = next(language for language in words.languages if language.code == code)
    labels = {name: text for name, text in words.labels("visitor", code).items() if name in BEFORE}
    return {"language": code, "rtl": language.rtl, "labels": labels, "nobody": nobody}


def words_within(words: Catalogue, code: str) -> dict[str, Any]:
    """What it says in a talk besides."""
    language = next(language for language in words.languages if language.code == code)
    labels = {n: text for n, text in words.labels("visitor", code).items() if n not in WITHOUT_SCRIPTS | BEFORE}
    said = {name: words.say(key, code) for name, key in SAID.items()}
    facts = {"emergency": dial(words.fact("emergency_phone")), "stop": dial(words.fact("stop_phone"))}
    return {"labels": labels, "said": said, "facts": facts, "draft": language.answers == "draft"}


def about(words: Catalogue, page: str, code: str) -> dict[str, Any]:
    """A page of `ABOUT` in one language."""
    texts = [text for name, text in words.labels("info", code).items() if name.startswith(ABOUT[page])]
    return {"title": words.label(f"visitor.{page}", code), "texts": texts}


def router(words: Catalogue, settings: Settings, nobody: Callable[[str], Awaitable[str]]) -> APIRouter:
    """`/`, `/words/<language>`, `/words/<language>/within`, `/about/<language>/<page>`, `/leave`, and `/embed.js` where
    sites may show the chat. `nobody`: that no caseworker reads now, in a language; empty where one does."""
    pages = APIRouter(include_in_schema=False)
    stamp = version()

    @pages.get("/")
    async def visitor(request: Request) -> Response:
        own = next(filter(None, map(words.fallback, accepted(request))), words.languages[0].code)
        languages = sorted(words.languages, key=lambda language: language.code != own)
        values: dict[str, Any] = {"languages": languages, "version": stamp, **calls(words)}
        values |= {"words": words.labels("visitor", own), "who": words.answer("about_us", own).text}
        values |= {"exit_url": settings.exit_url, "max_text": settings.max_text, "writing": settings.show_writing}
        values["picture"] = words.labels("picture", own)["button"] if settings.pictures else ""
        values["own"] = words_before(words, own, await nobody(own))
        onion = {"Onion-Location": settings.onion_url} if settings.onion_url else None
        return packed(request, TEMPLATES.TemplateResponse(request, "visitor.html", values, headers=onion))

    @pages.get("/words/{lang}")
    async def page_words(lang: str, request: Request) -> Response:
        code = words.fallback(lang)
        if code is None:
            raise ApiError(404, "unknown_language")
        return packed(request, JSONResponse(words_before(words, code, await nobody(code))))

    @pages.get("/words/{lang}/within")
    async def talk_words(lang: str, request: Request) -> Response:
        code = words.fallback(lang)
        if code is None:
            raise ApiError(404, "unknown_language")
        return packed(request, JSONResponse(words_within(words, code)))

    @pages.get("/words/{lang}/picture")
    async def picture_words(lang: str, request: Request) -> Response:
        code = words.fallback(lang)
        if code is None or not settings.pictures:
            raise ApiError(404, "not_found")
        return packed(request, JSONResponse(words_of_pictures(words, code)))

    @pages.get("/about/{lang}/{page}")
    async def about_page(lang: str, page: str, request: Request) -> Response:
        code = words.fallback(lang)
        if code is None or page not in ABOUT:
            raise ApiError(404, "not_found")
        return packed(request, JSONResponse(about(words, page, code)))

    @pages.get("/leave")
    async def leave() -> RedirectResponse:
        return RedirectResponse(settings.exit_url, status_code=303)

    @pages.get("/embed.js")
    async def embed() -> Response:
        if not settings.embed_sites:
            raise ApiError(404, "not_found")
        return FileResponse(HERE / "static" / "embed.js", media_type="text/javascript")

    return pages
