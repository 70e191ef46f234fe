"""Lines of JSON, as `inloop classify` and `inloop answer` write them."""

from __future__ import annotations

import json
import re
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")


def written(line: dict[str, Any]) -> str:
    """A result as JSON that can be written as UTF-8: an id with half a character in it stands in ASCII."""
    text = json.dumps(line, ensure_ascii=False)
    return json.dumps(line) if _HALF.search(text) else text
