"""The message that tells a person their new return code. Caseworkers are never shown the code in it. Pure."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.model import Message, Outgoing

KEY = "code.renewed"
_APART = "\n\n"


def with_code(message: Outgoing, code: str) -> Outgoing:
    """The words behind `KEY`, and the code under them."""
    return replace(message, text=f"{message.text}{_APART}{code}")


def code_of(message: Message) -> str | None:
    """The code in a message; None for any other message."""
    return message.text.rpartition(_APART)[2] if message.key == KEY else None


def hidden(message: Message) -> Message:
    """The message as a caseworker may have it: without the text that tells the code."""
    return replace(message, text="") if message.key == KEY else message
