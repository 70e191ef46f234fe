"""The Bot API as this program uses it: python-telegram-bot carries the requests, and nothing of it leaks an identity.

Answers are taken as they come, and only the fields that are needed are looked at: a name, a photo or a phone number
never becomes an object in this program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

LONG_POLL = 25
"""Seconds that Telegram holds a question for updates."""

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member", "channel_post"]
GONE = ("chat not found", "user is deactivated", "peer_id_invalid", "bot was blocked", "user not found")
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
LONGEST_WAIT = 86_400.0


class ApiFault(Exception):
    """Telegram did not do it. No message holds what was sent, to whom, or the token."""


class Later(ApiFault):
    """Flood control: nothing was done, and nothing is to be tried before `seconds` are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__("later")
        self.seconds = min(max(seconds, 1.0), LONGEST_WAIT)


class Kept(ApiFault):
    """The person keeps the bot out, or the account is gone."""


class Refused(ApiFault):
    """Telegram understood and does not do it, now or later."""


class Down(ApiFault):
    """No answer, or none that says what happened. `unsent`: it surely did not get there."""

    def __init__(self, kind: str, *, unsent: bool) -> None:
        super().__init__(kind)
        self.kind = kind
        self.unsent = unsent


class _Request(HTTPXRequest):
    """As the library's own, but what does not parse is not quoted in a log."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            found = httpx.Response(200, content=payload).json()
        except (ValueError, RecursionError):
            raise TelegramError("no JSON") from None
        return found if isinstance(found, dict) else {}


class _Bot(Bot):
    """The library's bot; `ask` gives the answer as it came."""

    async def ask(self, method: str, parameters: dict[str, Any], *, read_timeout: float) -> Any:
        given = {name: value for name, value in parameters.items() if value is not None}
        return await self._post(method, given, read_timeout=read_timeout)


class Api:
    """One bot. Every call raises an `ApiFault` and nothing else."""

    def __init__(self, token: str, url: str) -> None:
        def line(size: int) -> _Request:
            return _Request(size, connect_timeout=5, read_timeout=15, write_timeout=10, pool_timeout=10)

        address = f"{url.rstrip('/')}/bot"
        self._bot = _Bot(token, base_url=address, request=line(16), get_updates_request=line(1))
        self.username = ""
        """What deep links are made with, once `who_am_i` was answered."""

    async def start(self) -> None:
        """Opens the connections, not the line: Telegram may be away."""
        for request in self._bot._request:
            await request.initialize()

    async def close(self) -> None:
        for request in self._bot._request:
            await request.shutdown()

    async def who_am_i(self) -> None:
        """Learns the bot's own name."""
        me = await self._call("getMe")
        self.username = str(me.get("username") or "") if isinstance(me, dict) else ""

    async def updates(self, offset: int, wait: int) -> list[dict[str, Any]]:
        """What came since `offset`, which acknowledges everything before it. Waits up to `wait` seconds for some."""
        given = {"offset": offset, "timeout": wait, "allowed_updates": ALLOWED, "limit": 100}
        found = await self._call("getUpdates", read_timeout=wait + 10.0, **given)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def send(
        self, chat: int, text: str, buttons: Sequence[Sequence[tuple[str, str]]] = (), *, covered: bool, quiet: bool
    ) -> int | None:
        """Says something; the number of the message, where Telegram tells it."""
        given = self._message(chat, text, buttons, covered)
        return _number(await self._call("sendMessage", **given, disable_notification=quiet, protect_content=True))

    async def stands(
        self, chat: int, message: int, text: str, buttons: Sequence[Sequence[tuple[str, str]]], *, covered: bool
    ) -> bool:
        """Whether message `message` of this chat is this one and our own: changed into itself, it is not modified."""
        given = self._message(chat, text, buttons, covered)
        try:
            made = await self._call("editMessageText", **given, message_id=message)
        except Refused as refused:
            return "not modified" in str(refused)
        return _number(made) == message

    async def delete(self, chat: int, messages: Sequence[int]) -> int:
        """Deletes what can be deleted (younger than two days); how many of them surely went."""
        gone = 0
        for start in range(0, len(messages), 100):
            part = list(messages[start : start + 100])
            try:
                await self._call("deleteMessages", chat_id=chat, message_ids=part)
                gone += len(part)
            except (Refused, Down) as fault:
                if isinstance(fault, Down) and fault.unsent:
                    raise
                # an older server, or one of them is too old: then one by one
                gone += sum([await self._delete_one(chat, message) for message in part])
        return gone

    async def _delete_one(self, chat: int, message: int) -> bool:
        try:
            await self._call("deleteMessage", chat_id=chat, message_id=message)
        except Refused:
            return False
        return True

    async def acknowledge(self, callback: str) -> None:
        """A pressed button stops turning."""
        await self._call("answerCallbackQuery", callback_query_id=callback)

    async def leave(self, chat: int) -> None:
        await self._call("leaveChat", chat_id=chat)

    async def set_commands(self, commands: Sequence[tuple[str, str]], language: str | None) -> None:
        """The commands of the bot's menu, for people whose Telegram is in `language`."""
        listed = [{"command": name, "description": words} for name, words in commands]
        await self._call("setMyCommands", commands=listed, language_code=language, scope={"type": "all_private_chats"})

    async def set_webhook(self, url: str, secret: str) -> None:
        await self._call("setWebhook", url=url, secret_token=secret, allowed_updates=ALLOWED, max_connections=10)

    async def fetch(self) -> None:
        """No webhook any more: updates are fetched. What waits is kept."""
        await self._call("deleteWebhook", drop_pending_updates=False)

    @staticmethod
    def _message(
        chat: int, text: str, buttons: Sequence[Sequence[tuple[str, str]]], covered: bool
    ) -> dict[str, Any]:
        given: dict[str, Any] = {"chat_id": chat, "text": text, "link_preview_options": {"is_disabled": True}}
        if covered:
            given["entities"] = [{"type": "spoiler", "offset": 0, "length": len(text.encode("utf-16-le")) // 2}]
        if buttons:
            rows = [[{"text": label, "callback_data": data} for label, data in row] for row in buttons]
            given["reply_markup"] = {"inline_keyboard": rows}
        return given

    async def _call(self, method: str, *, read_timeout: float = 15.0, **parameters: Any) -> Any:
        try:
            return await self._bot.ask(method, parameters, read_timeout=read_timeout)
        except RetryAfter as fault:
            wait = fault.retry_after
            raise Later(wait if isinstance(wait, int | float) else wait.total_seconds()) from None
        except Forbidden:
            raise Kept from None
        except BadRequest as fault:
            if any(known in fault.message.casefold() for known in GONE):
                raise Kept from None
            raise Refused(_kind(fault.message)) from None
        except InvalidToken:
            raise Down("token or method refused", unsent=True) from None
        except NetworkError as fault:
            if "(429)" in fault.message or "too many requests" in fault.message.casefold():
                raise Later(5) from None
            cause = fault.__cause__
            raise Down(type(cause or fault).__name__, unsent=isinstance(cause, NEVER_SENT)) from None
        except TelegramError as fault:
            raise Down(type(fault).__name__, unsent=False) from None
        except KeyError:  # 200 without a result: it was understood, and not done
            raise Refused("no result") from None


def _number(made: object) -> int | None:
    found = made.get("message_id") if isinstance(made, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _kind(message: str) -> str:
    """What is refused, in words of our own: Telegram's may quote what was sent."""
    return "not modified" if "message is not modified" in message.casefold() else "refused"
