"""What holds for one text: what it must show, how long it may be, where it is shown. By its key.

A key is the file and the place in it: `answers.shelter.text`, `safety.signals.weapon`, `system.handoff.offer`,
`labels.visitor.send`. It is the same in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.content import checks
from bot.content.render import placeholders
from bot.content.structure import FREE, QuestionRule, Rule, Structure
from bot.content.yaml_reader import flatten, read_mapping

ORIGINAL = "nl"
"""The language that the others are compared with."""

FILES = ("answers", "questions", "acknowledgements", "safety", "safety_mode", "system", "labels")
WHOLE = ("questions.", "acknowledgements.", "safety.", "safety_mode.")
"""Files whose name is part of the key by which a text is said."""


def read_texts(folder: Path, code: str, faults: list[str]) -> dict[str, Any]:
    """All entries of a language's files by key, including those that are no text."""
    found: dict[str, Any] = {}
    for name in FILES:
        found |= flatten(read_mapping(folder / code / f"{name}.yml", faults), f"{name}.")
    return found


def place(key: str) -> str:
    """answers.shelter.text -> answers.yml: shelter: text; safety.signals.weapon -> safety.yml: signals.weapon."""
    file, _, rest = key.partition(".")
    if file == "answers":
        rest = ": ".join(rest.split(".", 1))
    return f"{file}.yml: {rest}"


def rule(structure: Structure, key: str) -> Rule:
    """What `structure.yml` says of a text."""
    file, _, rest = key.partition(".")
    if file == "answers":
        topic, _, part = rest.partition(".")
        return structure.topics.get(topic, FREE) if part == "text" else FREE
    if file == "labels":
        return structure.labels.get(rest, FREE)
    if file == "questions":
        question, _, part = rest.partition(".")
        return structure.questions.get(question, QuestionRule()).of(part)
    return structure.texts.get(key if key.startswith(WHOLE) else rest, FREE)


def most_words(structure: Structure, key: str) -> int:
    """How many words a text may have when it is filled in."""
    if key.startswith("answers.") and key.endswith(".text"):
        return checks.ANSWER_WORDS
    if key.startswith("questions."):
        return checks.QUESTION_WORDS if key.endswith(".text") else checks.SHORT_WORDS
    if key.startswith(("safety.signals.", "safety_mode.")):
        return checks.SIGNAL_WORDS
    if key in {f"safety.{card.text}" for card in structure.cards.values()}:
        return checks.CARD_WORDS
    return checks.TEXT_WORDS


def most_signs(key: str) -> int | None:
    """How many characters a text may have when it is filled in; None when only words are counted."""
    if not key.endswith(".label"):
        return None
    if key.startswith("questions."):
        return checks.QUESTION_CHARS
    return checks.LABEL_CHARS if key.startswith("answers.") else None


def for_persons(key: str) -> bool:
    """Whether a person reads it; the labels of the desk are for caseworkers."""
    return not key.startswith("labels.desk.")


def facts_behind(structure: Structure, key: str, text: object) -> tuple[str, ...]:
    """Ids of the facts that a text shows or leans on, each once."""
    own = rule(structure, key)
    shown = placeholders(text) if isinstance(text, str) else ()
    return tuple(dict.fromkeys(name for name in (*shown, *own.shows, *own.facts) if name not in own.values))


def expected_keys(structure: Structure, found: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """All keys that every language must have, in reading order; `found` holds the texts of each language.

    Reading order is that of a person: the page, the first words, danger, the choices, the answers, then the desk.
    """
    every = dict.fromkeys(f"answers.{topic}.{part}" for topic in structure.topics for part in ("label", "text"))
    every |= dict.fromkeys(
        key if key.startswith(WHOLE) else f"system.{key}" for key in structure.required_texts
    )
    every |= dict.fromkeys(f"labels.{key}" for key in structure.labels)
    written = dict.fromkeys(key for texts in (found.get(ORIGINAL, {}), *found.values()) for key in texts)
    topics = {topic: number for number, topic in enumerate(structure.topics)}
    order = {key: number for number, key in enumerate({**written, **every})}

    def reading(key: str) -> tuple[int, int, int]:
        parts = (
            "labels.visitor.", "system.", "safety.", "safety_mode.", "labels.choices.", "answers.", "questions.",
            "acknowledgements.", "labels.",
        )  # fmt: skip
        part = next((n for n, prefix in enumerate(parts) if key.startswith(prefix)), len(parts))
        topic = topics.get(key.split(".")[1], len(topics)) if key.startswith("answers.") else 0
        return part, topic, order[key]

    # A topic that is no topic of topics.yml is a fault of its own, and nothing that others miss.
    return tuple(
        sorted((key for key in order if not key.startswith("answers.") or key in every), key=reading)
    )
