"""The visitor's page, its words, its files, and the way out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.ports import Catalogue
from bot.web.errors import ApiError

HERE = Path(__file__).parent
STATIC = StaticFiles(directory=HERE / "static")
TEMPLATES = Jinja2Templates(directory=HERE / "templates")


def version() -> str:
    """Changes when a file of the page changes, so that a browser takes the new one."""
    digest = hashlib.sha256()
    for path in sorted((HERE / "static").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def dial(number: str) -> str:
    """A number as a `tel:` link wants it."""
    return "".join(ch for ch in number if ch.isdigit() or ch == "+")


def router(words: Catalogue, exit_url: str, max_text: int) -> APIRouter:
    """`/`, `/words/<language>`, `/leave`."""
    pages = APIRouter(include_in_schema=False)
    stamp = version()

    @pages.get("/")
    async def visitor(request: Request) -> Response:
        return TEMPLATES.TemplateResponse(
            request,
            "visitor.html",
            {
                "languages": words.languages,
                "first": words.languages[0],
                "exit_url": exit_url,
                "max_text": max_text,
                "version": stamp,
                "stop_phone": words.fact("stop_phone"),
                "stop_dial": dial(words.fact("stop_phone")),
            },
        )

    @pages.get("/words/{lang}")
    async def page_words(lang: str) -> JSONResponse:
        code = words.fallback(lang)
        if code is None:
            raise ApiError(404, "unknown_language")
        rtl = next(language.rtl for language in words.languages if language.code == code)
        facts: dict[str, Any] = {
            "emergency": dial(words.fact("emergency_phone")),
            "stop": dial(words.fact("stop_phone")),
        }
        return JSONResponse(
            {"language": code, "rtl": rtl, "labels": dict(words.labels("visitor", code)), "facts": facts}
        )

    @pages.get("/leave")
    async def leave() -> RedirectResponse:
        return RedirectResponse(exit_url, status_code=303)

    return pages
