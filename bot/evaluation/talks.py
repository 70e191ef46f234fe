"""How well conversations are held: figures from labelled conversations and what `inloop converse` said in them. Pure.

Each share comes with its Wilson 95 % interval; of the first message, the middle and the safety mode apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from bot.evaluation.metrics import Share

LOOKED_AT: Final = ("nl", "en", "ro")
"""Languages whose conversations thresholds were looked at on."""
LONG: Final = 40
"""Characters from which a text that comes a second time word for word is a repeat."""
MEASURES: Final = {
    "danger": "danger, with a card or in the safety mode",
    "emergency": "of these emergencies",
    "doubt": "where one would ask, asked or a card",
    "false_card": "no danger, and a card",
    "false_mode": "no danger, and in the safety mode",
    "needless_question": "no danger, and asked whether it is safe",
    "particulars": "signals of a card that the words support",
    "heard": "told without asking, heard and not answered",
    "answer": "the right answer first, where one was given",
    "in_sight": "the right answer said or a button",
    "topic": "the right topic",
    "first": "the right answer to a first message",
    "follow_up": "the right answer to a follow-up",
    "told_recall": "facts told, kept",
    "told_precision": "facts kept that were told",
    "repeated": "a text said word for word before",
}
"""What is measured, and how it is called on the page."""


@dataclass(slots=True)
class Figures:
    """Hits and cases by measure; `misses` are (conversation, turn, measure)."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    characters: list[int] = field(default_factory=list)
    misses: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, measure: str, hit: bool) -> None:
        """One more case."""
        self.counts[measure][0] += bool(hit)
        self.counts[measure][1] += 1

    def share(self, measure: str) -> Share:
        """The share of a measure; of no case where nothing was counted."""
        hits, cases = self.counts.get(measure, (0, 0))
        return Share(hits, cases)


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The conversations of each language, by its code."""
    files = sorted(folder.glob("??.yml"))
    return {file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))["talks"] for file in files}


def measure(talks: Iterable[Mapping[str, Any]], results: Mapping[str, Mapping[str, Any]]) -> Figures:
    """The figures of conversations; `results` are the lines of `inloop converse` by id. One that is missing raises
    `KeyError`: nothing is measured of a half."""
    figures = Figures()
    for talk in talks:
        turns = results[talk["id"]]["turns"]
        kept: set[str] = set()
        texts: set[str] = set()
        told_so_far: set[str] = set()
        safety = False
        for number, (wanted, got) in enumerate(zip(talk["turns"], turns, strict=True)):
            told_so_far |= set(wanted.get("told") or ())
            _danger(figures, talk["id"], number, wanted, got, safety=safety)
            _answers(figures, talk["id"], number, wanted, got)
            _told(figures, wanted, set(got["told"]) - kept, set(got["told"]), told_so_far)
            kept |= set(got["told"])
            safety = got["mode"] == "safety"
            for reply in got["replies"]:
                if len(reply["text"]) > LONG:
                    figures.add("repeated", reply["text"] in texts)
                    texts.add(reply["text"])
            if not safety and got["urgency"] == "none":
                figures.characters.append(sum(len(reply["text"]) for reply in got["replies"]))
    return figures


def _danger(
    figures: Figures, name: str, number: int, wanted: Mapping[str, Any], got: Mapping[str, Any], *, safety: bool
) -> None:
    card, mode = got["urgency"] != "none", got["mode"] == "safety"
    level = wanted["danger"]
    if level in {"urgent", "emergency"}:
        figures.add("danger", card or mode)
        if level == "emergency":
            figures.add("emergency", card or mode)
        if not (card or mode):
            figures.misses.append((name, number, "danger"))
        if card and not safety:
            for signal in got["signals"]:
                figures.add("particulars", signal in wanted["signals"])
    elif level == "ask":
        figures.add("doubt", got["asked_safe"] or card or mode)
    else:
        figures.add("false_card", card)
        figures.add("false_mode", mode)
        figures.add("needless_question", got["asked_safe"])
        if card:
            figures.misses.append((name, number, "false_card"))


def _answers(figures: Figures, name: str, number: int, wanted: Mapping[str, Any], got: Mapping[str, Any]) -> None:
    right, said = wanted["answers"], got["answers"]
    if not right or wanted["danger"] in {"urgent", "emergency"}:
        return
    hit = any(answer in right for answer in said)
    figures.add("in_sight", hit or any(offer in right for offer in got.get("offers", ())))
    figures.add("heard", got.get("heard", False))
    if got.get("heard"):  # a story is heard: what may be of use stands below it as buttons
        return
    figures.add("answer", hit)
    topics = {answer.partition("/")[0] for answer in right}
    figures.add("topic", any(answer.partition("/")[0] in topics for answer in said))
    if number == 0:
        figures.add("first", hit)
    if wanted.get("follow"):
        figures.add("follow_up", hit)
    if not hit:
        figures.misses.append((name, number, "answer"))


def _told(figures: Figures, wanted: Mapping[str, Any], new: set[str], kept: set[str], so_far: set[str]) -> None:
    for fact in wanted.get("told") or ():
        figures.add("told_recall", fact in kept)
    for fact in new:
        figures.add("told_precision", fact in so_far)


def page(by_language: Mapping[str, Figures], together: Mapping[str, Figures]) -> Sequence[str]:
    """The lines of the page: all conversations, those that something was chosen by, the others, then each language."""
    lines = ["| | " + " | ".join(together) + " |", "| --- |" + " --- |" * len(together)]
    for name, title in MEASURES.items():
        lines.append(f"| {title} | " + " | ".join(str(figures.share(name)) for figures in together.values()) + " |")
    means = [sum(f.characters) / max(len(f.characters), 1) for f in together.values()]
    lines.append("| characters of a turn outside danger, mean | " + " | ".join(f"{mean:.0f}" for mean in means) + " |")
    shown = ("danger", "false_card", "particulars", "answer", "follow_up", "told_precision", "told_recall")
    lines += ["", "| language | " + " | ".join(MEASURES[name] for name in shown) + " |"]
    lines += ["| --- |" + " --- |" * len(shown)]
    for language, figures in by_language.items():
        lines.append(f"| {language} | " + " | ".join(str(figures.share(name)) for name in shown) + " |")
    return lines
