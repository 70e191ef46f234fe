"""Read the conversations of ``data/talks/<lang>.yml``, and the follow-ups of ``data/acts``, as turns to learn from."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from encoder.making.corpus import examples
from encoder.runtime.text import can_be_leant_on

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

DANGEROUS = frozenset({"urgent", "emergency"})
SMALL_TALK = "talk/"
FOLLOW_UPS = 8000
"""Pairs of a question and a follow-up that are made of the table topic x kind, at most."""
SEED = 20261201


@dataclass(frozen=True)
class Turn:
    """What somebody wrote, in the light of what was said ``before`` it (the person's last words that can be leant on)
    and of the id of the ``last`` answer; and what is right: ``answers`` (ids, the best first), ``danger`` and so on.
    """

    language: str
    text: str
    before: str = ""
    last: str = ""
    answers: tuple[str, ...] = ()
    danger: str = "none"
    signals: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    act: str = ""
    feeling: str = ""
    kind: str = ""
    safety: str = ""
    in_danger: bool = False
    """Whether danger was seen before it in the conversation."""
    about: str = ""
    """Whether its conversation is about who writes (`self`) or somebody else (`other`), where that is labelled."""
    earlier: tuple[str, ...] = ()
    """What the person wrote before it in the conversation, newest last."""
    whole: bool = True
    """Whether everything was labelled; else only danger, act and answers."""
    told_known: bool = True
    """Whether the facts told were labelled."""
    danger_known: bool = True
    """Whether danger was labelled."""
    theme: str = ""
    """By which theme it is heard (`themes` of content/<lang>/acknowledgements.yml), "-" by none of them; empty where
    nobody has said."""


def turns(root: Path) -> Iterator[Turn]:
    """Yield every turn of ``root/talks``, in order. Raises ``ValueError`` for a file that is not as expected."""
    for path in sorted((root / "talks").glob("*.yml")):
        try:
            for talk in _read(path)["talks"]:
                yield from _of_talk(path.stem, talk)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} is not a file of conversations ({type(error).__name__})") from None


def _of_talk(language: str, talk: dict[str, Any]) -> Iterator[Turn]:
    before, last, in_danger = "", "", False
    about, labels = talk.get("about", ""), talk.get("labels", "all")
    whole, told_known = labels == "all", labels == "all" or labels.endswith("told")
    danger_known = whole or labels.startswith("danger")
    earlier: list[str] = []
    for entry in talk["turns"]:
        text, answers = str(entry["text"]), tuple(entry.get("answers") or ())
        yield Turn(
            language, text, before, last, answers, entry.get("danger", "none"), tuple(entry.get("signals") or ()),
            tuple(entry.get("told") or ()), entry.get("act", ""), entry.get("feeling", ""), entry.get("kind", ""),
            entry.get("safety", ""), in_danger, about, tuple(earlier), whole, told_known, danger_known,
            entry.get("theme", ""),
        )  # fmt: skip
        earlier.append(text)
        before = text if can_be_leant_on(text) else before
        last = next((answer for answer in answers[:1] if not answer.startswith(SMALL_TALK)), last)
        in_danger = in_danger or entry.get("danger") == "emergency"


def questions_of_talks(root: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield (language, question, text, before, last) for each turn that asks a question with an answer of its own."""
    for turn in turns(root):
        question = next((answer for answer in turn.answers if "/" in answer), None)
        if question is not None:
            yield turn.language, question, turn.text, turn.before, turn.last


def follow_ups(root: Path, kinds: dict[tuple[str, str], str]) -> list[tuple[str, str, str, str, str]]:
    """The same for follow-ups of ``root/acts`` after a question under a topic. ``kinds`` is the table (topic, kind of
    follow-up) -> question that answers it."""
    asked: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((root / "questions").glob("*/*.yml")):
        for question, text in examples(path):
            asked[path.parent.name, question.partition("/")[0]].append((question, text))
    dice = random.Random(SEED)
    made = []
    for path in sorted((root / "acts").glob("*.yml")):
        for kind, texts in (_read(path).get("followups") or {}).items():
            for topic, of in kinds:
                before = asked.get((path.stem, topic)) or asked.get(("en", topic))
                if of != kind or not before:
                    continue
                for text in texts:
                    last, words = dice.choice(before)
                    made.append((path.stem, kinds[topic, kind], str(text), words, last))
    return dice.sample(made, min(FOLLOW_UPS, len(made)))


def table(content: Path) -> dict[tuple[str, str], str]:
    """Return (topic, kind of follow-up) -> question of ``content/questions.yml``."""
    found: dict[tuple[str, str], str] = {}
    for question, entry in _read(content)["questions"].items():
        for kind in entry.get("kinds") or ():
            found.setdefault((question.partition("/")[0], kind), question)
    return found


def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}
