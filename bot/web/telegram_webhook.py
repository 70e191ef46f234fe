"""The door that Telegram itself comes in by, when updates are brought and not fetched."""

# No `from __future__ import annotations`: FastAPI reads the annotations within `router`.
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Body, Header, Response

from bot.web.errors import ApiError


class Hook(Protocol):
    """True: complete. False: not yet, bring it again. None: whoever sent it does not know the secret."""

    async def webhook(self, secret: str, update: Any) -> bool | None: ...


def router(hook: Hook) -> APIRouter:
    """`/telegram/webhook`. Without the secret it looks like any address that is not there."""
    door = APIRouter(include_in_schema=False)

    @door.post("/telegram/webhook")
    async def bring(
        update: Annotated[Any, Body()], x_telegram_bot_api_secret_token: Annotated[str, Header(max_length=256)] = ""
    ) -> Response:
        complete = await hook.webhook(x_telegram_bot_api_secret_token, update)
        if complete is None:
            raise ApiError(404, "not_found")
        return Response(status_code=200 if complete else 503)

    return door
