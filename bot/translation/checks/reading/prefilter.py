"""What stands in every text that a pattern finds: looked for first, since most texts hold none of it. Pure."""

from __future__ import annotations

import re

_MAY_BE_MISSING = re.compile(
    r"\((?:\?[:!=]|\?<[!=]|\?P<\w+>)[^()]*\)\??|\{\w\}|\{\d+,\d*\}|\[[^\]]*\]\??|\\\w[*+?]?|.\?"
)
_RUN = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
_DEPTH = {"(": 1, ")": -1}


def cues(pattern: str) -> tuple[str, ...]:
    """Return, for each choice of the regular expression `pattern`, letters without which it does not match.

    Empty where one of the choices has no such letters: then nothing can be told beforehand.

    >>> cues("veilige?|geen (?:enkel )?gevaar")
    ('veilig', 'gevaar')
    """
    found = []
    for choice in choices(pattern):
        runs = _RUN.findall(_MAY_BE_MISSING.sub("\x00", choice))
        if not runs:
            return ()
        found.append(max(runs, key=len))
    return tuple(dict.fromkeys(found))


def choices(pattern: str) -> list[str]:
    """Return the parts of `pattern` that `|` divides, but for those within parentheses."""
    found, depth = [""], 0
    for sign in pattern:
        depth += _DEPTH.get(sign, 0)
        if sign == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found
