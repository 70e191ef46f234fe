"""The one shape of every error: `{"error": {"code": "...", "message": "..."}}`. No message holds what was sent."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.conversation.service import NotKept
from bot.domain.message_text import Refused
from bot.security.admission import WorkNeeded
from bot.security.pictures import PictureRefused
from bot.security.rate_limits import TooMany
from bot.storage.database.errors import Gone

log = logging.getLogger(__name__)

MESSAGES = {
    "malformed": "The request is not valid JSON.",
    "unauthorized": "No conversation is open with this token.",
    "not_found": "There is no such thing here.",
    "too_large": "The request is too large.",
    "too_slow": "The request took too long to arrive.",
    "too_long": "The message is too long.",
    "empty": "The message is empty.",
    "invalid": "The request has not the right fields.",
    "too_many": "Too many requests; try again after the time given.",
    "too_many_replies": "There are as many ready replies as there can be.",
    "hold_time": "A reply is held until a time within seven days from now.",
    "work": "Very many talks are begun now: solve the challenge of the header, or hand it in after the time given.",
    "unknown_choice": "This choice was not offered.",
    "unknown_language": "This language is not offered.",
    "method_not_allowed": "This method is not possible here.",
    "failed": "Something went wrong on our side. Nothing you sent is lost if you send it again.",
    "not_a_name": "The name or the line is too long, or has a digit or a link in it.",
    "not_kept": "The message could not be stored; send it again. Show the card to the person who sent it.",
    "picture_kind": "This is no JPEG, PNG or WebP that can be read; nothing of it was kept.",
    "picture_large": "The picture is too large; nothing of it was kept.",
    "picture_many": "This conversation has as many pictures as it can have; nothing was kept.",
    "busy": "Too much is arriving at once; try again after the time given.",
    "forbidden": "This is not allowed.",
    "conflict": "This is not possible now.",
}
STATUS_CODES = {400: "malformed", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
                409: "conflict", 413: "too_large", 422: "invalid", 429: "too_many"}  # fmt: skip


CHALLENGE = "Inloop-Challenge"
"""The header of a response 428: `<bits> <challenge>`, as `bot/security/admission.py` explains."""


class ApiError(Exception):
    """An error with a code of `MESSAGES` and its HTTP status. `more` are numbers for the client, such as places."""

    def __init__(self, status: int, code: str, message: str | None = None, **more: Sequence[int]) -> None:
        super().__init__(code)
        self.more = more
        self.status = status
        self.code = code
        self.message = message or MESSAGES[code]


def error(
    status: int, code: str, message: str | None = None, headers: dict[str, str] | None = None, **more: Sequence[int]
) -> JSONResponse:
    """Return the response for an error."""
    return JSONResponse({"error": {"code": code, "message": message or MESSAGES[code], **more}}, status, headers)


def install(app: FastAPI) -> None:
    """Make every failure of `app` answer in this shape."""

    @app.exception_handler(ApiError)
    async def _api(_: Request, exc: ApiError) -> JSONResponse:
        return error(exc.status, exc.code, exc.message, None, **exc.more)

    @app.exception_handler(Refused)
    async def _refused(_: Request, exc: Refused) -> JSONResponse:
        return error(413 if exc.code == "too_long" else 422, exc.code)

    @app.exception_handler(PictureRefused)
    async def _picture(_: Request, exc: PictureRefused) -> JSONResponse:
        return error({"picture_large": 413, "picture_many": 409}.get(exc.code, 422), exc.code)

    @app.exception_handler(Gone)
    async def _gone(_: Request, exc: Gone) -> JSONResponse:
        return error(401, "unauthorized")

    @app.exception_handler(TooMany)
    async def _too_many(_: Request, exc: TooMany) -> JSONResponse:
        return error(429, "too_many", headers={"Retry-After": str(exc.retry_after)})

    @app.exception_handler(NotKept)
    async def _not_kept(_: Request, exc: NotKept) -> JSONResponse:
        # The card has no place in the talk: 0 is before all of it.
        card = {"seq": 0, "from": "system", "text": exc.card.text, "choices": [], "urgency": exc.card.urgency.value}
        fault = {"code": "not_kept", "message": MESSAGES["not_kept"]}
        return JSONResponse({"error": fault, "card": card}, 503, {"Retry-After": "5"})

    @app.exception_handler(WorkNeeded)
    async def _work(_: Request, exc: WorkNeeded) -> JSONResponse:
        headers = {CHALLENGE: f"{exc.bits} {exc.challenge}", "Retry-After": str(exc.seconds)}
        return error(428, "work", headers=headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, exc: RequestValidationError) -> JSONResponse:
        if any(fault["type"] == "json_invalid" for fault in exc.errors()):
            return error(400, "malformed")
        return error(422, "invalid")

    @app.exception_handler(HTTPException)
    async def _http(_: Request, exc: HTTPException) -> JSONResponse:
        code = STATUS_CODES.get(exc.status_code, "failed")
        return error(exc.status_code, code, headers=dict(exc.headers or {}))

    @app.exception_handler(Exception)
    async def _failed(request: Request, exc: Exception) -> JSONResponse:
        # Only the kind and the route: the exception's own text could hold what a person wrote.
        route = request.scope.get("route")
        log.error("request.failed", extra={"error": type(exc).__name__, "route": getattr(route, "path", "?")})
        return error(500, "failed")
