"""Who goes first when more come than the gateway can serve: whoever has asked for least. Nobody is turned away.

A talk that is going on is told by its token, once that has opened something here; all the others by their source. So
a flood waits for itself, and a message of somebody who talks as people talk is taken next, whatever else is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import itertools
import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.security.decaying_counter import Recent
from bot.web.middleware.source import Source

INSIDE = 8
"""Requests that are worked at at once. More would only share the same processor."""

WORKING = 0.5
"""Seconds after which a request counts as waiting for something, not as work, and the next is let in."""

BACK, MOST = 0.5, 120.0
"""Seconds by which the requests of the last minute put the next one back: by their square, so that few are next to
nothing beside a flood; and how far at most."""

SOON, HASTE = 1.5, 3.0
"""Who asks again within so many seconds is counted so many times: people read and write in between."""

SWEPT = 1000
"""Places in the line that were given up before they are taken out of it."""

KNOWN = 600.0
"""Seconds that a token is known after it opened something."""

DESK, TELEGRAM = "/desk/api/", "/telegram/"
SIGNS = "/api/writing"
"""Counted for itself: who writes much sends many of these, and their message must not wait for it."""
OPENED_BY_A_TOKEN = (
    "/api/messages", "/api/pictures", "/api/choices", "/api/language", "/api/events", "/api/access", "/api/key",
    SIGNS, DESK, TELEGRAM,
)  # fmt: skip
NEVER_BACK = (DESK, TELEGRAM)
"""A caseworker's page asks again whenever something happens, and most happens in a flood. Telegram speaks for many."""


class Turnstile:
    """Pure ASGI, within the guard: whoever comes here has sent all of the request. `now` is a monotonic clock."""

    def __init__(
        self, app: ASGIApp, source: Source, cookies: tuple[str, ...] = ("__Secure-desk", "desk"),
        now: Callable[[], float] = time.monotonic, known_limit: int = 20_000,
    ) -> None:  # fmt: skip
        self._app = app
        self._source = source
        self._cookies = cookies
        self._now = now
        self._recent = Recent()
        self._known: OrderedDict[str, float] = OrderedDict()
        self._known_limit = known_limit
        self._inside = 0
        self._waiting: list[tuple[float, int, asyncio.Future[bool]]] = []
        self._given_up = 0
        self._number = itertools.count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = self._token(scope) if scope["path"].startswith(OPENED_BY_A_TOKEN) else None
        connection = scope.get("state", {}).get("connection")
        if token is not None and self._known.get(token, 0.0) > self._now():
            if connection is not None:
                connection.recognised()
            who = token + SIGNS if scope["path"] == SIGNS else token
            await self._wait(who, 0.0 if scope["path"].startswith(NEVER_BACK) else BACK)
        elif not await self._wait(self._source(HTTPConnection(scope)), BACK, connection):
            return
        inside = True

        def out() -> None:
            nonlocal inside
            if inside:
                inside = False
                self._out()

        async def begun(message: Message) -> None:
            if message["type"] == "http.response.start":
                out()  # what is left is sending, which may take as long as the other side likes
                if token is not None:
                    self._learn(token, message["status"])
            await send(message)

        timer = asyncio.get_running_loop().call_later(WORKING, out)
        try:
            await self._app(scope, receive, begun)
        finally:
            timer.cancel()
            out()

    async def _wait(self, who: str, back: float, connection: Any = None) -> bool:
        """Until there is room, in the order of what each has asked for lately. False: `connection` has gone meanwhile,
        and nobody waits for an answer. (What somebody with a talk sends is taken all the same.)"""
        now = self._now()
        weight = HASTE if now - self._recent.last(who) < SOON else 1.0
        turn = now + min(MOST, back * self._recent.add(who, now, weight) ** 2)
        if self._inside < INSIDE:
            self._inside += 1
            return True
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (turn, next(self._number), waiter))
        if connection is not None:
            connection.when_gone = lambda: self._gone(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.result():
                self._out()
            raise

    def _gone(self, waiter: asyncio.Future[bool]) -> None:
        if waiter.done():
            return
        waiter.set_result(False)
        self._given_up += 1
        if self._given_up > max(SWEPT, len(self._waiting) // 2):
            self._waiting = [entry for entry in self._waiting if not entry[2].done()]
            heapq.heapify(self._waiting)
            self._given_up = 0

    def _out(self) -> None:
        """One is done: its place goes to the next, in one step."""
        while self._waiting:
            waiter = heapq.heappop(self._waiting)[2]
            if not waiter.done():
                waiter.set_result(True)
                return
        self._inside -= 1

    def _learn(self, token: str, status: int) -> None:
        if status == 401:
            self._known.pop(token, None)
        elif status < 400:
            self._known[token] = self._now() + KNOWN
            self._known.move_to_end(token)
            while len(self._known) > self._known_limit:
                self._known.popitem(last=False)

    def _token(self, scope: Scope) -> str | None:
        """A hash of what opens a talk, the desk or Telegram's door; None without."""
        headers = Headers(scope=scope)
        said = headers.get("authorization", "")
        if scope["path"].startswith(TELEGRAM):
            said = headers.get("x-telegram-bot-api-secret-token", "")
        elif scope["path"].startswith(DESK):
            try:
                found = SimpleCookie(headers.get("cookie", ""))
            except CookieError:
                return None
            said = next((found[name].value for name in self._cookies if name in found), "")
        return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest() if said else None
