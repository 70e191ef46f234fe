"""The way back: a PO file becomes texts and records, or a list of what is wrong with it, and then nothing is written.

The texts are put into a copy of the content folder first, and that copy must pass every check of the program.
"""

from __future__ import annotations

import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content import language_check
from bot.content.loader import load
from bot.content.review import yaml_edit, yaml_insert
from bot.content.review.po_import import Incoming, Read, Refused, entries, parsed
from bot.content.review.review_records import FILE, Record, Seen, fingerprint, written
from bot.content.review.status import Library, read_library
from bot.content.terms import FILES, facts_behind, place
from bot.content.yaml_reader import ContentError

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Taken:
    """What the import did, as keys: texts `changed`, those `added` since the language lacked them, those `read` now,
    those `left` as they were (needing work, or empty), and those read that are `stale` all the same."""

    changed: tuple[str, ...]
    added: tuple[str, ...]
    read: tuple[str, ...]
    left: tuple[str, ...]
    stale: tuple[str, ...]


def take_back(folder: Path, code: str, path: Path, by: str, on: str, today: date) -> Taken:
    """Takes a PO file into the content folder. `on` is a day such as 2026-11-24. Raises `Refused`."""
    day = _signed(by, on, today)
    if code not in {home.name for home in folder.iterdir() if home.is_dir()}:
        raise Refused([f"{code}: there is no such language in {folder}"])
    library = read_library(folder, (code,))
    came = entries(parsed(path, code), library, code)
    texts = library.shelves[code].texts
    new = {key: read.text for key, read in came.found.items() if read.text != texts.get(key)}
    records = dict(library.shelves[code].records)
    fresh = []
    for key, read in came.found.items():
        record = Record(by.strip(), day, fingerprint(read.text), _seen(library, code, key, read))
        old = records.get(key)
        # A text that came out as reviewed and comes back as it was says nothing of who sends it back.
        if old is None or (old.text, old.seen) != (record.text, record.seen):
            records[key] = record
            fresh.append(key)
    files = _files(folder, code, new, library) | {FILE: written(records, library.keys)}
    after = _tried(folder, code, files, new, came)
    _write(folder / code, files if fresh else {})
    stale = tuple(key for key in fresh if after.standing(code, key).state == "stale")
    added = tuple(key for key in new if key not in texts)
    return Taken(tuple(key for key in new if key in texts), added, tuple(fresh), came.left, stale)


def _seen(library: Library, code: str, key: str, read: Read) -> Seen:
    """What stood beside the text; a fact that the reader has put in as it is today."""
    marks = {**library.today(code, key).facts, **read.seen.facts}
    names = facts_behind(library.structure, key, read.text)
    return Seen(read.seen.original, {name: marks[name] for name in names if name in marks})


def _signed(by: str, on: str, today: date) -> date:
    faults = []
    if not by.strip() or len(by) > LONGEST_NAME or any(unicodedata.category(c).startswith("C") for c in by):
        faults.append(f"the reviewer needs a name of at most {LONGEST_NAME} characters")
    day = today
    try:
        day = date.fromisoformat(on)
    except ValueError:
        faults.append(f"{on}: is no date such as {today}")
    if day > today:
        faults.append(f"{on}: is a day to come")
    if faults:
        raise Refused(faults)
    return day


def _language_faults(library: Library, code: str, texts: Mapping[str, str]) -> list[str]:
    script = library.shelves[code].register.script
    return [
        f"{code}/{place(key)}: {fault}"
        for key, text in texts.items()
        for fault in language_check.script_faults(text, script)
        or language_check.language_faults(text, code, library.shelves)
    ]


def _files(folder: Path, code: str, new: Mapping[str, str], library: Library) -> dict[str, str]:
    """The YAML files that change, by name, with their new contents. A text that is not there yet is added."""
    files = {}
    there = library.shelves[code].texts
    for name in FILES:
        prefix = f"{name}."
        own = {key.removeprefix(prefix): text for key, text in new.items() if key.startswith(prefix)}
        if not own:
            continue
        changed = {key: text for key, text in own.items() if f"{prefix}{key}" in there}
        lacking = {key: text for key, text in own.items() if key not in changed}
        order = [key.removeprefix(prefix) for key in library.keys if key.startswith(prefix)]
        path = folder / code / f"{name}.yml"
        try:
            source = yaml_edit.replace(path.read_text("utf-8") if path.exists() else "", changed)
            files[path.name] = yaml_insert.add(source, lacking, order) if lacking else source
        except yaml_edit.EditError as error:
            raise Refused([f"{code}/{path.name}: {error}"]) from None
    return files


def _tried(folder: Path, code: str, files: Mapping[str, str], new: Mapping[str, str], came: Incoming) -> Library:
    """The content as it would be. Raises `Refused` with what is wrong with the file, and with what the checks say of
    a text that changes, or did not say before.
    """
    before = _faults(folder, code)
    faults = list(came.faults)
    with tempfile.TemporaryDirectory() as copy:
        tried = Path(copy) / "content"
        shutil.copytree(folder, tried)
        _write(tried / code, files)
        after = read_library(tried, (code,))
        for fault in _faults(tried, code):
            told = "must show {" in fault and came.faults  # as a lost placeholder
            if not told and (fault not in before or any(_about(fault, code, key) for key in new)):
                faults.append(fault)
    faults += _language_faults(after, code, new)
    if faults:
        raise Refused(faults)
    return after


def _about(fault: str, code: str, key: str) -> bool:
    return fault.startswith(f"{code}/{place(key)}: ")


def _faults(folder: Path, code: str) -> tuple[str, ...]:
    try:
        load(folder, (code,))
    except ContentError as error:
        return error.faults
    return ()


def _write(home: Path, files: Mapping[str, str]) -> None:
    """Each file is there whole or not at all; the records come last, so that none speaks of a text not yet there."""
    new = {home / name: home / f".{name}.new" for name in sorted(files, key=lambda name: name == FILE)}
    try:
        for path, beside in new.items():
            beside.write_text(files[path.name], encoding="utf-8")
        for path, beside in new.items():
            beside.replace(path)
    finally:
        for beside in new.values():
            beside.unlink(missing_ok=True)
