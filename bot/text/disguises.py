"""Words that a reader sees and a program does not: written letter by letter, with a sign between the letters, or with
letters of another script that look the same. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LEAST: Final = 4
"""Single letters in a row that are a word, and no abbreviation."""
MOSTLY: Final = 0.6
"""Share of the words that are single letters from which all of a text is spelled."""

_LATIN: Final = "aceghijlopsxyABCEHIJKMOPSTXY" "aioopvtkuABEZHIKMNOPTYX"
_OTHERS: Final = "асеԍһіјӏорѕхуАВСЕНІЈКМОРЅТХУ" "αιοορντκυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_TO_LATIN: Final = str.maketrans(_OTHERS, _LATIN)
_TO_CYRILLIC: Final = str.maketrans("aceijopsxyABCEHIJKMOPSTXY", "асеіјорѕхуАВСЕНІЈКМОРЅТХУ")
_ALIKE: Final = str.maketrans("1|I0", "lllO")
"""Of Latin letters and digits, as they are written."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER: Final = r"[^\W\d_\u0e00-\U0010ffff]"
"""Of scripts that put spaces between words."""
_SPELLED: Final = re.compile(rf"(?<!\w){_LETTER}(?: {_LETTER}){{{LEAST - 1},}}(?!\w)")
_PULLED_APART: Final = re.compile(rf"(?<!\w){_LETTER}(?:([.\-_*·•]){_LETTER})(?:\1{_LETTER})*(?!\w)")


def undisguised(text: str) -> tuple[str, bool]:
    """`text` with its words as they are read, and whether it was spelled letter by letter: where its words end is a
    guess then, and nothing that is not found in it is certain."""
    if not text.isascii():
        text = _one_script(text)
    words = text.split()
    spelled = sum(len(word) == 1 and bool(re.match(_LETTER, word)) for word in words)
    mostly = spelled >= LEAST and spelled >= MOSTLY * len(words)
    if mostly:
        text = re.sub(rf"(?<!\w)({_LETTER}) (?={_LETTER}(?!\w))", r"\1", text)
    elif spelled >= LEAST:
        text = _SPELLED.sub(lambda run: run[0].replace(" ", ""), text)
    apart = [found[0] for found in _PULLED_APART.finditer(text)]
    if apart:
        all_of_it = 2 * len(apart) > len(text.split())
        least = 2 * (1 if all_of_it else LEAST) - 1
        text = _PULLED_APART.sub(lambda run: run[0].replace(run[1], "") if len(run[0]) >= least else run[0], text)
    return text, mostly


def alike(one: str, other: str) -> bool:
    """Whether a reader takes two short names for one, whatever script their letters are of."""
    plain, beside = (unicodedata.normalize("NFKC", name).translate(_TO_LATIN) for name in (one, other))
    same = plain.casefold().translate(_TO_LATIN) == beside.casefold().translate(_TO_LATIN)
    return same or plain.translate(_ALIKE) == beside.translate(_ALIKE)


def _one_script(text: str) -> str:
    """Each word that is mixed of letters that look alike in one script; words of such letters alone go with them."""
    found = {word: _of_one(word) for word in set(_WORD.findall(text))}
    changed = {word: plain for word, plain in found.items() if plain != word}
    if not changed:
        return text
    if any(plain.isascii() for plain in changed.values()):
        changed |= {word: word.translate(_TO_LATIN) for word in found if word.translate(_TO_LATIN).isascii()}
    return _WORD.sub(lambda word: changed.get(word[0], word[0]), text)


def _of_one(word: str) -> str:
    if word.isascii():
        return word
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in word}
    if "LATIN" not in scripts or not scripts & {"CYRILLIC", "GREEK"}:
        return word
    latin = word.translate(_TO_LATIN)
    if all(unicodedata.name(letter, "?").startswith("LATIN") for letter in latin):
        return latin
    other = word.translate(_TO_CYRILLIC)
    return other if all(unicodedata.name(letter, "?").startswith("CYRILLIC") for letter in other) else word
