"""What stands before every route: a limit on the size of a body, and headers that keep the page to itself."""

from __future__ import annotations

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.errors import error

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


DRAIN = 16
"""How many times the limit is still read and thrown away, so that a client that is only clumsy hears why."""

SLOWEST = 20.0
"""Seconds that a body may take to arrive."""


class Guard:
    """Pure ASGI, so that streams stay streams. `max_body` is in bytes; a body is read whole before anything else sees
    it, so a slow or endless one costs a bounded buffer and a bounded time."""

    def __init__(self, app: ASGIApp, max_body: int, secure: bool) -> None:
        self._app = app
        self._max_body = max_body
        self._headers = dict(HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                if "server" in headers:
                    del headers["server"]
            await send(message)

        try:
            body = await asyncio.wait_for(self._body(receive), SLOWEST)
        except TimeoutError:
            await error(408, "too_slow", headers={"Connection": "close"})(scope, receive, guarded_send)
            return
        if body is None:
            await error(413, "too_large")(scope, receive, guarded_send)
            return
        given = False

        async def replayed() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replayed, guarded_send)

    async def _body(self, receive: Receive) -> bytes | None:
        """All of it, or None when it is too large (then it was read on for a while and thrown away)."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size <= self._max_body:
                parts.append(part)
            if message["type"] != "http.request" or not message.get("more_body") or size > DRAIN * self._max_body:
                return b"".join(parts) if size <= self._max_body else None
