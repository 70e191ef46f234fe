"""The currencies that a text names, and hundredths, in whatever language (`currencies.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Set
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("currencies.yml")
_LARGE = (
    "illion",
    "milion",
    "ioane de",
    "illió",
    "ilyon",
    "ilionë",
    "ilione",
    "ionów",
    "oen",
    "mijë",
    r"\bmii de",
    r"\bmil",
)
"""How a word for a thousand or a million ends, in languages that do not write the number in figures."""
_BEHIND = rf"(?:(?<=\d)|(?<=\d[ \u00a0])|(?<=\d de )|{'|'.join(f'(?<={end} )' for end in _LARGE)})"
_WORD = re.compile(r"(?:\\b|\(\?<=[\w ]+ \))(\w{1,3})")
"""An entry that is a word, and how it begins."""
_MAY_BE_SIGN = re.compile("[$%€£₴₽₺¥￥₫％\u0600-\u06ff\u3400-\u9fff]")


def currencies(text: str, starts: Set[str]) -> frozenset[str]:
    """Return the codes of `currencies.yml` that a text in lower case names.

    `starts` are the first one to three letters of its words: only what begins so is looked for.
    """
    found: set[str] = set()
    by_start = _words()
    for start in by_start.keys() & starts:
        found.update(code for code, pattern in by_start[start] if pattern.search(text))
    if _MAY_BE_SIGN.search(text):
        found.update(str(match.lastgroup) for match in _signs().finditer(text))
    return frozenset(found)


def currencies_in_order(text: str, codes: Collection[str]) -> list[str]:
    """Return those of `codes` that a text in lower case names, in the order in which each comes first."""
    first = {code: min(at) for code in codes if (at := [m.start() for p in _patterns(code) if (m := p.search(text))])}
    return sorted(first, key=first.__getitem__)


@cache
def _patterns(code: str) -> list[re.Pattern[str]]:
    entry = _entries()[code]
    return [re.compile(written) for written in entry.get("anywhere", ())] + [
        re.compile(rf"{_BEHIND}(?:{behind})(?!\w)") for behind in entry.get("behind", ())
    ]


@cache
def _entries() -> Mapping[str, Mapping[str, list[str]]]:
    entries: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return entries


@cache
def _words() -> Mapping[str, list[tuple[str, re.Pattern[str]]]]:
    """What is a word, by its first letters: most texts have none of those."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for code, entry in _entries().items():
        for pattern in entry.get("anywhere", ()):
            if word := _WORD.match(pattern):
                found.setdefault(word[1], []).append((code, re.compile(pattern)))
        for word_behind in entry.get("behind", ()):
            pattern = rf"{_BEHIND}(?:{word_behind})(?!\w)"
            found.setdefault(re.split(r"\W", word_behind)[0][:3], []).append((code, re.compile(pattern)))
    return found


@cache
def _signs() -> re.Pattern[str]:
    """What is no word by itself: signs, and the words of languages that write others on to them."""
    signs = {code: [p for p in entry.get("anywhere", ()) if not _WORD.match(p)] for code, entry in _entries().items()}
    return re.compile("|".join(f"(?P<{code}>{'|'.join(patterns)})" for code, patterns in signs.items() if patterns))
