"""Labelled sentences for training: `data/danger/<lang>.yml`, the ordinary lines of `data/nlu/<lang>/<topic>.yml`, and
the turns of `data/talks/<lang>.yml`."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from bot.settings import ROOT
from bot.text.yaml_loader import Loader
from encoder.making.corpus import shown_of_dangers, shown_of_topics
from encoder.making.talks import DANGEROUS, Turn, turns
from encoder.runtime.holdout import LATER, NEEDED, is_held_out
from encoder.runtime.transliteration import native

CODE: Final = (
    "bot/understanding/danger/*.py", "bot/training/danger/*.py", "bot/domain/signals.py", "bot/text/normalise.py",
    "encoder/making/corpus.py", "encoder/making/talks.py", "encoder/runtime/holdout.py",
    "encoder/runtime/transliteration.*", "encoder/runtime/arabic_words.py", "encoder/runtime/descent.py",
    "encoder/runtime/linear.py", "encoder/runtime/marks.py", "encoder/runtime/*.txt",
)  # fmt: skip

OF_LINES: Final = (LATER, NEEDED)
"""Of that, what decides how single lines are learned, and nothing else."""

ORDINARY: Final = "ordinary"
DANGER: Final = "danger"
TALK: Final = "talk"
"""The topic of a turn of a talk without danger."""
MESSAGES, CHARACTERS = 4, 600
"""How much is read together: as in `content/danger.yml`."""
TELLS: Final = frozenset({"more_danger", "cannot_leave", "somebody_here", "hurt", "die"})
"""What somebody does in danger that tells of it; an address, or "why does nobody come?", tells nothing by itself."""
TOGETHER: Final = 2
"""One in so many turns is learned after what was said before it, too."""
AS_THEY_GO: Final = 4
"""One in so many turns is learned of conversations that go as they really go."""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled sentence.

    `kind` is "danger", "ordinary" (a topic line) or how a safe line is alarming ("past", ...).
    """

    text: str
    lang: str
    urgency: str = "none"
    signals: tuple[str, ...] = ()
    kind: str = ORDINARY
    topic: str = ""
    later: bool = False
    """Whether it is of a talk: no encoder was tuned on these."""

    @property
    def reading(self) -> str:
        """What the models read of it: the text, in the letters of its language."""
        return native(self.text, self.lang)


def sources(root: Path) -> list[Path]:
    """Every file the lines are read from, in a fixed order."""
    patterns = ("danger/*.yml", "nlu/*/*.yml", "talks/*.yml")
    return sorted(path for pattern in patterns for path in (root / "data").glob(pattern))


def code() -> list[Path]:
    """Every file that decides, besides the data, what a model of danger becomes."""
    return [path for pattern in CODE for path in sorted(ROOT.glob(pattern))]


def fingerprint(files: list[Path], *extra: str) -> str:
    """A hash over the files and whatever else decides what a model becomes."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for file in files:
        digest.update(f"{file.parent.name}/{file.name}".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_drawn(text: str, one_in: int) -> bool:
    """Whether a turn is one in so many, by its text alone."""
    return zlib.crc32(text.encode("utf-8", "replace")) % one_in == 0


def is_shown(line: Line) -> bool:
    """Whether the meaning is learned from `line`, and so its vector is needed; the letters are learned from all."""
    if line.later:
        return True
    return shown_of_topics(line.lang, line.text) if line.kind == ORDINARY else shown_of_dangers(line.lang, line.text)


def is_unseen(line: Line) -> bool:
    """Whether the encoder was not tuned on `line`."""
    return line.later or is_held_out(line.text)


def read(root: Path) -> list[Line]:
    """All lines of languages that have danger lines, in a fixed order. A text labelled twice counts once, danger
    first.
    """
    lines: list[Line] = []
    for file in sorted((root / "data" / "danger").glob("*.yml")):
        lines += _danger(file)
    languages = {line.lang for line in lines}
    for file in sorted((root / "data" / "nlu").glob("*/*.yml")):
        if file.parent.name in languages:
            lines += _topic(file)
    for turn in turns(root / "data"):
        lines += _of_turn(turn)
    seen: set[tuple[str, str]] = set()
    unique = []
    for line in lines:
        key = (line.lang, " ".join(line.text.casefold().split()))
        if line.text.strip() and key not in seen:
            seen.add(key)
            unique.append(line)
    return unique


def traded_sources(root: Path) -> list[Path]:
    """Every file of `read_traded`, in a fixed order."""
    return sorted((root / "data" / "traded").glob("*.yml"))


def read_traded(root: Path) -> list[Line]:
    """Lines in which somebody is sold, under age with clients, or pays a debt with sex (their kind is "danger"), and
    harmless ones that are like them, of `data/traded/<lang>.yml`."""
    lines = []
    for file in traded_sources(root):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - a safe loader, the fast one
        lang = content["language"]
        lines += [Line(str(x["text"]), lang, "urgent", tuple(x["signals"]), DANGER) for x in content["traded"] or []]
        lines += [Line(str(x["text"]), lang, kind=x["kind"]) for x in content["safe"] or []]
    return lines


def _of_turn(turn: Turn) -> list[Line]:
    """A turn that says by itself what danger there is, or one of a talk in which there is none so far; of one in
    `TOGETHER` the same after what was said before it, as fragments are read. Nothing of any other: "he is back" after
    an emergency says nothing of what it would be alone, and where answers alone are labelled nobody looked at danger.
    Of conversations that go as they really go, nearly all of which is calm, one turn in `AS_THEY_GO`: with all of them
    a danger would be taken for calm more readily than a sentence by itself may be.
    """
    if not turn.danger_known or (not turn.whole and not is_drawn(turn.text, AS_THEY_GO)):
        return []
    together = " ".join([*turn.earlier[-MESSAGES:], turn.text])
    texts = [turn.text]
    joined = turn.whole and turn.earlier and not turn.in_danger and len(together) <= CHARACTERS
    if joined and is_drawn(turn.text, TOGETHER):
        texts.append(together)
    tells = not turn.in_danger or turn.safety in TELLS
    if turn.danger in DANGEROUS and turn.signals and tells:
        return [Line(text, turn.language, turn.danger, turn.signals, DANGER, later=True) for text in texts]
    if turn.danger == "none" and not turn.in_danger and (turn.act or not turn.answers):
        return [Line(text, turn.language, topic=TALK, later=True) for text in texts]
    return []


def _danger(file: Path) -> list[Line]:
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - a safe loader, the fast one
    lang = content["language"]
    lines = [
        Line(str(entry["text"]), lang, entry["urgency"], tuple(entry["signals"]), DANGER)
        for entry in content.get("danger") or []
    ]
    lines += [Line(str(entry["text"]), lang, kind=entry["kind"]) for entry in content.get("safe") or []]
    return lines


def _topic(file: Path) -> list[Line]:
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - a safe loader, the fast one
    lines, lang = [], file.parent.name
    for block in content["nlu"] or []:
        for example in block["examples"].splitlines():
            text = example.strip().removeprefix("-").strip()
            if text:
                lines.append(Line(text, lang, topic=block["intent"]))
    return lines
