"""High-precision patterns per language: what still works when the model or the encoder does not.

The YAML files beside this module hold them. Each is matched on folded text and has an id that `why` shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import regex
import yaml

from bot.danger.guards import Guard, around

TIMEOUT: Final = 0.05
"""Seconds one pattern may search; a pattern that needs longer counts as not found."""
ASK: Final = "ask"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern; `urgency` is "emergency", "urgent" or "ask".

    One of the `stems` is in every text that matches: looking for them first makes a search twenty times cheaper.
    """

    id: str
    signal: str
    urgency: str
    stems: tuple[str, ...]
    match: regex.Pattern[str]
    plain: bool = False
    """Whether it says danger in so many words, so that no model may doubt it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found in a text, with the guards that hold around it."""

    id: str
    signal: str
    urgency: str
    guards: frozenset[Guard]
    whole: bool
    """Whether it is all that the message says."""
    plain: bool = False

    @property
    def counts(self) -> bool:
        """Whether nothing but habit speaks against it."""
        return not self.guards - {Guard.HABIT}


class PatternError(ValueError):
    """A pattern file is broken; names the file and the pattern."""


def load() -> tuple[Pattern, ...]:
    """All patterns of all languages; raises `PatternError`."""
    found: list[Pattern] = []
    for file in sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yml"):
            found += _read(file.name, yaml.safe_load(file.read_text(encoding="utf-8")))
    return tuple(found)


def source() -> str:
    """The text of all pattern files: a model learns how far to trust them."""
    files = sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name)
    return "\0".join(file.read_text(encoding="utf-8") for file in files if file.name.endswith(".yml"))


def find(patterns: Sequence[Pattern], text: str) -> list[Hit]:
    """Every pattern found in the folded `text`. All languages are tried: people mix them."""
    hits = []
    for pattern in patterns:
        if not any(stem in text for stem in pattern.stems):
            continue
        try:
            match = pattern.match.search(text, timeout=TIMEOUT)
            guards = around(text, match.start(), match.end()) if match else frozenset()
        except TimeoutError:
            continue
        if match:
            urgency = "urgent" if pattern.urgency == "emergency" and Guard.HABIT in guards else pattern.urgency
            whole = match.end() - match.start() == len(text)
            hits.append(Hit(pattern.id, pattern.signal, urgency, guards, whole, pattern.plain))
    return hits


def _read(name: str, content: dict[str, Any]) -> list[Pattern]:
    words: dict[str, str] = content["words"]
    patterns = []
    for entry in content["patterns"]:
        source = entry["match"]
        # Twice: a word list may hold another one.
        for _ in range(2):
            for word, alternatives in words.items():
                source = source.replace("{" + word + "}", alternatives)
        try:
            compiled = regex.compile(source)
        except regex.error as error:
            raise PatternError(f"{name}: {entry['id']}: {error}") from error
        stems, plain = tuple(entry["stems"]), bool(entry.get("plain"))
        patterns.append(Pattern(entry["id"], entry["signal"], entry["urgency"], stems, compiled, plain))
    return patterns
