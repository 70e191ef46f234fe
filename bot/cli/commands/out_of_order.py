"""What is served while the gateway itself cannot start: the numbers, on every page, and nothing that anybody sends."""

from __future__ import annotations

import asyncio
import contextlib
import html

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot import content
from bot.content import SEVERAL
from bot.domain.model import Urgency
from bot.domain.speaker import Speaker
from bot.settings import CONTENT, Settings
from bot.web.middleware.guard import Guard

TRIES_AGAIN = 30.0
"""Seconds until the process ends, for the service manager to try once more: a database may be back by then."""


def numbers() -> str:
    """The card of an emergency in several languages, or at least 112."""
    try:
        return Speaker(content.load(CONTENT), SEVERAL).card(Urgency.EMERGENCY, ()).text
    except Exception:  # noqa: BLE001 - the words may be what is damaged
        return "112"


def app(settings: Settings) -> Guard:
    said = html.escape(numbers()).replace("\n", "<br>")
    page = f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><p>{said}</p>'

    async def answer(_: Request) -> HTMLResponse:
        return HTMLResponse(page, 503, {"Retry-After": str(int(TRIES_AGAIN))})

    served = Starlette()
    served.add_route("/{path:path}", answer, ["GET", "HEAD", "POST", "PUT", "DELETE"])
    return Guard(served, settings.max_body, settings.secure)


async def serve(settings: Settings) -> None:
    """For a while, or until told to stop."""
    config = uvicorn.Config(
        app(settings), host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False,
        lifespan="off", timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    asyncio.get_running_loop().call_later(TRIES_AGAIN, setattr, server, "should_exit", True)
    with contextlib.suppress(KeyboardInterrupt):
        await server.serve()
