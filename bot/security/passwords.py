"""How hard a password is to guess: not how long it is, but how much of it nobody would try at once.

Whatever is common counts as one character: a word that many use, the caseworker's own name, a year, a row of the
keyboard or of the alphabet, and what stood before. The page draws the same as somebody types
(`desk_password.js`); here it decides.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

ENOUGH = 8
"""Of a password whose length is right already."""

COMMON = (
    "password", "passwort", "wachtwoord", "motdepasse", "contrasena", "parola", "haslo", "senha", "passphrase", "pass",
    "secret", "geheim", "welcome", "welkom", "bienvenue", "willkommen", "bonjour", "hello", "hallo", "admin", "login",
    "administrator", "letmein", "master", "user", "guest", "test", "demo", "default", "change", "iloveyou", "love",
    "sunshine", "princess", "dragon", "monkey", "football", "voetbal", "summer", "winter", "spring", "autumn", "zomer",
    "lente", "herfst", "hiver", "printemps", "automne", "januari", "februari", "maart", "april", "juni", "juli",
    "augustus", "september", "oktober", "november", "december", "antwerpen", "antwerp", "anvers", "brussel", "brussels",
    "bruxelles", "belgie", "belgium", "belgique", "vlaanderen", "inloop", "payoke", "pagasa", "surya", "caseworker",
    "begeleider", "coordinator",
)  # fmt: skip
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm",
    "wxcvbn",
)  # fmt: skip
_LINES = (*ROWS, *(row[::-1] for row in ROWS))
_AS_LETTERS = str.maketrans("@4301!5$7", "aaeoiisst")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SAME = re.compile(r"(.)\1*", re.DOTALL)


def effort(password: str, name: str = "") -> int:
    """Return how many characters of a password are not guessed at once."""
    text = _plain(password)
    letters = text.translate(_AS_LETTERS)
    own = (part for part in re.findall(r"\w+", _plain(name)) if len(part) > 2)
    known = sorted({*COMMON, *own}, key=len, reverse=True)
    place = count = 0
    while place < len(text):
        word = next((one for one in known if letters.startswith(one, place) or text.startswith(one, place)), "")
        year = 4 if _YEAR.match(text, place) else 0
        place += max(len(word), year, _row(text, place), _seen(text, place), 1)
        count += 1
    return count


def _row(text: str, place: int) -> int:
    """The length of what begins here and is one character again and again, or a row of keys; below three: none."""
    same = _SAME.match(text, place)
    longest = len(same[0]) if same else 0
    for line in _LINES:
        if text[place] in line:
            pairs = zip(line[line.index(text[place]) :], text[place:], strict=False)
            longest = max(longest, sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs)))
    return longest if longest > 2 else 0


def _seen(text: str, place: int) -> int:
    """The length of what begins here and stood before; below three: none."""
    length = 0
    while place + length < len(text) and text[place : place + length + 1] in text[:place]:
        length += 1
    return length if length > 2 else 0


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in plain if not unicodedata.combining(character))
