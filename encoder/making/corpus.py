"""Read the sentences of the training files, without Rasa."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import yaml

from encoder.runtime.holdout import PARTS, is_held_out, is_needed, is_taught
from encoder.runtime.transliteration import native

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


GREETED = 6
"""One in so many sentences is learned a second time with a greeting before it: people greet first, and then ask."""
FEW = frozenset({"bn", "hi", "tl"})
"""Languages with a third of the sentences of the others: all of theirs are shown."""
GREETING, TALK = "greet", frozenset({"greet", "thanks", "goodbye", "affirm", "deny"})


def shown_of_topics(language: str, text: str) -> bool:
    """Whether the models on the vectors learn from this sentence of a topic. What the encoder knows teaches them no
    more (docs/decisions/0024); the models of the letters, which need no vector, learn from all."""
    return language in FEW or is_held_out(text)


def shown_of_dangers(language: str, text: str) -> bool:
    """The same of dangers and what looks like them; of what the encoder knows a few hundred."""
    return language in FEW or is_held_out(text) or is_needed(text)


def sentences(root: Path) -> Iterator[str]:
    """Yield what the models on the vectors learn of ``root/nlu/<lang>/<topic>.yml``, ``root/danger/<lang>.yml`` and
    ``root/traded/<lang>.yml``, in order of their paths and as it is read.
    """
    yield from (native(text, language) for language, text in shown(root))


def shown(root: Path) -> Iterator[tuple[str, str]]:
    """The same as it was written: (language, sentence)."""
    for path in sorted((root / "nlu").glob("*/*.yml")):
        yield from ((path.parent.name, text) for _, text, is_shown in taught(path) if is_shown)
    for path in sorted((root / "danger").glob("*.yml")):
        content = _read(path)
        for kind in ("danger", "safe"):
            texts = (str(item["text"]) for item in content.get(kind) or [])
            yield from ((path.stem, text) for text in texts if shown_of_dangers(path.stem, text))
    for path in sorted((root / "traded").glob("*.yml")):
        content = _read(path)
        for kind in ("traded", "safe"):
            yield from ((path.stem, str(item["text"])) for item in content.get(kind) or [])


def questions(root: Path) -> Iterator[str]:
    """Yield the sentences of ``root/questions/<lang>/<topic>.yml``, in order of their paths and as they are read."""
    for path in sorted((root / "questions").glob("*/*.yml")):
        yield from (native(text, path.parent.name) for _, text in examples(path))


def examples(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (topic, sentence) for every sentence of one NLU file."""
    for block in _read(path)["nlu"]:
        for text in _lines(str(block["examples"])):
            yield str(block["intent"]), text


def taught(path: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield (topic, sentence, whether its vector is learned from) for what the dialogue model learns of one file. A
    greeting before a question is a matter of letters: the vectors do as well without."""
    for topic, text in examples(path):
        yield topic, text, shown_of_topics(path.parent.name, text)
    yield from ((topic, text, False) for topic, text in greeted(path))


def greeted(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (topic, sentence) for sentences of one NLU file with a short greeting of their language before them.

    Which ones, and which greeting, is by the text alone: so the same again whatever else changes.
    """
    beside = path.with_name(f"{GREETING}.yml")
    short = [text.rstrip(" .!?,") for _, text in examples(beside) if len(text.split()) <= 2] if beside.exists() else []
    for topic, text in examples(path):
        number = zlib.crc32(text.encode("utf-8", "replace")) // PARTS
        if short and topic not in TALK and number % GREETED == 0 and is_taught(text) and not is_held_out(text):
            greeting = short[number // GREETED % len(short)]
            whole = f"{greeting}{', ' if number % 5 < 3 else ' '}{text}"
            if not is_held_out(whole):
                yield topic, whole


def _read(path: Path) -> dict[str, list[dict[str, object]]]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader) or {}


def _lines(examples: str) -> Iterator[str]:
    """The entries of a Rasa ``examples`` block, as Rasa itself would give them."""
    for line in examples.splitlines():
        text = line.strip()
        if text.startswith("- "):
            yield text[2:].strip()
