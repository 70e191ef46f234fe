"""What storage and the desk refuse, as answers in the one shape of every error."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from bot.desk.exports import NotConsented
from bot.desk.interpreter import LookFirst
from bot.domain.handoff import IllegalMove
from bot.storage.database import errors as storage
from bot.web.errors import error

REFUSALS: dict[type[Exception], tuple[int, str, str]] = {
    storage.Gone: (404, "gone", "There is no such conversation any more."),
    storage.NotFound: (404, "not_found", "There is no such case."),
    storage.NotOwner: (409, "not_owner", "This case is not yours."),
    storage.NotOffered: (409, "not_offered", "This case is not offered to you any more."),
    storage.Full: (409, "full", "You have as many cases as you take at once, and nobody in danger waits."),
    storage.TooManyKept: (409, "too_many_kept", "A case has as many as it can have."),
    storage.Forbidden: (403, "forbidden", "This is not for your role."),
    storage.NotReadable: (409, "not_readable", "It can be read after the person comes back."),
    storage.Unvouched: (409, "not_readable", "Nobody vouches for what stands in the database."),
    storage.NameTaken: (409, "name_taken", "A colleague has this name."),
    storage.InviteRefused: (409, "invite_refused", "The code or the invitation is not right."),
    storage.WeakPassword: (409, "weak_password", "The password is too easy to guess."),
    storage.LogInFailed: (401, "log_in_failed", "Name, password or code is not right."),
    IllegalMove: (409, "conflict", "This is not possible now."),
    NotConsented: (409, "not_consented", "The person has not allowed this."),
    LookFirst: (409, "look_first", "Look at the back-translation first."),
}


class DeskRoute(APIRoute):
    """A route whose refusals, those of its dependencies too, are answered here."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handle(request)
            except storage.AlreadyClaimed as claimed:
                return _claimed(claimed.owner_name)
            except storage.TransferRefused as refused:
                return error(409, f"colleague_{refused.reason}", "Nobody can take a case there now.")
            except storage.SlowDown as slow:
                return error(429, "too_many", headers={"Retry-After": str(slow.retry_after)})
            except tuple(REFUSALS) as other:
                return error(*REFUSALS[type(other)])

        return guarded


def _claimed(owner: str) -> JSONResponse:
    """The name stands apart as well, so that the page can say it in the reader's language."""
    body = {"code": "claimed_by_other", "message": f"{owner} has already taken this case.", "owner": owner}
    return JSONResponse({"error": body}, 409)
