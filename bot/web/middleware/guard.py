"""What stands before every route: a limit on the size of a body, and headers that keep the page to itself."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence

from starlette.datastructures import Headers, MutableHeaders
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


SCRIPT = "/embed.js"
"""What pages of other sites load."""

DESKS = frozenset({"/desk", "/desk/practice"})
"""The one page that may start a worker, with the one address that its script makes: phones show notifications through
one only; and the same page to practise at. It may be put on a home screen, without which an iPhone shows none."""
DESK_POLICY = POLICY.replace("trusted-types 'none'", "trusted-types desk-worker; manifest-src 'self'")

PICTURE = re.compile(r"/desk/api/cases/[0-9]+/pictures/[0-9]+")
PICTURE_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Of what a stranger sent, though it was made anew: opened by itself it is a picture and can do nothing."""

LARGE_AT_ONCE = 8
"""Requests with a body of more than `max_body` that are in the memory at once. Who comes then comes again."""

SLOWEST_LARGE = 60.0
"""Seconds that such a body may take to arrive."""

DRAIN = 16
"""How many times the limit is still read and thrown away, so that a client that is only clumsy hears why."""

UNHURRIED = 1.0
"""Seconds until somebody hears that it was too much: who does it on purpose would come back at once."""

SLOWEST = 20.0
"""Seconds that a body may take to arrive."""


class Guard:
    """Pure ASGI, so that streams stay streams. `max_body` is in bytes; a body is read whole before anything else sees
    it, so a slow or endless one costs a bounded buffer and a bounded time. `sites` may show the pages at the paths of
    `door` in a frame, and nothing else. `larger`: paths that take more than `max_body`, and how much."""

    def __init__(
        self, app: ASGIApp, max_body: int, secure: bool, sites: Sequence[str] = (), door: Collection[str] = (),
        larger: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        self._app = app
        self._max_body = max_body
        self._larger = larger or {}
        self._large = 0
        self._door = door
        self._framed = POLICY.replace("frame-ancestors 'none'", "frame-ancestors " + " ".join(sites)) if sites else None
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
                if self._framed is not None and scope["path"] in self._door:
                    headers["Content-Security-Policy"] = self._framed
                    del headers["X-Frame-Options"]  # it cannot name a site
                elif self._framed is not None and scope["path"] == SCRIPT:
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                elif PICTURE.fullmatch(scope["path"]):
                    headers["Content-Security-Policy"] = PICTURE_POLICY
                elif scope["path"] in DESKS:
                    headers["Content-Security-Policy"] = DESK_POLICY
                if "server" in headers:
                    del headers["server"]
            await send(message)

        if scope["path"] not in self._larger:
            await self._guarded(scope, receive, guarded_send, self._max_body, DRAIN * self._max_body, SLOWEST)
        elif self._large >= LARGE_AT_ONCE:
            headers = {"Connection": "close", "Retry-After": "10"}
            await error(503, "busy", headers=headers)(scope, receive, guarded_send)
        else:
            self._large += 1
            try:
                most = self._larger[scope["path"]]
                await self._guarded(scope, receive, guarded_send, most, 2 * most, SLOWEST_LARGE)
            finally:
                self._large -= 1

    async def _guarded(
        self, scope: Scope, receive: Receive, guarded_send: Send, most: int, drained: int, slowest: float
    ) -> None:
        if self._announced(scope) > drained:  # more than would be read anyway
            await asyncio.sleep(UNHURRIED)
            await error(413, "too_large", headers={"Connection": "close"})(scope, receive, guarded_send)
            return
        try:
            body = await asyncio.wait_for(self._body(receive, most, drained), slowest)
        except TimeoutError:
            await error(408, "too_slow", headers={"Connection": "close"})(scope, receive, guarded_send)
            return
        if body is None:
            await asyncio.sleep(UNHURRIED)
            # Closed, for what is still on the way would be read for as long as it comes.
            await error(413, "too_large", headers={"Connection": "close"})(scope, receive, guarded_send)
            return
        given = False

        async def replayed() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replayed, guarded_send)

    @staticmethod
    def _announced(scope: Scope) -> int:
        """The size that the request says it has; 0 without one."""
        said = Headers(scope=scope).get("content-length", "")
        return int(said) if said.isdecimal() and len(said) < 20 else 0

    async def _body(self, receive: Receive, most: int, drained: int) -> bytes | None:
        """All of it, or None when it is too large (then it was read on for a while and thrown away)."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            if size <= most:
                parts.append(part)
            if message["type"] != "http.request" or not message.get("more_body") or size > drained:
                return b"".join(parts) if size <= most else None
