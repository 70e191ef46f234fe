"""The project's sentences as the tuner sees them; see scripts/tune_encoder.py."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from encoder.making import talks
from encoder.making.corpus import examples
from encoder.making.spelling import damaged
from encoder.making.talks import Turn
from encoder.runtime.holdout import is_held_out, is_never_tuned_on

ACTS = ("safety", "told", "followups", "feelings")
"""The groups of a file of `data/acts`."""
GROUPS = ("safety", "followups", "feelings")
"""The groups of which a line has one label; of the facts told it may have several."""
NO_ACT = frozenset(
    {
        "greet", "thanks", "goodbye", "about_us", "cost", "confidentiality", "contact_visit", "change_language",
        "interpreter", "are_you_human", "engage", "duration", "delete_my_data", "out_of_scope", "legal_aid", "court",
        "report", "signs", "compensation",
    }
)  # fmt: skip
"""Topics whose lines tell no fact and no feeling, and follow nothing."""
JOINED = 0.06
"""Share of the sentences that are seen run together with another of the language."""
SERIOUS = 3.0
"""What a danger, or a harmless line that sounds like one, weighs in the question of danger."""
AS_WRITTEN = 0.5
"""Share of the turns that are seen as they were written; the others may be typed less carefully."""


@dataclass(frozen=True)
class Row:
    """One sentence, or one turn of a conversation, and what is known of it; an empty field is one nobody has judged."""

    text: str
    lang: str
    topic: str = ""
    danger: bool | None = None
    """None where nobody has judged it."""
    emergency: bool = False
    """Whether a danger is urgent; False elsewhere."""
    signals: frozenset[str] = field(default_factory=frozenset)
    """Which of the signals (`bot/domain/signals.py`) a danger shows."""
    weight: float = 1.0
    """What it weighs in the question of danger."""
    question: str = ""
    """`topic/question`, of a line of `data/questions` or a turn that asks one."""
    act: str = ""
    """`group.label`, of a line of `data/acts`."""
    talk: bool = False
    """Whether it is a turn of a conversation: the fields below are then judged, and it is run together with none."""
    before: str = ""
    """The person's last words before the turn that can be leant on."""
    last: str = ""
    """Id of the last answer before the turn."""
    told: tuple[str, ...] = ()
    """The facts that the turn tells."""
    kind: str = ""
    """Which kind of follow-up the turn is; empty when it is none."""
    feeling: str = ""
    """Which feeling the turn shows; empty when it shows none."""
    safety: str = ""
    """Label of the turn in the group `safety`, `none` included; empty when no danger was seen before it."""


@dataclass(frozen=True)
class Parts:
    """Sentences and turns that are learned from, and those that are kept back to measure on."""

    taught: list[Row]
    held: list[Row]
    taught_turns: list[Row]
    held_turns: list[Row]


def read(data: Path, without: frozenset[str] = frozenset()) -> list[Row]:
    """Return all sentences once each, in a fixed order, except of the languages ``without``.

    A topic line is harmless, but only where the language has danger lines too: otherwise the encoder would learn that
    the language itself is.
    """
    rows: dict[str, Row] = {}
    judged = _add_dangers(rows, data)
    _add_topics(rows, data, judged)
    for path in sorted((data / "questions").glob("*/*.yml")):
        for question, text in examples(path):
            known = rows.get(text) or Row(text, path.parent.name)
            rows[text] = replace(known, question=question)
    _add_acts(rows, data)
    return [row for row in rows.values() if row.lang not in without and row.text.strip()]


def _add_dangers(rows: dict[str, Row], data: Path) -> set[str]:
    """Add the lines of ``data/danger`` to ``rows``, and return their languages."""
    judged = set()
    for path in sorted((data / "danger").glob("*.yml")):
        content, lang = _load(path), path.stem
        judged.add(lang)
        for entry in content.get("safe") or []:
            rows[str(entry["text"])] = Row(str(entry["text"]), lang, danger=False, weight=SERIOUS)
        for entry in content.get("danger") or []:
            urgent, named = entry["urgency"] == "emergency", frozenset(entry["signals"])
            text = str(entry["text"])
            rows[text] = Row(text, lang, danger=True, emergency=urgent, signals=named, weight=SERIOUS)
    return judged


def _add_topics(rows: dict[str, Row], data: Path, judged: set[str]) -> None:
    """Add the lines of ``data/nlu``, harmless in the languages ``judged``."""
    for path in sorted((data / "nlu").glob("*/*.yml")):
        lang = path.parent.name
        for topic, text in examples(path):
            known = rows.get(text)
            if known is None:
                rows[text] = Row(text, lang, topic, danger=False if lang in judged else None)
            elif not known.topic:
                rows[text] = replace(known, topic=topic)


def _add_acts(rows: dict[str, Row], data: Path) -> None:
    """Add the lines of ``data/acts``. A text in two groups keeps the label of the later."""
    for path in sorted((data / "acts").glob("*.yml")):
        content = _load(path)
        for group in ACTS:
            labels = [(label, str(text)) for label, texts in (content.get(group) or {}).items() for text in texts]
            for label, text in labels:
                rows[text] = replace(rows.get(text) or Row(text, path.stem), act=f"{group}.{label}")


def read_turns(data: Path, without: frozenset[str] = frozenset()) -> list[Row]:
    """Return every turn of ``data/talks``, in order, except of the languages ``without``.

    The turns of a conversation are harmless when none of them is a danger or asks about one; otherwise none is judged.
    """
    rows: list[Row] = []
    for talk in _talks(data):
        harmless = not any(turn.danger in talks.DANGEROUS or turn.danger == "ask" for turn in talk)
        rows += [_row_of(turn, False if harmless else None) for turn in talk]
    return [row for row in rows if row.lang not in without and row.text.strip()]


def _talks(data: Path) -> Iterator[list[Turn]]:
    """Yield the turns of each conversation: the first of one has nothing earlier."""
    talk: list[Turn] = []
    for turn in talks.turns(data):
        if talk and not turn.earlier:
            yield talk
            talk = []
        talk.append(turn)
    if talk:
        yield talk


def _row_of(turn: Turn, danger: bool | None) -> Row:
    return Row(
        turn.text,
        turn.language,
        danger=danger,
        question=next((answer for answer in turn.answers if "/" in answer), ""),
        talk=True,
        before=turn.before,
        last=turn.last,
        told=turn.told,
        kind=turn.kind,
        feeling=turn.feeling,
        safety=(turn.safety or "none") if turn.in_danger else "",
    )


def divide(rows: list[Row], turns: list[Row], known: float, dice: random.Random) -> Parts:
    """Divide into what is learned from and what is kept back; see the rules in scripts/tune_encoder.py.

    Of the sentences that are neither a question nor an act only a share ``known`` is learned from: where the start was
    tuned on them already, they are there only so that they are not forgotten.
    """
    taught = [row for row in rows if _is_taught(row)]
    if known < 1:
        taught = [row for row in taught if row.question or row.act or dice.random() < known]
    return Parts(
        taught,
        [row for row in rows if not _is_taught(row)],
        [turn for turn in turns if not is_never_tuned_on(turn.text)],
        [turn for turn in turns if is_never_tuned_on(turn.text)],
    )


def _is_taught(row: Row) -> bool:
    """Whether a sentence may be learned from: questions and acts also when they came after the last tuning."""
    return not (is_never_tuned_on(row.text) if row.question or row.act else is_held_out(row.text))


def fingerprint(rows: list[Row]) -> str:
    """Return a digest of all sentences and turns, learned from or not, with the labels that sentences have.

    What only turns have (``before`` to ``safety``) is not in it.
    """
    digest = hashlib.sha256()
    for row in rows:
        labels = (row.topic, row.danger, row.emergency, sorted(row.signals), row.weight, row.question, row.act)
        digest.update(repr((row.text, row.lang, *labels)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def varied(rows: list[Row], dice: random.Random) -> list[Row]:
    """Return as many rows: some sentences run together with another of their language, many typed less carefully."""
    by_language: dict[str, list[Row]] = {}
    for row in rows:
        by_language.setdefault(row.lang, []).append(row)
    made = []
    for row in rows:
        joined = dice.random() < JOINED and not row.talk
        whole = _with(row, dice.choice(by_language[row.lang]), dice) if joined else row
        made.append(replace(whole, text=_typed(whole, dice)))
    return made


def _typed(row: Row, dice: random.Random) -> str:
    """Return the text as it might be typed in a hurry."""
    if row.talk and dice.random() < AS_WRITTEN:
        return row.text
    return damaged(row.text, row.lang, dice) or row.text


def _with(row: Row, other: Row, dice: random.Random) -> Row:
    """Return both as one message: dangerous if either is, of no single topic."""
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


def _load(path: Path) -> dict[str, Any]:
    """Return a YAML file's mapping."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return content
