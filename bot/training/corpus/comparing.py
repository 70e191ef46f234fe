"""What two sentences have to share to be called the same, and the letters they are written in."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

import regex

# Letters that Unicode does not take apart into a plain letter and a mark.
_PLAIN: Final = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ø": "o", "ħ": "h", "æ": "ae", "œ": "oe"})
_MARK: Final = regex.compile(r"\P{ccc=0}")
_FINAL: Final = regex.compile(r"[\p{P}\p{S}\s]+$")
_SIGN: Final = (
    r"[\p{Script=Hani}\p{Script=Hira}\p{Script=Kana}\p{Script=Thai}\p{Script=Laoo}\p{Script=Khmr}\p{Script=Mymr}]"
)
"""Writing without spaces between the words: a sign stands for a part of a word."""
_TOKEN: Final = regex.compile(rf"{_SIGN}|[[\p{{L}}\p{{N}}\p{{M}}]--{_SIGN}]+", regex.V1)
_IS_SIGN: Final = regex.compile(_SIGN, regex.V1)
_LETTER: Final = regex.compile(r"[\p{L}--[\p{Script=Zyyy}\p{Script=Zinh}]]", regex.V1)
_SEVERAL: Final = {
    "Hans": ("Hani", "Bopo"),
    "Hant": ("Hani", "Bopo"),
    "Jpan": ("Hani", "Hira", "Kana"),
    "Kore": ("Hang", "Hani"),
}
"""ISO 15924 codes for writing that Unicode counts as several scripts, or as a part of one."""
_NO_SCRIPT: Final = {"Zyyy", "Zinh", "Zzzz"}
SIGN_WORDS: Final = 0.6
"""A sign in words, as for the length of the texts."""


class UnknownScript(ValueError):
    """Not an ISO 15924 code that Unicode has letters for."""


def same(text: str) -> str:
    """Key of a repeated sentence: case, spaces and final punctuation do not count; diacritics do."""
    spaced = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _FINAL.sub("", spaced) or spaced


@lru_cache(maxsize=1 << 18)  # each sentence of the project is asked for five times
def plain(text: str) -> str:
    """No capitals and no diacritics. Marks that stand for a vowel of their own (Devanagari) stay."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return _MARK.sub("", apart).translate(_PLAIN)


def bare(text: str) -> str:
    """`plain` without punctuation and spaces; a text of nothing else (an emoji) stays as it is."""
    return "".join(_TOKEN.findall(plain(text))) or text.strip()


def tokens(text: str) -> list[str]:
    """The words of a text, plain; where words are not written apart, the signs."""
    return _TOKEN.findall(plain(text))


def words(found: list[str]) -> float:
    """How many words `tokens` are."""
    signs = sum(1 for token in found if _IS_SIGN.fullmatch(token))
    return len(found) - signs + signs * SIGN_WORDS


@lru_cache(maxsize=64)
def _allowed(script: str) -> regex.Pattern[str]:
    parts = _SEVERAL.get(script, (script,))
    try:
        if _NO_SCRIPT & set(parts) or not regex.fullmatch("[A-Z][a-z]{3}", script):
            raise UnknownScript(script)
        inside = "".join(rf"\p{{Script={part}}}" for part in ("Latn", *parts))
        return regex.compile(rf"[\p{{L}}&&[{inside}]]", regex.V1)
    except regex.error:
        raise UnknownScript(script) from None


def known_script(script: str) -> bool:
    """Whether `in_script` can judge this script."""
    try:
        _allowed(script)
    except UnknownScript:
        return False
    return True


def in_script(text: str, script: str) -> bool:
    """Whether a text can be of a language of this script: it has a letter of it, a Latin one, or none at all.

    Every language is also typed in Latin letters, and cites foreign names. Raises `UnknownScript`.
    """
    return _allowed(script).search(text) is not None or _LETTER.search(text) is None
