"""The currencies that a text names, and hundredths, in whatever language (`currencies.yml`). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("currencies.yml")
_BEHIND = r"(?:(?<=\d)|(?<=\d[ \u00a0])|(?<=\d de )|(?<=\bmii de )|(?<=\bmil ))"
_WORD = re.compile(r"(?:\\b|\(\?<=[\w ]+ \))(\w{1,3})")
"""An entry that is a word, and how it begins."""
_MAY_BE_SIGN = re.compile("[$%€£₴₽₺¥￥₫％\u0600-\u06ff\u3400-\u9fff]")


def currencies(text: str, words: Collection[str]) -> frozenset[str]:
    """Those that a text in lower case names, by their codes. `words` are the words of the text."""
    found: set[str] = set()
    by_start = _words()
    for start in by_start.keys() & {word[:3] for word in words}:
        found.update(code for code, pattern in by_start[start] if pattern.search(text))
    if _MAY_BE_SIGN.search(text):
        found.update(str(match.lastgroup) for match in _signs().finditer(text))
    return frozenset(found)


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
