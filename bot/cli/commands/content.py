"""`inloop content check | status | export | import`: the words, for who writes and reviews them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from bot.content.audit import audit, report
from bot.content.review import po_export
from bot.content.review.import_review import take_back
from bot.content.review.po_import import Refused
from bot.content.review.print_page import page
from bot.content.review.status import STATES, Library, Progress, progress, read_library
from bot.content.review.translator_notes import read_notes


def check(folder: Path, today: date, languages: Collection[str], out: TextIO) -> int:
    """Prints notes and faults; 1 when there is a fault."""
    return report(audit(folder, today, languages), out)


def status(folder: Path, language: str, as_json: bool, out: TextIO, errors: Console) -> int:
    """Prints how far each language is, or one with its open texts; 1 when there is no such language."""
    library = read_library(folder)
    if language and not _known(library, language, errors):
        return 1
    found = [progress(library, code) for code in ([language] if language else library.shelves)]
    if as_json:
        out.write(json.dumps([_shown(one) for one in found], ensure_ascii=False) + "\n")
    else:
        _table(found, Console(file=out, highlight=False, width=100))
        if language:
            _open(found[0], out)
    out.flush()
    return 0


def export(folder: Path, language: str, base: str, to: Path, out: TextIO, errors: Console) -> int:
    """Writes `<language>.po` and `<language>.html`; 1 when there is no such language or folder."""
    library = read_library(folder, (language,) if (folder / language).is_dir() else ())
    base = base or po_export.base_of(language)
    if not all(_known(library, code, errors) for code in (language, base)):
        return 1
    if base == language:
        errors.print(f"[bold red]{base} cannot stand beside itself[/]")
        return 1
    notes = read_notes(folder, library)
    translation, printable = po_export.export(library, language, notes, base), page(library, language, notes)
    files = {f"{language}.po": translation, f"{language}.html": printable}
    try:
        to.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (to / name).write_text(text, encoding="utf-8")
            out.write(f"{to / name}\n")
    except OSError as error:
        errors.print(f"[bold red]{to}: {error.strerror}[/]")
        return 1
    out.flush()
    return 0


def bring(folder: Path, language: str, file: Path, by: str, on: str, today: date, out: TextIO, errors: Console) -> int:
    """Takes a PO file back and says what it did; 1 with every reason when it is refused."""
    try:
        taken = take_back(folder, language, file, by, on, today)
    except Refused as error:
        for fault in error.faults:
            out.write(f"{fault}\n")
        out.flush()
        errors.print(f"[bold red]{error}[/]")
        return 1
    for key in taken.changed:
        out.write(f"changed: {key}\n")
    for key in taken.added:
        out.write(f"added: {key}\n")
    for key in taken.stale:
        out.write(f"read, but the Dutch text or a fact changed after the export: {key}\n")
    out.write(f"{len(taken.read)} read, {len(taken.changed)} of them changed, {len(taken.left)} left as they are\n")
    out.flush()
    return 0


def _known(library: Library, code: str, errors: Console) -> bool:
    if code not in library.shelves:
        errors.print(f"[bold red]{code}: there is no such language; there are {', '.join(library.shelves)}[/]")
    return code in library.shelves


def _shown(found: Progress) -> dict[str, Any]:
    counts = {state: len(found.texts[state]) for state in STATES}
    lists = {state: list(found.texts[state]) for state in STATES if state != "reviewed"}
    head = {"code": found.code, "name": found.name, "answers": "reviewed" if found.reviewed else "draft"}
    return head | counts | {"keys": lists, "why": {key: list(why) for key, why in found.why.items()}}


def _table(found: list[Progress], console: Console) -> None:
    table = Table("language", "", *(f"[bold]{state}[/]" for state in STATES), "as a whole", box=None)
    for column in table.columns[2:6]:
        column.justify = "right"
    for one in found:
        numbers = (str(len(one.texts[state])) for state in STATES)
        table.add_row(one.code, one.name, *numbers, "reviewed" if one.reviewed else "draft")
    console.print(table)


def _open(found: Progress, out: TextIO) -> None:
    """What is missing or stale, and what was changed since somebody read it; plain drafts are too many to name."""
    for state in STATES:
        for key in found.texts[state]:
            if state == "missing" or key in found.why:
                why = found.why.get(key, ())
                said = f"{', '.join(why)} changed" if state == "stale" else ", ".join(why)
                out.write(f"{state}: {key}{': ' if said else ''}{said}\n")
