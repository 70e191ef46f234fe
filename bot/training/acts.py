"""Learn `understanding/acts` from `data/acts/<lang>.yml` and the turns of `data/talks/<lang>.yml`.

Some seconds, skipped when nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from bot.training.danger import corpus
from bot.understanding.acts.model import FILE, GROUPS, NONE
from bot.understanding.danger import model_files
from encoder.making.corpus import examples
from encoder.making.talks import Turn, turns
from encoder.runtime import heads
from encoder.runtime.network import Recipe
from encoder.runtime.transliteration import native

PLAIN: Final = (
    "greet", "thanks", "goodbye", "about_us", "cost", "confidentiality", "contact_visit", "change_language",
    "interpreter", "are_you_human", "engage", "duration", "delete_my_data", "out_of_scope", "legal_aid", "court",
    "report", "signs", "compensation",
)  # fmt: skip
"""Topics whose lines tell no fact and no feeling, and follow nothing."""
OF_TOPIC: Final = 6
"""Lines of each such topic and language."""
CODE: Final = (
    "bot/training/acts.py", "bot/understanding/acts/*.py", "encoder/making/talks.py", "encoder/runtime/heads.py",
    "encoder/runtime/lexical.py", "encoder/runtime/marks.*", "encoder/runtime/network.py",
    "encoder/runtime/transliteration.*",
)  # fmt: skip
MANIFEST: Final = "manifest.json"
RECIPE: Final = Recipe(hidden=256, epochs=10, batch=256, dropout=0.5, input_dropout=0.1, smoothing=0.0, balance=0.3)
LETTERS: Final = 0.4
"""The weight of the letters beside the vector."""
UNSAID: Final = frozenset({"elsewhere"})
"""What a turn of a talk in danger may do that is none of the acts."""

Encode = Callable[[list[str]], np.ndarray]


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its `group.label`; `group` is empty for an ordinary line of a topic.

    `only`: of a turn the labels of every group are known; one line stands for each, and no other group learns from it.
    """

    text: str
    lang: str
    group: str = ""
    label: str = NONE
    only: bool = False

    @property
    def reading(self) -> str:
        """What the models read of it: the text, in the letters of its language."""
        return native(self.text, self.lang)


def sources(root: Path) -> list[Path]:
    """Every file the lines are read from, in a fixed order."""
    files = sorted((root / "data" / "acts").glob("*.yml"))
    files += sorted((root / "data" / "talks").glob("*.yml"))
    return [*files, *(p for f in files for p in (_topic(root, f.stem, t) for t in PLAIN) if p.is_file())]


def read(root: Path) -> list[Line]:
    """All lines, in a fixed order. Raises `ValueError` for a file that is not as expected."""
    lines: list[Line] = []
    for file in sorted((root / "data" / "acts").glob("*.yml")):
        content: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=_loader())  # noqa: S506 - safe
        lang = content["language"]
        for group in GROUPS:
            for label, texts in (content.get(group) or {}).items():
                lines += [Line(str(text), lang, group, str(label)) for text in texts]
        for topic in PLAIN:
            path = _topic(root, lang, topic)
            texts = [text for _, text in examples(path)] if path.is_file() else []
            step = max(len(texts) // OF_TOPIC, 1)
            lines += [Line(text, lang) for text in texts[::step][:OF_TOPIC]]
    return [*lines, *(line for turn in turns(root / "data") for line in _of_turn(turn))]


def _of_turn(turn: Turn) -> list[Line]:
    """What each group learns from a turn; what somebody does in danger, only where danger was seen before. Nothing of a
    turn that nobody has labelled."""
    about = [Line(turn.text, turn.language, "about", turn.about, only=True)] if turn.about else []
    if not turn.act:
        return about
    said: dict[str, tuple[str, ...]] = {"act": (turn.act,)}
    if turn.whole:
        said |= {"followups": (turn.kind,), "feelings": (turn.feeling,)}
    if turn.told_known:
        said["told"] = turn.told
    if turn.in_danger and (turn.whole or turn.safety):
        said["safety"] = (turn.safety if turn.safety not in UNSAID else "",)
    return about + [
        Line(turn.text, turn.language, group, label or NONE, only=True)
        for group, labels in said.items()
        for label in labels or ("",)
    ]


def train(root: Path, models: Path, encode: Encode, progress: Callable[[str], None]) -> None:
    """Write `models/acts`; nothing where there are no lines. `encode` gives float32 (n, dim) rows of length 1."""
    lines = read(root)
    if not any(line.group for line in lines):
        return
    folder = models / "acts"
    probe = np.asarray(encode(["acts"]), np.float32)[0]
    code = [path for pattern in CODE for path in sorted(root.glob(pattern))]
    mark = corpus.fingerprint([*sources(root), *code], probe.astype(np.float16).tobytes().hex())
    if model_files.is_current(folder / FILE, folder / MANIFEST, mark):
        return
    vectors = np.asarray(encode([line.reading for line in lines]), np.float32)
    arrays: dict[str, np.ndarray] = {}
    for group in GROUPS:
        rows = np.flatnonzero([belongs(line, group) for line in lines])
        labels = [lines[row].label if lines[row].group == group else NONE for row in rows]
        texts = [lines[row].reading for row in rows]
        head = heads.with_letters(heads.fit(vectors[rows], labels, RECIPE), texts, labels, LETTERS)
        arrays |= head.arrays(group)
    progress(f"acts: {sum(bool(line.group) for line in lines)} lines")
    model_files.write(folder / FILE, arrays, folder / MANIFEST, {"fingerprint": mark})


def belongs(line: Line, group: str) -> bool:
    """Whether a group learns from a line: from its own, from ordinary ones, and from those of others that are none of
    its own for sure. In an emergency people tell facts and feelings too."""
    if line.only:
        return line.group == group
    apart = {"told": {"followups"}, "feelings": {"followups"}, "followups": {"told"}, "safety": {"followups"}}
    if group in {"act", "about"}:
        return False
    return line.group in {"", group} or line.group in apart[group]


def _topic(root: Path, lang: str, topic: str) -> Path:
    return root / "data" / "nlu" / lang / f"{topic}.yml"


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)
