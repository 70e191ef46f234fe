"""Names of caseworkers and organisations, as they are shown and as they are compared."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 80


def name_key(name: str) -> str:
    """A name as it is compared: whatever the case of its letters and how they are encoded. Look-alikes of other scripts
    are refused where a name is chosen (`bot/text/disguises.py`)."""
    return unicodedata.normalize("NFKC", _plain(name)).casefold()


def _plain(name: str) -> str:
    return " ".join("".join(c for c in name if c.isprintable()).split())


def shown_name(name: str) -> str:
    """A name as it is shown; raises `ValueError` when it has no character or more than 80."""
    shown = _plain(name)
    if not 1 <= len(name_key(name)) <= LONGEST_NAME or len(shown) > LONGEST_NAME:
        raise ValueError("a name has 1 to 80 characters")
    return shown
