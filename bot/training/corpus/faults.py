"""What can be wrong, and a sentence with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["schema", "missing", "duplicate", "leak", "language"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right. `where` is a path from the root of the project, with a line or an id if there is one."""

    kind: Kind
    language: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and where it stands: "data/nlu/nl/debt.yml:7", or "tests/nlu/nl.jsonl: nl-012".

    `topic` is the topic of a training sentence, "" for a line of danger or a test.
    """

    text: str
    where: str
    topic: str = ""
