"""Lines of JSON, as `inloop classify`, `inloop answer` and `inloop converse` read and write them."""

from __future__ import annotations

import json
import re
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")


def mapping(line: str) -> dict[str, Any] | None:
    """Return what a line of JSON says; None where it is no JSON, too deep to read, or anything but an object."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def written(line: dict[str, Any]) -> str:
    """A result as JSON that can be written as UTF-8: an id with half a character in it stands in ASCII."""
    text = json.dumps(line, ensure_ascii=False)
    return json.dumps(line) if _HALF.search(text) else text
