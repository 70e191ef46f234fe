"""The pieces of a message that may say something of their own: its sentences and clauses, as the marks divide it. Pure.

People put a greeting, thanks, an apology or a complaint in front of what they write for. What is dangerous in one piece
must not be hidden by another.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 5
"""More pieces than this are a story: its first and last ones are looked at."""
LEAST_WORDS, LEAST_SIGNS, MARKS = 2, 4, 2
"""Words, or signs of a script without spaces, of a piece; and marks that do not make a text another one."""
_MARKS: Final = re.compile(r"[.!?…;:,\n\u060c\u061b\u061f\u3002\uff01\uff1f\uff0c\u3001\uff1b\uff1a\u0964]+|\s[-–—]+\s")
_IN_NUMBERS: Final = re.compile(r"(?<=\d)[.,:](?=\d)")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_KEPT: Final = "\x00"


def segments(text: str) -> tuple[str, ...]:
    """The pieces of `text`, in order; empty where it is of one piece."""
    kept = _IN_NUMBERS.sub(lambda mark: _KEPT + mark[0] + _KEPT, text)
    # A mark within a number divides nothing: it is hidden while the text is split.
    hidden = {f"{_KEPT}{mark}{_KEPT}": chr(0xE000 + n) for n, mark in enumerate(".,:")}
    for shown, cover in hidden.items():
        kept = kept.replace(shown, cover)
    pieces = []
    for piece in _MARKS.split(kept):
        for shown, cover in hidden.items():
            piece = piece.replace(cover, shown.strip(_KEPT))  # noqa: PLW2901 - the same piece, as it was written
        if _says_enough(piece):
            pieces.append(piece.strip())
    found = tuple(dict.fromkeys(pieces))
    if len(found) == 1 and len(found[0]) + MARKS >= len(text.strip()):
        return ()
    return found if len(found) <= MOST else (*found[:2], *found[-(MOST - 2) :])


def _says_enough(piece: str) -> bool:
    return len(piece.split()) >= LEAST_WORDS or len(_UNSPACED.findall(piece)) >= LEAST_SIGNS
