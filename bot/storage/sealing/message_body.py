"""What is inside a sealed message: JSON, padded so that the length of an envelope does not tell which
words it holds."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nacl.bindings as sodium

from bot.domain.model import Choice, Outgoing, Translated, Urgency

BLOCK = 512
"""Bytes. A short answer, a chosen button and most messages are one block; the bot's words two or three."""


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """The opened content of one message."""

    text: str
    choices: tuple[Choice, ...] = ()
    urgency: Urgency = Urgency.NONE
    key: str = ""
    choice: Mapping[str, Any] | None = None
    translated: Translated | None = None

    def __repr__(self) -> str:
        return "Body(...)"


def body_of(message: Outgoing, seq: int) -> Body:
    """The body of a message at its place. Every choice gets its token here: it embeds `seq`, the rest is
    random, so that only a choice that was offered in this conversation can be sent back."""
    choices = tuple(
        Choice(f"{seq}.{secrets.token_urlsafe(12)}", choice.label, choice.action) for choice in message.choices
    )
    return Body(message.text, choices, message.urgency, message.key, translated=message.translated)


def pack(body: Body) -> bytes:
    """Bytes to seal."""
    fields: dict[str, Any] = {"text": body.text}
    if body.choices:
        fields["choices"] = [[c.token, c.label, dict(c.action)] for c in body.choices]
    if body.urgency is not Urgency.NONE:
        fields["urgency"] = body.urgency.value
    if body.key:
        fields["key"] = body.key
    if body.choice is not None:
        fields["choice"] = dict(body.choice)
    if (was := body.translated) is not None:
        fields["translated"] = [was.language, was.original, list(was.doubts)]
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    padded: bytes = sodium.sodium_pad(plain, BLOCK)
    return padded


def unpack(padded: bytes) -> Body:
    """The body of opened bytes; they are authenticated, so they are as `pack` made them."""
    fields = json.loads(sodium.sodium_unpad(padded, BLOCK).decode("utf-8", "surrogatepass"))
    was = fields.get("translated")
    return Body(
        text=fields["text"],
        choices=tuple(Choice(token, label, action) for token, label, action in fields.get("choices", ())),
        urgency=Urgency(fields.get("urgency", Urgency.NONE)),
        key=fields.get("key", ""),
        choice=fields.get("choice"),
        translated=None if was is None else Translated(was[1], was[0], tuple(was[2])),
    )
