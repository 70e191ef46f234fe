"""What the sentences are held against: the ids of `content/topics.yml` and the lines of `content/languages.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.training.corpus import yaml_lines

NONE = "none"
UNDERSTOOD = "understood"
"""The list of the register with languages that are learned and have no words of their own yet."""


class VocabularyError(ValueError):
    """One of the two files cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One line of the register. `script` is an ISO 15924 code, `native` whether it has sentences of its own."""

    script: str
    native: bool


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Ids in the order of the file; `urgencies` are those of a danger line; `aliases` lead to a registered code."""

    topics: Mapping[str, str]
    urgencies: tuple[str, ...]
    signals: tuple[str, ...]
    languages: Mapping[str, Registered]
    aliases: Mapping[str, str]


def read(root: Path) -> Vocabulary:
    """Read both files of the project in `root`. Raises `VocabularyError`."""
    try:
        ids = yaml_lines.read(root / "content" / "topics.yml")
        register = yaml_lines.read(root / "content" / "languages.yml")
        lines = [*register["languages"], *(dict(line, understanding="native") for line in register.get(UNDERSTOOD, ()))]
        languages = {
            str(line["code"]): Registered(str(line["script"]), line["understanding"] == "native") for line in lines
        }
        return Vocabulary(
            topics={topic: str(about) for topic, about in ids["topics"].items()},
            urgencies=tuple(urgency for urgency in ids["urgency"] if urgency != NONE),
            signals=tuple(ids["signals"]),
            languages=languages,
            aliases={alias: str(line["code"]) for line in lines for alias in line.get("aliases", ())},
        )
    except (yaml_lines.Unreadable, KeyError, TypeError, AttributeError) as error:
        raise VocabularyError(f"content/topics.yml or content/languages.yml: {error}") from None
