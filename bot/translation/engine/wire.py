"""What goes between the gateway and the processes that translate: a line of JSON each way.

Read and written by `pydantic_core`, in one call each: after a pause the code of `json` is no longer in the processor's
cache, and its way through Python takes 22 µs where this takes 11, four times a message.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json


def read(line: bytes) -> Any:
    """Raises `ValueError`. Strings are not kept: its own store of them would outlive a conversation."""
    return from_json(line, cache_strings="keys")


def written(told: object) -> bytes:
    """A line. What cannot be written down (half a surrogate pair, which a page can send) becomes a question mark."""
    try:
        return to_json(told) + b"\n"
    except ValueError:
        return to_json(_plain(told)) + b"\n"


def _plain(told: Any) -> Any:
    if isinstance(told, str):
        return told.encode("utf-8", "replace").decode("utf-8")
    if isinstance(told, dict):
        return {key: _plain(value) for key, value in told.items()}
    return [*map(_plain, told)] if isinstance(told, (list, tuple)) else told
