"""Names of caseworkers and organisations, as they are shown and as they are compared."""

from __future__ import annotations

import re
import unicodedata

LONGEST_NAME = 80
LONGEST_ALIAS, LONGEST_LINE = 24, 80
MOST_WORDS = 3
"""Of an alias: more would be an office or a sentence."""
_BETWEEN_WORDS = re.compile(r"[\s_·,;:|+&()]+")
_LINK = re.compile(r"[@/\\]|www\.|\w\.\w")


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


def shown_alias(name: str) -> str:
    """A first name or alias as a person reads it, empty for none; raises `ValueError` for more than 24 characters or
    three words, for a digit and for a link."""
    shown = _harmless(name, LONGEST_ALIAS)
    words = [word for word in _BETWEEN_WORDS.split(shown) if word]
    if len(words) > MOST_WORDS or (shown and not any(sign.isalpha() for sign in shown)):
        raise ValueError("a name has at most three words")
    return shown


def shown_line(line: str) -> str:
    """What somebody says of themselves, on one line; raises `ValueError` for more than 80 characters, for a digit and
    for a link: it goes to everybody, also to those who must not call or look anything up."""
    return _harmless(line, LONGEST_LINE)


def _harmless(text: str, longest: int) -> str:
    shown = _plain(" ".join(unicodedata.normalize("NFKC", text).split()))
    digit = any(unicodedata.category(sign).startswith("N") for sign in shown)
    if len(shown) > longest or digit or _LINK.search(shown.casefold()):
        raise ValueError("too long, or with a digit or a link")
    return shown
