"""What the channel lets in: the body of a request, checked field by field. Pure, and without Rasa.

Text is text: what begins with ``/`` is never taken for an intent. Choices are checked against the intents that the
model knows. An error names the field and never quotes it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_TEXT = 20_000
MAX_CONVERSATION = 200
MAX_VECTOR_BYTES = 4 * 4096
MAX_PARTS = 4
MAX_FORM = 40
MAX_DIGRESSIONS = 1000
CODE = re.compile(r"[a-z_]{0,24}")
NAME = re.compile(r"[a-z_0-9./]{0,80}")
MAX_ENTRIES, MAX_DEPTH, MAX_COUNT = 600, 3, 1_000_000


class BadRequest(ValueError):
    """A request that is not as the contract says; the message names the field and never quotes it."""


@dataclass(frozen=True)
class Part:
    """One of the questions of a text, or of its clauses, with its vector."""

    text: str
    vector: np.ndarray


@dataclass(frozen=True)
class Turn:
    """One checked request: a text with its metadata, or the intent of a choice."""

    conversation: str
    text: str | None
    intent: str | None
    metadata: dict[str, Any]
    form: dict[str, Any] | None = None
    """Where an open form stands, as the gateway has it; empty: none is open; None: nothing was said of it."""
    parts: tuple[Part, ...] = ()
    """The questions of a text that asks several; the text itself is all of it."""
    clauses: tuple[Part, ...] = ()
    """The clauses of a text in which no two questions were found."""
    remembered: dict[str, Any] = field(default_factory=dict)
    """``talk``: what the conversation remembers; ``acts``: what the message does."""
    question: str | None = None
    """The question of a choice ``topic/question``; ``intent`` is its topic."""


def neutral(text: str) -> str:
    """Take away what could make a text look like a command to Rasa: slashes and blanks, of all of Unicode as Rasa
    strips them, at its beginning. As `plain` in the gateway's `domain/message_text.py`."""
    return re.sub(r"^[\s/\x00-\x20\u200b\ufeff]+", "", text) or "?"


def read_turn(body: Any, intents: frozenset[str]) -> Turn:
    """Check the body of a turn. Raises ``BadRequest``."""
    if not isinstance(body, dict):
        raise BadRequest("body must be an object")
    conversation = read_conversation(body)
    text, choice = body.get("text"), body.get("choice")
    if (text is None) == (choice is None):
        raise BadRequest("exactly one of text and choice is needed")
    if choice is not None:
        if not isinstance(choice, dict) or not isinstance(choice.get("intent"), str):
            raise BadRequest("choice.intent must be a string")
        intent, _, own = choice["intent"].partition("/")
        if intent not in intents or (own and not CODE.fullmatch(own)):
            raise BadRequest("choice.intent is not known")
        if choice.get("entities"):
            raise BadRequest("choice.entities must be empty")
        metadata = body.get("metadata")
        question = choice["intent"] if own else None
        return Turn(
            conversation, None, intent, {}, read_form(metadata), remembered=read_talk(metadata), question=question
        )
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise BadRequest("text must be a string of acceptable length")
    metadata = body.get("metadata")
    known, form = _read_metadata(metadata), read_form(metadata)
    parts, clauses = read_parts(metadata, "parts"), read_parts(metadata, "clauses")
    return Turn(conversation, neutral(text), None, known, form, parts, clauses, read_talk(metadata))


def read_conversation(body: dict[str, Any]) -> str:
    """Return the checked opaque name of the conversation. Raises ``BadRequest``."""
    conversation = body.get("conversation")
    if not isinstance(conversation, str) or not 0 < len(conversation) <= MAX_CONVERSATION:
        raise BadRequest("conversation must be a short string")
    return conversation


def _read_metadata(metadata: Any) -> dict[str, Any]:
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise BadRequest("metadata must be an object")
    found = {name: metadata[name] for name in ("vector", "before") if metadata.get(name) is not None}
    return {name: _read_vector(vector, f"metadata.{name}") for name, vector in found.items()}


def read_talk(metadata: Any) -> dict[str, Any]:
    """Check ``metadata.talk`` and ``metadata.acts``: what the conversation remembers and what the message does, as
    codes, counts and shares only, so that no text can come in by this way. Raises ``BadRequest``."""
    found = {}
    for name in ("talk", "acts"):
        given = metadata.get(name) if isinstance(metadata, dict) else None
        if given is not None:
            if not isinstance(given, dict) or not _codes_only(given, 0):
                raise BadRequest(f"metadata.{name} holds what is no code")
            found[name] = given
    return found


def _codes_only(value: Any, depth: int) -> bool:
    """Whether a JSON value is of short codes and plain numbers only, and small."""
    if isinstance(value, str):
        return NAME.fullmatch(value) is not None
    if isinstance(value, (bool, int, float)):
        return abs(value) <= MAX_COUNT
    if depth > MAX_DEPTH or not isinstance(value, (dict, list)) or len(value) > MAX_ENTRIES:
        return False
    keys = value if isinstance(value, dict) else ()
    entries = value.values() if isinstance(value, dict) else value
    return all(_codes_only(key, depth + 1) for key in keys) and all(_codes_only(x, depth + 1) for x in entries)


def read_parts(metadata: Any, name: str) -> tuple[Part, ...]:
    """Check ``metadata.parts`` or ``metadata.clauses``: absent, or each with its vector. Raises ``BadRequest``."""
    parts = metadata.get(name) if isinstance(metadata, dict) else None
    if parts is None:
        return ()
    if not isinstance(parts, list) or len(parts) > MAX_PARTS:
        raise BadRequest(f"metadata.{name} must be a short list")
    return tuple(_read_part(part, name) for part in parts)


def _read_part(part: Any, name: str) -> Part:
    if not isinstance(part, dict) or set(part) != {"text", "vector"}:
        raise BadRequest(f"metadata.{name} must hold text and vector")
    if not isinstance(part["text"], str) or len(part["text"]) > MAX_TEXT:
        raise BadRequest(f"metadata.{name}.text must be a string of acceptable length")
    return Part(neutral(part["text"]), _read_vector(part["vector"], f"metadata.{name}.vector"))


def _read_vector(vector: Any, field: str) -> np.ndarray:
    try:
        data = base64.b64decode(vector, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise BadRequest(f"{field} must be base64") from None
    if not data or len(data) % 4 or len(data) > MAX_VECTOR_BYTES:
        raise BadRequest(f"{field} must be float32 values")
    values = np.frombuffer(data, "<f4")
    if not np.isfinite(values).all():
        raise BadRequest(f"{field} must be finite")
    return values


def read_form(metadata: Any) -> dict[str, Any] | None:
    """Check ``metadata.form``: short codes only, so that no text can come in by this way. Raises ``BadRequest``."""
    if not isinstance(metadata, dict) or "form" not in metadata:
        return None
    form = metadata["form"] or {}
    if not isinstance(form, dict) or len(form) > MAX_FORM:
        raise BadRequest("metadata.form must be a small object")
    answers = form.get("answers") or {}
    if not isinstance(answers, dict) or len(answers) > MAX_FORM:
        raise BadRequest("metadata.form.answers must be a small object")
    for value in (form.get("name", ""), form.get("at", ""), *answers, *answers.values()):
        if not isinstance(value, str) or not CODE.fullmatch(value):
            raise BadRequest("metadata.form holds what is no code")
    digressions = form.get("digressions", 0)
    if type(digressions) is not int or not 0 <= digressions < MAX_DIGRESSIONS:
        raise BadRequest("metadata.form.digressions must be a small number")
    return {
        "name": form.get("name", ""),
        "at": form.get("at", ""),
        "answers": dict(answers),
        "digressions": digressions,
        "paused": form.get("paused") is True,
        "pressed": form.get("pressed") is True,
        "danger": form.get("danger") is True,
    } if form else {}  # fmt: skip
