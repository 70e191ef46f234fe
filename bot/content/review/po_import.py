"""What a PO file brings: the texts that were read, with what stood beside them, and what is wrong with the file."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import polib

from bot.content.render import placeholders
from bot.content.review import po_export
from bot.content.review.review_records import Seen, fingerprint
from bot.content.review.status import Library
from bot.content.terms import ORIGINAL, place, rule

LARGEST = 4 * 1024 * 1024
"""Bytes of a PO file; a language has less than half a megabyte."""


class Refused(Exception):
    """The file was not taken. `faults` holds every reason, one line each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(f"{len(self.faults)} fault(s): nothing was written")


@dataclass(frozen=True, slots=True)
class Read:
    """One text that was read, and what stood beside it."""

    text: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Incoming:
    """By key: the texts that were read; those `left`, needing work or empty; `faults` name the file and the place."""

    found: dict[str, Read]
    left: tuple[str, ...]
    faults: tuple[str, ...]


def parsed(path: Path, code: str) -> polib.POFile:
    """The file, when it is a PO file for this language. Raises `Refused`."""
    if not path.is_file():
        raise Refused([f"{path}: there is no such file"])
    if path.stat().st_size > LARGEST:
        raise Refused([f"{path}: is larger than {LARGEST // 1024 // 1024} MB"])
    try:
        file = polib.pofile(str(path), encoding="utf-8", check_for_duplicates=False)
    except Exception as error:  # noqa: BLE001 - the parser says ValueError, IndexError and more of what is no PO file
        raise Refused([f"{path}: is no PO file in UTF-8: {' '.join(str(error).split())[:200]}"]) from None
    if file.metadata.get("Language") != code:
        raise Refused([f"{path}: is for the language {file.metadata.get('Language')!r}, not for {code}"])
    return file


def entries(file: polib.POFile, library: Library, code: str) -> Incoming:
    faults: list[str] = []
    found: dict[str, Read] = {}
    left: list[str] = []
    seen: set[str] = set()
    for entry in file:
        key = entry.msgctxt or ""
        if entry.obsolete:
            continue
        if key not in library.keys or key in seen:
            reason = "stands twice" if key in seen else "is no text of Inloop"
            faults.append(f"{key or repr(entry.msgid[:40])}: {reason}")
            continue
        seen.add(key)
        if entry.fuzzy or not entry.msgstr:
            left.append(key)
            continue
        text = unicodedata.normalize("NFC", entry.msgstr)
        beside = po_export.beside(entry)
        wrong = _entry_faults(library, code, key, entry.msgid, text, beside)
        faults += [f"{code}/{place(key)}: {fault}" for fault in wrong]
        if beside is not None:
            found[key] = Read(text, beside.seen)
    if not seen:
        faults.append("the file has no texts")
    return Incoming(found, tuple(left), tuple(faults))


def _original(library: Library, key: str) -> bool:
    """Whether the Dutch original has this text, so that a language that lacks it may get it."""
    original = library.shelves.get(ORIGINAL)
    text = original.texts.get(key) if original is not None else None
    return isinstance(text, str) and bool(text.strip())


def _entry_faults(
    library: Library, code: str, key: str, msgid: str, text: str, beside: po_export.Beside | None
) -> list[str]:
    if beside is None:
        mark = po_export.MARK
        return [f"has lost its comments with `{mark}:`, so what it was compared with is not known: export again"]
    faults = []
    now = library.shelves[code].texts.get(key)
    if fingerprint(msgid) != beside.msgid:
        faults.append("its original was changed in the file: only the translation may be")
    if not isinstance(now, str) and not _original(library, key):
        return [*faults, "is lacking, and the Dutch original has no such text: write that one first"]
    now = now if isinstance(now, str) and now.strip() else ""
    mark = fingerprint(now) if now else ""
    if mark not in (beside.text, fingerprint(text)):
        faults.append("was changed here after the file was exported: export again")
    must = (*placeholders(now), *rule(library.structure, key).shows, *rule(library.structure, key).values)
    lost = [name for name in dict.fromkeys(must) if name not in placeholders(text)]
    return faults + [f"has lost the placeholder {{{name}}}" for name in lost]
