"""Towns and countries in the words of any language (`places.yml`). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

from bot.translation.checks.reading.lexicon import bare

_FILE = Path(__file__).with_name("places.yml")
_FIRST = 3
"""Letters by which a place is looked up; no entry has fewer."""
_BEFORE = ("", "ب", "ل", "و", "ال", "بال", "لل")
"""What Arabic writes together with the name behind it."""


def places(words: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The words that name a place, as they stand there, and which. Each word comes with itself in small letters."""
    known = _known()
    found = {}
    for word, low in words:
        for beginning, place in known.get(low[:_FIRST], ()):
            if low.startswith(beginning):
                found[word] = place
                break
    return found


@cache
def _known() -> Mapping[str, list[tuple[str, str]]]:
    known: dict[str, list[tuple[str, str]]] = {}
    for place, beginnings in yaml.safe_load(_FILE.read_text(encoding="utf-8")).items():
        for written in beginnings:
            typed = {written, bare(written)} if "a" <= written[0] <= "z" else {written}
            if "\u0600" <= written[0] <= "\u06ff":
                typed = {before + written for before in _BEFORE}
            for beginning in typed:
                known.setdefault(beginning[:_FIRST], []).append((beginning, place))
    return known
