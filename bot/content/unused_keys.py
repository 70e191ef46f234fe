"""Which texts and facts nobody uses: words that are reviewed in seventeen languages and never said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.content.review.status import Library
from bot.content.terms import facts_behind

BY_ID = ("answers.", "questions.", "acknowledgements.", "safety.signals.", "safety_mode.")
"""Texts that are said by an id that is put together while the program runs."""
SOURCES = ("*.py", "*.js", "*.html", "*.yml")

# What a program says of a text: its key or the end of it in quotes, `words.send`, or a beginning that is completed
# while it runs ("signal_" + id, f"errors.{code}"), or an end (from + "_label"), or a
# group and its parts apart ("report" and "where").
_NAMED = re.compile(r"""[\w.]+""")
_BEGUN = re.compile(r"""["'`]([a-z][a-z_.]*[_.])(?:["'`{]|\$\{)""")
_QUOTED = re.compile(r"""["']([a-z_]+)["']""")
_ENDED = re.compile(r"""["'`}](_[a-z_]+)["'`]""")


def unused_texts(library: Library, sources: Iterable[Path]) -> tuple[str, ...]:
    """Keys that no source names. `sources` are folders of the program; a name in a comment counts as a use."""
    names: set[str] = set()
    parts: tuple[set[str], set[str], set[str]] = (set(), set(), set())
    for folder in sources:
        for path in (path for pattern in SOURCES for path in sorted(folder.rglob(pattern))):
            text = path.read_text(encoding="utf-8", errors="replace")
            words = _NAMED.findall(text)
            names.update(words)
            names.update(piece for word in words for piece in word.split("."))
            parts[0].update(_BEGUN.findall(text))
            parts[1].update(_ENDED.findall(text))
            parts[2].update(_QUOTED.findall(text))
    cards = {f"safety.{card.text}" for card in library.structure.cards.values()}
    return tuple(
        key
        for key in library.keys
        if not key.startswith(BY_ID) and key not in cards and not _used(key, names, *parts)
    )


def unused_facts(library: Library) -> tuple[str, ...]:
    """Ids of the facts that no text of any language shows or leans on."""
    texts: Mapping[str, Any]
    used: set[str] = set()
    for shelf in library.shelves.values():
        texts = shelf.texts
        used.update(name for key in library.keys for name in facts_behind(library.structure, key, texts.get(key)))
    return tuple(name for name in library.facts if name not in used)


def _used(key: str, names: set[str], begun: set[str], ended: set[str], quoted: set[str]) -> bool:
    file, _, said = key.partition(".")
    said = key if file == "safety" else said
    # Labels are handed to a page by section, so that a page names the end alone; all else is said by its whole key.
    label = said.rpartition(".")[2] if file == "labels" else ""
    if said in names or (label and label in names) or any(said.startswith(start) for start in begun):
        return True
    if file == "system" and set(said.split(".")) <= quoted and "." in said:
        return True
    return bool(label) and (label.startswith(tuple(begun)) or label.endswith(tuple(ended)))
