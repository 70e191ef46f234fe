"""Who is asking: the desk's cookie, and what keeps other sites from using it.

The cookie is `HttpOnly`, `SameSite=Strict` and only sent under `/desk`. Whatever changes something must also
come from a page of this gateway (`Origin`) and carry the session's own token in a header, which no other site
can set or read.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import Request, Response

from bot.domain.roles import supervises, works_on_cases
from bot.security.guessing import KNOWN_FOR
from bot.storage.database.errors import Forbidden
from bot.storage.store import DeskSession, Store
from bot.web.errors import ApiError

CSRF_HEADER = "X-Desk-Token"
PATH = "/desk"
SAFE = {"GET", "HEAD", "OPTIONS"}
HERE = f"{PATH}/api/session/here"
ATTEMPT = 600
"""Seconds."""


class Door:
    """Opens the session of a request. `public_url` is empty while people reach the gateway directly."""

    def __init__(self, store: Store, *, secure: bool, public_url: str) -> None:
        self._store = store
        self._secure = secure
        self._origin = origin(public_url) if public_url else None
        # `__Host-` would need the path "/": then the cookie went along with the visitor's requests too.
        self.cookie = "__Secure-desk" if secure else "desk"
        self._attempt = f"{self.cookie}-attempt"
        self._device = f"{self.cookie}-device"

    async def __call__(self, request: Request) -> DeskSession:
        """The session. Raises `ApiError`: 401 without one, 403 for a change that another site may ask for.

        Only what a page sends because somebody touches it puts off the end of a session. Everything else it does by
        itself too: it reads when the line breaks, when a person writes, when the phone wakes up."""
        session = await self.session(request, touch=request.url.path == HERE)
        if session is None:
            raise ApiError(401, "unauthorized", "Log in first.")
        if request.method not in SAFE:
            self.same_origin(request)
            token = request.headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(token.encode("utf-8", "replace"), session.csrf.encode()):
                raise ApiError(403, "forbidden")
        return session

    async def session(self, request: Request, *, touch: bool = False) -> DeskSession | None:
        """The session behind the cookie, while it is valid; `touch`: a person is using it, so it goes on."""
        value = request.cookies.get(self.cookie)
        return await self._store.desk_session(value, touch=touch) if value else None

    def same_origin(self, request: Request) -> None:
        """403 for a request that a page of another site sends. Browsers name the origin of every change."""
        sent = request.headers.get("Origin")
        own = self._origin or f"{request.url.scheme}://{request.headers.get('Host', '')}".lower()
        if sent is not None and sent.lower() != own:
            raise ApiError(403, "forbidden")

    def let_in(self, response: Response, value: str) -> None:
        """Sets the cookie; it ends with the browser, the session in the store may end before."""
        response.set_cookie(
            self.cookie, value, path=PATH, secure=self._secure, httponly=True, samesite="strict"
        )

    def attempt(self, request: Request) -> str:
        """What names one browser's attempt to log in; empty when it has begun none."""
        return request.cookies.get(self._attempt, "")

    def begin_attempt(self, request: Request, response: Response) -> str:
        """The same, begun if there is none: a cookie of its own, for some minutes."""
        value = self.attempt(request)[:100] or secrets.token_urlsafe(16)
        response.set_cookie(
            self._attempt, value, max_age=ATTEMPT, path=PATH, secure=self._secure, httponly=True, samesite="strict"
        )
        return value

    def device(self, request: Request) -> str:
        """By what a browser is known again (`security/guessing.py`); empty for one in which nobody has logged in."""
        return request.cookies.get(self._device, "")

    def know_device(self, response: Response, value: str) -> None:
        """It stays when somebody logs out: it lets nobody in, and says no name."""
        response.set_cookie(
            self._device, value, max_age=int(KNOWN_FOR.total_seconds()), path=PATH, secure=self._secure, httponly=True,
            samesite="strict",
        )  # fmt: skip

    async def log_out(self, request: Request) -> None:
        """End the session behind the cookie."""
        await self._store.log_out(request.cookies[self.cookie])

    def let_out(self, response: Response) -> None:
        """Takes the cookie back."""
        response.delete_cookie(self.cookie, path=PATH, secure=self._secure, httponly=True, samesite="strict")


def origin(url: str) -> str:
    """`https://chat.example.org` of an address, as a browser writes it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


class Only:
    """A dependency like `Door`, for those whose role `may`; raises `Forbidden` for everybody else."""

    def __init__(self, door: Door, may: Callable[[str], bool]) -> None:
        self._door = door
        self._may = may

    async def __call__(self, request: Request) -> DeskSession:
        session = await self._door(request)
        if not self._may(session.role):
            raise Forbidden
        return session


class Workers(Only):
    """Who works on cases: not an administrator."""

    def __init__(self, door: Door) -> None:
        super().__init__(door, works_on_cases)


class Supervisors(Only):
    """Who reads the log and the figures: a coordinator."""

    def __init__(self, door: Door) -> None:
        super().__init__(door, supervises)


class Fresh:
    """A dependency like `Door`, for what takes data out, changes people, or changes how one logs in: the password was
    given in the last minutes. 403 `password_again` otherwise, and the same request is good after that."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, request: Request) -> DeskSession:
        session = await self._door(request)
        if not session.fresh:
            raise ApiError(403, "password_again", "Give your password again.")
        return session
