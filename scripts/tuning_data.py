"""The project's sentences as the tuner sees them; see scripts/tune_encoder.py."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from encoder.making.corpus import examples
from encoder.making.spelling import damaged

SIGNALS = (
    "violence_now",
    "confined",
    "threat_to_life",
    "weapon",
    "medical_emergency",
    "suicide_risk",
    "sexual_violence",
    "being_moved",
    "discovered",
    "child_at_risk",
    "witnessed_now",
)
JOINED = 0.06
"""Share of the sentences that are seen run together with another of the language."""
SERIOUS = 3.0
"""What a danger, or a harmless line that sounds like one, weighs in the question of danger."""


@dataclass(frozen=True)
class Row:
    """One sentence. ``topic`` is empty where none is known; ``danger`` is None where nobody has judged it."""

    text: str
    lang: str
    topic: str = ""
    danger: bool | None = None
    emergency: bool = False
    signals: frozenset[str] = field(default_factory=frozenset)
    weight: float = 1.0


def read(data: Path, without: frozenset[str] = frozenset()) -> list[Row]:
    """All sentences once each, in a fixed order, except of the languages ``without``.

    A topic line is harmless, but only where the language has danger lines too: otherwise the encoder would learn that
    the language itself is.
    """
    rows: dict[str, Row] = {}
    judged = set()
    for path in sorted((data / "danger").glob("*.yml")):
        content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_loader())
        lang = path.stem
        judged.add(lang)
        for entry in content.get("safe") or []:
            rows[str(entry["text"])] = Row(str(entry["text"]), lang, danger=False, weight=SERIOUS)
        for entry in content.get("danger") or []:
            urgent, named = entry["urgency"] == "emergency", frozenset(entry["signals"])
            text = str(entry["text"])
            rows[text] = Row(text, lang, danger=True, emergency=urgent, signals=named, weight=SERIOUS)
    for path in sorted((data / "nlu").glob("*/*.yml")):
        lang = path.parent.name
        for topic, text in examples(path):
            known = rows.get(text)
            if known is None:
                rows[text] = Row(text, lang, topic, danger=False if lang in judged else None)
            elif not known.topic:
                rows[text] = replace(known, topic=topic)
    return [row for row in rows.values() if row.lang not in without and row.text.strip()]


def fingerprint(rows: list[Row]) -> str:
    """A digest of everything that was learned from."""
    digest = hashlib.sha256()
    for row in rows:
        told = (row.text, row.lang, row.topic, row.danger, row.emergency, sorted(row.signals), row.weight)
        digest.update(repr(told).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def varied(rows: list[Row], dice: random.Random) -> list[Row]:
    """The rows of one epoch: some run together with another of their language, many typed less carefully."""
    by_language: dict[str, list[Row]] = {}
    for row in rows:
        by_language.setdefault(row.lang, []).append(row)
    return [
        replace(made, text=damaged(made.text, made.lang, dice))
        for row in rows
        for made in (_with(row, dice.choice(by_language[row.lang]), dice) if dice.random() < JOINED else row,)
    ]


def _with(row: Row, other: Row, dice: random.Random) -> Row:
    """Both as one message: dangerous if either is, of no single topic."""
    if row.danger is None or other.danger is None:
        return row
    texts = [row.text, other.text]
    dice.shuffle(texts)
    return Row(
        " ".join(texts),
        row.lang,
        danger=row.danger or other.danger,
        emergency=row.emergency or other.emergency,
        signals=row.signals | other.signals,
        weight=SERIOUS,
    )


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
