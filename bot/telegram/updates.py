"""Read an update of Telegram, as far as this program wants to know. Who the person is, is not read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

COMMAND = re.compile(r"/([A-Za-z_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
COMMANDS = {"start", "wipe", "web", "language"}
"""Whatever else begins with a slash is something that a person wrote."""

KINDS = {
    "voice": "voice", "audio": "voice", "photo": "picture", "video": "video", "video_note": "video",
    "animation": "video", "document": "file", "location": "location", "venue": "location", "contact": "contact",
    "sticker": "sticker",
}  # fmt: skip
OTHER = ("poll", "dice", "game", "story", "paid_media", "invoice", "checklist", "web_app_data", "giveaway", "gift")
"""Sent by a person as well. What is left is Telegram's own: pinned, a timer was set, a shared user."""


class Kind(StrEnum):
    """What a person did."""

    MESSAGE = "message"  # words, something that is no words, or both
    COMMAND = "command"  # one of COMMANDS
    CHOICE = "choice"  # pressed a button under a message
    BLOCKED = "blocked"  # stopped the bot: nothing can be sent any more
    BACK = "back"  # let it write again
    GROUP = "group"  # not alone with the bot
    NOTHING = "nothing"  # that concerns this program


@dataclass(frozen=True, slots=True, repr=False)
class Incoming:
    """One update. `text`: the words, what stands after the command, or the choice's token. `what`: the command, or the
    kind of what cannot be read (a value of `KINDS`, or `other`). `detail`: a place that was sent, "latitude, longitude"
    in degrees. `message`: its id in the chat. `language`: of the person's app. `callback`: what a choice is
    acknowledged with."""

    update_id: int
    kind: Kind
    chat: int = 0
    text: str = ""
    what: str = ""
    detail: str = ""
    message: int | None = None
    language: str | None = None
    callback: str | None = None

    def __repr__(self) -> str:
        return f"Incoming({self.update_id}, {self.kind.value})"


def read(update: Mapping[str, Any]) -> Incoming | None:
    """Return what the update says; None where it has no number and so cannot be acknowledged.

    Never raises, whatever stands in it: it comes from outside.
    """
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**62:
        return None
    if isinstance(query := update.get("callback_query"), Mapping):
        return _choice(number, query)
    if isinstance(change := update.get("my_chat_member"), Mapping):
        return _membership(number, change)
    edited = update.get("edited_message")
    message = update.get("message") or edited or update.get("channel_post")
    if not isinstance(message, Mapping):
        return Incoming(number, Kind.NOTHING)
    return _message(number, message, edited=isinstance(edited, Mapping))


def _message(number: int, message: Mapping[str, Any], *, edited: bool) -> Incoming:
    chat, private = _chat(message)
    sender = message.get("from")
    if chat is None or (isinstance(sender, Mapping) and sender.get("is_bot") is True and private):
        return Incoming(number, Kind.NOTHING)
    language = _language(sender)
    if not private:
        return Incoming(number, Kind.GROUP, chat, language=language)
    mine = message.get("message_id")
    place = mine if isinstance(mine, int) else None
    text = _text(message.get("text")) or _text(message.get("caption"))
    what = next((kind for field, kind in KINDS.items() if field in message), "")
    if not what and not text and any(field in message for field in OTHER):
        what = "other"
    if edited:
        what = ""  # the same thing again; a place that is shared while it moves changes every few seconds
    if not text and not what:
        return Incoming(number, Kind.NOTHING, chat)
    command = COMMAND.fullmatch(text) if not what and not edited else None
    if command and command[1].lower() in COMMANDS:
        rest = (command[2] or "").strip()
        return Incoming(number, Kind.COMMAND, chat, rest, command[1].lower(), "", place, language)
    detail = _place(message.get("location")) if what == "location" else ""
    return Incoming(number, Kind.MESSAGE, chat, text, what, detail, place, language)


def _choice(number: int, query: Mapping[str, Any]) -> Incoming:
    message = query.get("message")
    chat, private = _chat(message) if isinstance(message, Mapping) else (None, True)
    callback = query.get("id")
    if chat is None or not private:
        return Incoming(number, Kind.NOTHING)
    return Incoming(
        number, Kind.CHOICE, chat, _text(query.get("data"))[:100], language=_language(query.get("from")),
        callback=callback if isinstance(callback, str) else None,
    )  # fmt: skip


def _membership(number: int, change: Mapping[str, Any]) -> Incoming:
    chat, private = _chat(change)
    member = change.get("new_chat_member")
    status = member.get("status") if isinstance(member, Mapping) else None
    if chat is None:
        return Incoming(number, Kind.NOTHING)
    language = _language(change.get("from"))
    if private:
        kind = Kind.BLOCKED if status == "kicked" else Kind.BACK
        return Incoming(number, kind, chat, language=language)
    there = status in ("member", "administrator", "restricted")  # no set: what came may be a list
    return Incoming(number, Kind.GROUP if there else Kind.NOTHING, chat, language=language)


def _chat(holder: Mapping[str, Any]) -> tuple[int | None, bool]:
    chat = holder.get("chat")
    if not isinstance(chat, Mapping):
        return None, False
    number = chat.get("id")
    good = isinstance(number, int) and not isinstance(number, bool) and abs(number) < 2**62
    return (number if good else None), chat.get("type", "private") == "private"


def _language(sender: object) -> str | None:
    code = sender.get("language_code") if isinstance(sender, Mapping) else None
    return code[:35] if isinstance(code, str) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _place(location: object) -> str:
    if not isinstance(location, Mapping):
        return ""
    found = [location.get(name) for name in ("latitude", "longitude")]
    numbers = [float(value) for value in found if isinstance(value, int | float) and abs(value) <= 180]
    return ", ".join(f"{value:.5f}" for value in numbers) if len(numbers) == 2 else ""
