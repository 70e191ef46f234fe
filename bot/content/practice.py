"""The invented persons of the practice desk: `practice.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.yaml_reader import ContentError, read_mapping

FALLBACK = "en"
"""What a person writes in when the script has no line in the language of the desk."""


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One message of an invented person; with `signals` it is an emergency."""

    texts: Mapping[str, str]
    signals: tuple[str, ...] = ()

    def text(self, language: str) -> str:
        """Return the line in `language`, else in English, else in the one language that it has."""
        return self.texts.get(language) or self.texts.get(FALLBACK) or next(iter(self.texts.values()))


@dataclass(frozen=True, slots=True)
class InventedPerson:
    """`language`: what they write in whatever the desk speaks; None for the language of the desk."""

    id: str
    language: str | None
    first: tuple[ScriptLine, ...]
    then: tuple[ScriptLine, ...]

    def writes_in(self, desk: str) -> str:
        """Return the language of this person at a desk that speaks `desk`."""
        return self.language or (desk if desk in self.first[0].texts else FALLBACK)


def load_practice(folder: Path) -> tuple[InventedPerson, ...]:
    """Read the scripts. Raises `ContentError` for a file that is missing or a script that is not whole."""
    faults: list[str] = []
    found = read_mapping(folder / "practice.yml", faults)
    try:
        persons = tuple(
            InventedPerson(name, one.get("language"), _lines(one["first"]), _lines(one["then"]))
            for name, one in found.items()
        )
        whole = all(person.first and line.texts for person in persons for line in person.first + person.then)
    except (AttributeError, KeyError, TypeError):
        persons, whole = (), False
    if faults or not whole or not persons:
        raise ContentError(faults or ["practice.yml: each person has first and then, each line has text"])
    return persons


def _lines(found: list[dict[str, Any]]) -> tuple[ScriptLine, ...]:
    return tuple(ScriptLine(dict(line["text"]), tuple(line.get("emergency", ()))) for line in found)
