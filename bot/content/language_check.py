"""Is a text in its language, and in its letters? Faults as short sentences, like those of `checks`.

Only what can be told for certain is a fault: a name in Latin letters is none, and a text of a few words may look like
a neighbour's language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from functools import lru_cache
from typing import Any

import regex

from bot.content.render import PLACEHOLDER

ENOUGH = 40
"""Letters from which on the language of a text can be told: below, one in nine seems to be its neighbour's."""

SIGN_WEIGHT = 3
"""A Chinese sign says as much as about three letters."""

# The letters of a script by their Unicode names in `regex`; Hans and Hant are told apart by the language alone.
_SCRIPTS = {
    "Latn": "Latin", "Cyrl": "Cyrillic", "Arab": "Arabic", "Hans": "Han", "Hant": "Han", "Grek": "Greek",
    "Hebr": "Hebrew", "Ethi": "Ethiopic", "Deva": "Devanagari", "Beng": "Bengali", "Guru": "Gurmukhi",
    "Thai": "Thai", "Armn": "Armenian", "Geor": "Georgian", "Taml": "Tamil", "Hang": "Hangul", "Khmr": "Khmer",
    "Laoo": "Lao", "Mymr": "Myanmar", "Sinh": "Sinhala", "Tibt": "Tibetan",
}  # fmt: skip
_UNSPACED = frozenset({"Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")


def script_faults(text: str, script: str) -> list[str]:
    """Return a fault for each way in which `text` is not in `script` (ISO 15924); none for a script not listed here.

    Letters of a third script are a fault, and so are two scripts within a word. Latin letters may stand as whole words
    in any text, for names; but they may not be most of it.
    """
    name = _SCRIPTS.get(script)
    if name is None:
        return []
    bare = PLACEHOLDER.sub(" ", text)
    letters = _LETTER.findall(bare)
    own = regex.compile(rf"\p{{Script={name}}}")
    strange = [c for c in letters if not own.match(c) and not _latin(c)]
    faults = [f"has letters of another script: {_shown(strange)}"] if strange else []
    mixed = [word for word in _WORD.findall(bare) if own.search(word) and any(map(_latin, word))]
    if script not in _UNSPACED and name not in ("Latin", "Arabic") and mixed:
        faults.append(f"mixes scripts within a word: {', '.join(mixed[:3])}")
    latin = sum(map(_latin, letters))
    if name != "Latin" and latin > len(letters) / 2 and latin > ENOUGH / 2:
        faults.append("is mostly in Latin letters")
    return faults


def language_faults(text: str, code: str, codes: Collection[str]) -> list[str]:
    """Return a fault where `text` seems to be in another of the languages `codes` than `code`.

    None where it cannot be told: in fewer letters than `ENOUGH`, or in a language that the identifier does not know.
    """
    bare = PLACEHOLDER.sub(" ", text)
    letters = sum(SIGN_WEIGHT if unicodedata.name(c, "").startswith("CJK") else 1 for c in _LETTER.findall(bare))
    identifier = _identifier(tuple(sorted({*codes, code})))
    if letters < ENOUGH or identifier is None or code not in identifier.labels:
        return []
    found = str(identifier.classify(bare)[0])
    return [f"seems to be in another language: {found}"] if found != code else []


@lru_cache(maxsize=4)
def _identifier(codes: tuple[str, ...]) -> Any:
    """`py3langid` kept to the languages of the register that it knows; None when it knows fewer than two."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = sorted(set(codes) & set(identifier.labels))
    if len(known) < 2:
        return None
    identifier.set_languages(known)
    return identifier


def _latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("LATIN", "FEMININE ORDINAL", "MASCULINE ORDINAL"))


def _shown(letters: list[str]) -> str:
    names = (f"{c} ({unicodedata.name(c, 'unnamed').lower()})" for c in dict.fromkeys(letters))
    return ", ".join(list(names)[:3])
