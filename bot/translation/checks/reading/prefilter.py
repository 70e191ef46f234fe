"""What stands in every text that a pattern finds: looked for first, since most texts hold none of it. Pure."""

from __future__ import annotations

import re

_MAY_BE_MISSING = re.compile(
    r"\((?:\?[:!=]|\?<[!=]|\?P<\w+>)[^()]*\)\??|\{\w\}|\{\d+,\d*\}|\[[^\]]*\]\??|\\\w[*+?]?|.\?"
)
_RUN = re.compile(r"[^\W_]+(?:[ '’-][^\W_]+)*")
_DEPTH = {"(": 1, ")": -1}


def cues(pattern: str) -> tuple[str, ...]:
    """For each choice of `pattern` letters that it cannot do without; none, where one of them has no such letters.

    >>> cues("veilige?|niet (?:erg )?veilig")
    ('veilig', 'niet')
    """
    found = []
    for choice in choices(pattern):
        runs = _RUN.findall(_MAY_BE_MISSING.sub("\x00", choice))
        if not runs:
            return ()
        found.append(max(runs, key=len))
    return tuple(dict.fromkeys(found))


def choices(pattern: str) -> list[str]:
    """The parts of `pattern` that `|` divides, but for those within parentheses."""
    found, depth = [""], 0
    for sign in pattern:
        depth += _DEPTH.get(sign, 0)
        if sign == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found
