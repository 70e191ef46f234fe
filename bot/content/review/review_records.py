"""The records of review: `content/<lang>/review.yml`, one line for each text that somebody has read.

A record holds fingerprints of the text, of the Dutch original and of each fact behind it as they were read. So a later
change of any of them is seen, whoever made it and however.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bot.content.facts import Fact
from bot.content.yaml_reader import read_mapping

FILE = "review.yml"
HEAD = (
    "# Who has read which text, and when: written by `inloop content import`, never by hand (docs/content-guide.md).\n"
    "# `text`, `original` and `facts` are fingerprints of what was read: a change of any of them is seen.\n"
)

State = Literal["missing", "draft", "reviewed", "stale"]


@dataclass(frozen=True, slots=True)
class Seen:
    """Fingerprints of what stood before the reader; `original` is empty where there is none to compare with."""

    original: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One text was read, by whom and on which day; `text` is the fingerprint of its words."""

    by: str
    on: date
    text: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class Standing:
    """What a text is today, and why it is not `reviewed` though somebody has read it."""

    state: State
    why: tuple[str, ...] = ()


def fingerprint(text: str) -> str:
    """Twelve hexadecimal digits for a text; spaces and line breaks do not count."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def seen(original: object, names: Iterable[str], facts: Mapping[str, Fact], lang: str) -> Seen:
    """What a reader of this language sees today; a fact's value or statement counts, its source and dates do not."""
    shown = {
        name: fingerprint(facts[name].value(lang) if facts[name].values else facts[name].statement)
        for name in names
        if name in facts
    }
    return Seen(fingerprint(original) if isinstance(original, str) else "", shown)


def standing(record: Record | None, text: object, today: Seen) -> Standing:
    """What the record is still worth."""
    if not isinstance(text, str) or not text.strip():
        return Standing("missing")
    if record is None:
        return Standing("draft")
    if record.text != fingerprint(text):
        return Standing("draft", (f"its words were changed after {record.by} read it on {record.on}",))
    why = ["the Dutch text"] if record.seen.original != today.original else []
    before, now = record.seen.facts, today.facts
    why += [f"fact {name}" for name in dict.fromkeys((*before, *now)) if before.get(name) != now.get(name)]
    return Standing("stale", tuple(why)) if why else Standing("reviewed")


def read_records(folder: Path, code: str, faults: list[str]) -> dict[str, Record]:
    """The records of a language by key; a language that nobody has read has no file."""
    path = folder / code / FILE
    if not path.exists():
        return {}
    records = {}
    for key, entry in read_mapping(path, faults).items():
        record = _parse(entry)
        if record is None:
            faults.append(f"{code}/{FILE}: {key}: needs by, on, text, original and facts, as the import writes them")
        else:
            records[key] = record
    return records


def written(records: Mapping[str, Record], order: Iterable[str]) -> str:
    """The file, one line a record, in the order of the texts."""
    lines = []
    for key in dict.fromkeys((*(key for key in order if key in records), *records)):
        record = records[key]
        entry = {
            "by": record.by,
            "on": record.on.isoformat(),
            "text": record.text,
            "original": record.seen.original,
            "facts": dict(record.seen.facts),
        }
        lines.append(f"{key}: {json.dumps(entry, ensure_ascii=False)}\n")
    return HEAD + "".join(lines)


def _parse(entry: Any) -> Record | None:
    if not isinstance(entry, Mapping) or set(entry) != {"by", "on", "text", "original", "facts"}:
        return None
    facts = entry["facts"]
    texts = [entry[field] for field in ("by", "on", "text", "original")]
    if not isinstance(facts, Mapping) or not all(isinstance(text, str) for text in (*texts, *facts.values())):
        return None
    try:
        day = date.fromisoformat(entry["on"])
    except ValueError:
        return None
    if not entry["by"].strip() or not entry["text"]:
        return None
    return Record(entry["by"], day, entry["text"], Seen(entry["original"], dict(facts)))
