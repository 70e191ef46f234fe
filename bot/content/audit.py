"""Are the words whole, and in their language? What `inloop content check` and `python -m bot.content` tell.

Faults are what no person may read; notes are what somebody should look at.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from bot.content.language_check import language_faults, script_faults
from bot.content.loader import load
from bot.content.review.status import read_library
from bot.content.terms import place
from bot.content.unused_keys import unused_facts, unused_texts
from bot.content.yaml_reader import ContentError

_ROOT = Path(__file__).resolve().parents[2]
TOO_SHORT = (".label", ".short")
"""Texts of a few words, which say too little of their language."""
PROGRAM = (_ROOT / "bot", _ROOT / "actions")


@dataclass(frozen=True, slots=True)
class Audit:
    """`languages` are the codes that were looked at, with draft or reviewed; empty when there are faults."""

    faults: tuple[str, ...]
    notes: tuple[str, ...]
    languages: Mapping[str, str]
    texts: int


def audit(folder: Path, today: date, also: Collection[str] = (), sources: Collection[Path] = PROGRAM) -> Audit:
    """Everything about a content folder. `also` as in `load`; `sources` are where texts are used."""
    library = read_library(folder, tuple(also))
    faults: list[str] = []
    notes: list[str] = []
    languages: dict[str, str] = {}
    try:
        catalogue = load(folder, also)
    except ContentError as error:
        faults += error.faults
    else:
        languages = {language.code: language.answers for language in catalogue.languages}
        notes += [
            f"fact {fact.id}: to be compared with its source again since {fact.review_on}: {fact.source}"
            for fact in catalogue.due(today)
        ]
    for code, shelf in library.shelves.items():
        for key in library.keys:
            text = shelf.texts.get(key)
            if isinstance(text, str):
                wrong = script_faults(text, shelf.register.script)
                if not wrong and not key.endswith(TOO_SHORT):
                    wrong = language_faults(text, code, library.shelves)
                faults += [f"{code}/{place(key)}: {fault}" for fault in wrong]
    notes += [f"text {key}: nothing says it" for key in unused_texts(library, sources)]
    notes += [f"fact {name}: no text shows it or leans on it" for name in unused_facts(library)]
    return Audit(tuple(faults), tuple(notes), languages, len(library.keys))


def report(found: Audit, out: TextIO) -> int:
    """Prints it, one a line; 1 when there is a fault."""
    for note in found.notes:
        out.write(f"note: {note}\n")
    for fault in found.faults:
        out.write(f"{fault}\n")
    if found.faults:
        out.write(f"{len(found.faults)} fault(s) in the content\n")
    else:
        names = ", ".join(f"{code} ({status})" for code, status in found.languages.items())
        out.write(f"whole: {found.texts} texts in {names}\n")
    out.flush()
    return 1 if found.faults else 0
