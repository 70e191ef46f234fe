"""The practice desk under `/desk/practice`: the desk's own routes, each room's on the store of that room.

The browser has no other cookie than that of the real session. It only says whose room it is: what is read and written
is the room's, and the token that changes need is the room's too, so that a page of the one desk can change nothing at
the other.
"""

# No `from __future__ import annotations`: FastAPI reads the dependencies that are named within `router`.
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from starlette.types import Receive, Scope, Send

from bot.desk.practice import DeskSession, Practice, Room, TooManyPractise
from bot.domain.ports import Catalogue
from bot.domain.roles import works_on_cases
from bot.runtime.logs import practising
from bot.web import errors
from bot.web.desk.errors import DeskRoute
from bot.web.desk.session import HERE, PATH, SAFE, Door
from bot.web.errors import ApiError

ROOM = f"{PATH}/practice"


class RoomDoor(Door):
    """Opens the session of a room for whoever has the real session that it belongs to."""

    def __init__(self, practice: Practice, room: Room, real: Door) -> None:
        self._practice = practice
        self._room = room
        self._real = real

    async def session(self, request: Request, *, touch: bool = False) -> DeskSession | None:
        """The room's session, while the real one and the room last. Somebody who practises is there: `touch` puts off
        the end of both."""
        used = touch or request.method not in SAFE
        real = await self._real.session(request, touch=used)
        if real is None or self._practice.room(real) is not self._room:
            return None
        if used:
            self._practice.touch(self._room)
        return await self._room.store.desk_session(self._room.cookie, touch=True)

    def same_origin(self, request: Request) -> None:
        self._real.same_origin(request)

    async def log_out(self, request: Request) -> None:
        """End the practice; the real session goes on."""
        real = await self._real.session(request)
        if real is not None:
            await self._practice.end(real)

    def let_out(self, response: Response) -> None:
        """Leave the cookie: it is the real session's."""


class Rooms:
    """An ASGI application that hands a request to the routes of the room that its cookie belongs to."""

    def __init__(
        self, practice: Practice, door: Door, words: Catalogue, routes: Callable[[Room, Catalogue, Door], APIRouter]
    ) -> None:
        self._practice = practice
        self._door = door
        self._words = words
        self._routes = routes
        self._apps: WeakKeyDictionary[Room, FastAPI] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        real = await self._door.session(Request(scope))
        room = self._practice.room(real) if real is not None else None
        if room is None:
            await errors.error(401, "unauthorized", "Begin to practise first.")(scope, receive, send)
            return
        app = self._apps.get(room) or self._apps.setdefault(room, self._made(room))
        path = PATH + scope["path"].removeprefix(ROOM)
        inner = {name: value for name, value in scope.items() if name not in {"route", "endpoint", "path_params"}}
        said = practising.set(True)
        try:
            await app(inner | {"path": path, "raw_path": path.encode()}, receive, send)
        finally:
            practising.reset(said)

    def _made(self, room: Room) -> FastAPI:
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        errors.install(app)
        door = RoomDoor(self._practice, room, self._door)
        app.include_router(self._routes(room, self._words, door))

        @app.post(HERE, status_code=204)
        async def here(request: Request) -> Response:
            await door(request)
            return Response(status_code=204)

        return app


class BeginBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    language: StrictStr = Field(max_length=35)


def router(
    practice: Practice, door: Door, words: Catalogue, routes: Callable[[Room, Catalogue, Door], APIRouter]
) -> APIRouter:
    """`/desk/practice/api`; the page is with the other pages. `routes`: those of a room."""
    api = APIRouter(tags=["desk"], route_class=DeskRoute)

    @api.post(f"{ROOM}/begin", status_code=204)
    async def begin(body: BeginBody, request: Request) -> Response:
        """A new room with its persons, in place of the one before. 401 without a real session, 403 for who does not
        work on cases, 429 while too many practise. It changes nothing at the desk: no token is needed for it."""
        door.same_origin(request)
        session = await door.session(request, touch=True)
        if session is None:
            raise ApiError(401, "unauthorized", "Log in first.")
        if not works_on_cases(session.role):
            raise ApiError(403, "forbidden")
        try:
            await practice.begin(session, words.fallback(body.language) or words.languages[0].code)
        except TooManyPractise:
            raise ApiError(429, "too_many", "Too many practise now.") from None
        return Response(status_code=204)

    rooms: Any = Rooms(practice, door, words, routes)  # an ASGI application: all methods, streams too
    api.add_route(f"{ROOM}/api/{{rest:path}}", rooms, include_in_schema=False)
    return api
