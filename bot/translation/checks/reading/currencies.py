"""The currencies that a text names, and hundredths, in whatever language (`currencies.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("currencies.yml")
_LARGE = (
    "illion", "milion", "ioane de", "illió", "ilyon", "ilionë", "ilione", "ionów", "oen", "mijë", r"\bmii de", r"\bmil",
)  # fmt: skip
"""How a word for a thousand or a million ends, in languages that do not write the number in figures."""
_BEHIND = rf"(?:(?<=\d)|(?<=\d[ \u00a0])|(?<=\d de )|{'|'.join(f'(?<={end} )' for end in _LARGE)})"
_WORD = re.compile(r"(?:\\b|\(\?<=[\w ]+ \))(\w{1,3})")
"""An entry that is a word, and how it begins."""
_BEGINNING = re.compile(r"(?<!\w)\w{1,3}")
_MAY_BE_SIGN = re.compile("[$%€£₴₽₺¥￥₫％\u0600-\u06ff\u3400-\u9fff]")


def currencies(text: str) -> frozenset[str]:
    """Return the codes of `currencies.yml` that a text in lower case names."""
    starts = set(_BEGINNING.findall(text))
    known = _patterns().items()
    found = {code for code, (begin, words, _) in known if not begin.isdisjoint(starts) and words.search(text)}
    if _MAY_BE_SIGN.search(text):
        found.update(code for code, (_, _, signs) in known if signs is not None and signs.search(text))
    return frozenset(found)


def currencies_in_order(text: str, codes: Collection[str]) -> list[str]:
    """Return those of `codes` that a text in lower case names, in the order in which each comes first."""
    first = {
        code: min(found.start() for pattern in _patterns()[code][1:] if pattern and (found := pattern.search(text)))
        for code in codes
    }
    return sorted(first, key=first.__getitem__)


@cache
def _patterns() -> Mapping[str, tuple[frozenset[str], re.Pattern[str], re.Pattern[str] | None]]:
    """Of each currency how its words begin, since most texts hold none of them; its words, and its signs."""
    found = {}
    for code, entry in yaml.safe_load(_FILE.read_text(encoding="utf-8")).items():
        behind = entry.get("behind", [])
        words = [each for each in entry.get("anywhere", ()) if _WORD.match(each)]
        signs = [each for each in entry.get("anywhere", ()) if not _WORD.match(each)]
        begin = [word[1] for each in words if (word := _WORD.match(each))]
        begin += [re.split(r"\W", each)[0][:3] for each in behind]
        words += [rf"{_BEHIND}(?:{each})(?!\w)" for each in behind]
        found[code] = frozenset(begin), re.compile("|".join(words) or "(?!)"), _any(signs)
    return found


def _any(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None
