"""The PO file of a language, for Poedit, Weblate or any other tool that knows gettext.

An entry is a text: `msgctxt` its key, `msgid` the original, `msgstr` its words in the language. *Needs work* (fuzzy)
means that nobody has reviewed it, or that it changed since. The comments hold all a reader needs, and fingerprints
(`seen:`) of what stood before the reader, which the way back needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polib

from bot.content.render import placeholders
from bot.content.review.review_records import Seen, fingerprint
from bot.content.review.status import Library
from bot.content.review.translator_notes import Notes
from bot.content.terms import ORIGINAL, most_signs, place

ENGLISH = "en"
MARK = "seen"

_SEEN = re.compile(rf"\b{MARK}:([a-z0-9_.]+)=([0-9a-f]{{12}})\b")


@dataclass(frozen=True, slots=True)
class Beside:
    """What an entry says of the moment it was exported; `text` and `original` are empty where there was none."""

    msgid: str
    text: str
    seen: Seen


def base_of(code: str) -> str:
    """The language of `msgid` when nobody asks for another one."""
    return ENGLISH if code == ORIGINAL else ORIGINAL


def export(library: Library, code: str, notes: Notes, base: str) -> str:
    """The PO file as text, the same for the same content. `base` is the language of `msgid`.

    KeyError when the language or the base is not in the register.
    """
    register, originals = library.shelves[code].register, library.shelves[base].texts
    file = polib.POFile(wrapwidth=0)
    file.metadata = {
        "Project-Id-Version": "inloop",
        "Language": code,
        "Language-Team": register.name,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Inloop-Original": base,
    }
    file.header = (
        f"{register.name}: the words of Inloop. docs/content-guide.md says how they are written.\n"
        "Read each text with the original and the facts beside it, correct it, then take 'needs work' away.\n"
        "Keep the names in braces; write no number, site or address yourself."
    )
    for key in library.keys:
        if isinstance(originals.get(key), str) and originals[key].strip():
            file.append(_entry(library, code, base, key, notes))
    return str(file) + "\n"


def beside(entry: polib.POEntry) -> Beside | None:
    """What the exporter noted; None when the comment is gone."""
    found = dict(_SEEN.findall(entry.comment))
    if "msgid" not in found:
        return None
    facts = {name.removeprefix("fact."): mark for name, mark in found.items() if name.startswith("fact.")}
    return Beside(found["msgid"], found.get("text", ""), Seen(found.get("original", ""), facts))


def _entry(library: Library, code: str, base: str, key: str, notes: Notes) -> polib.POEntry:
    msgid = str(library.shelves[base].texts[key])
    text = library.shelves[code].texts.get(key)
    text = text if isinstance(text, str) else ""
    other = next((lang for lang in (ORIGINAL, ENGLISH) if lang not in (base, code) and lang in library.shelves), "")
    lines = [f"Shown: {notes.where(key)}", f"Length: {notes.length(code, key)}", f"State: {notes.state(code, key)}"]
    if other and isinstance(said := library.shelves[other].texts.get(key), str):
        lines.append(f"{library.shelves[other].register.name}: {' / '.join(said.splitlines())}")
    lines += notes.facts(code, key) + _marks(msgid, text, library.today(code, key))
    flags = ["fuzzy"] if text and library.standing(code, key).state != "reviewed" else []
    flags += ["python-brace-format"] if placeholders(msgid) else []
    flags += [f"max-length:{signs}"] if (signs := most_signs(key)) else []
    file, _, inner = place(key).partition(": ")
    return polib.POEntry(
        msgctxt=key,
        msgid=msgid,
        msgstr=text,
        comment="\n".join(lines),
        flags=flags,
        occurrences=[(f"content/{code}/{file}:{inner.replace(': ', '.')}", "")],
    )


def _marks(msgid: str, text: str, today: Seen) -> list[str]:
    marks = {"msgid": fingerprint(msgid)}
    if text:
        marks["text"] = fingerprint(text)
    if today.original:
        marks["original"] = today.original
    marks |= {f"fact.{name}": mark for name, mark in today.facts.items()}
    return [f"{MARK}:{name}={mark}" for name, mark in marks.items()]
