"""How far each language is. Reads the folder as it is: what is wrong or missing is told, nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.facts import Fact, parse_facts
from bot.content.review.review_records import Record, Seen, Standing, State, read_records, seen, standing
from bot.content.structure import Register, Structure, read_register, read_structure
from bot.content.terms import ORIGINAL, expected_keys, facts_behind, for_persons, read_texts
from bot.content.yaml_reader import read_mapping

STATES: tuple[State, ...] = ("missing", "draft", "reviewed", "stale")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One language as it stands in its folder. `texts` and `records` are by key."""

    register: Register
    texts: Mapping[str, Any]
    records: Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class Library:
    """All that is needed to tell what a text is; `keys` are those of all languages, in reading order."""

    structure: Structure
    facts: Mapping[str, Fact]
    keys: tuple[str, ...]
    shelves: Mapping[str, Shelf]
    faults: tuple[str, ...]

    def today(self, code: str, key: str) -> Seen:
        """What a reader of this text would see now. The original itself is compared with no other text."""
        original = self.shelves.get(ORIGINAL)
        beside = original.texts.get(key) if original is not None and code != ORIGINAL else None
        names = facts_behind(self.structure, key, self.shelves[code].texts.get(key))
        return seen(beside, names, self.facts, code)

    def standing(self, code: str, key: str) -> Standing:
        shelf = self.shelves[code]
        record = shelf.records.get(key)
        unread = record is None  # then it does not matter what a reader would see, and most texts are so at every start
        return standing(record, shelf.texts.get(key), Seen("", {}) if unread else self.today(code, key))


@dataclass(frozen=True, slots=True)
class Progress:
    """One language: its texts by state, in reading order, and why a text that was read no longer counts."""

    code: str
    name: str
    texts: Mapping[State, tuple[str, ...]]
    why: Mapping[str, tuple[str, ...]]

    @property
    def reviewed(self) -> bool:
        """Whether everything a person reads was read and still stands; the desk's labels may wait."""
        open_texts = (key for state in STATES if state != "reviewed" for key in self.texts[state])
        return not any(for_persons(key) for key in open_texts)


def read_library(folder: Path, also: tuple[str, ...] = ()) -> Library:
    """The content folder, with whatever is wrong with it in `faults`."""
    faults: list[str] = []
    facts = parse_facts(read_mapping(folder / "facts.yml", faults), faults)
    structure = read_structure(folder, facts, faults)
    shelves = {
        register.code: Shelf(
            register,
            read_texts(folder, register.code, faults),
            read_records(folder, register.code, faults),
        )
        for register in read_register(folder, also, faults)
    }
    keys = expected_keys(structure, {code: shelf.texts for code, shelf in shelves.items()})
    return Library(structure, facts, keys, shelves, tuple(faults))


def progress(library: Library, code: str) -> Progress:
    """How far one language is. KeyError when it is not in the register."""
    register = library.shelves[code].register
    standings = {key: library.standing(code, key) for key in library.keys}
    texts = {state: tuple(key for key, s in standings.items() if s.state == state) for state in STATES}
    why = {key: s.why for key, s in standings.items() if s.why}
    return Progress(code, register.name, texts, why)
