"""The shape of the files: each function gives the sentences it could read and the faults it found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bot.training.corpus import yaml_lines
from bot.training.corpus.faults import Fault, Kind, Sentence
from bot.training.corpus.vocabulary import Vocabulary
from bot.training.corpus.yaml_lines import Mapping

VERSION: Final = "3.1"
"""Of Rasa's training files."""
STYLES: Final = ("direct", "oblique", "fragment", "bystander", "question", "damaged")
KINDS: Final = (
    "past",
    "negated",
    "hypothetical",
    "figure",
    "professional",
    "question",
    "praise",
    "resolved",
    "everyday",
)
TOPIC_LINES: Final = 15
DANGER_LINES: Final = 120
SAFE_LINES: Final = 120
TEST_LINES: Final = 80


class Reader:
    """Reads the files of one language. `faults` grows; where it can, reading goes on after a fault."""

    def __init__(self, root: Path, language: str, vocabulary: Vocabulary) -> None:
        self._root = root
        self._language = language
        self._known = vocabulary
        self.faults: list[Fault] = []

    def topics(self) -> list[Sentence]:
        """The sentences of `data/nlu/<language>/<topic>.yml`, in the order of the file names."""
        folder = self._root / "data" / "nlu" / self._language
        there = sorted(folder.rglob("*")) if folder.is_dir() else []
        wanted = {folder / f"{topic}.yml" for topic in self._known.topics}
        for path in there:
            if path not in wanted:
                # Rasa reads whatever lies there, under any name.
                self._fault("schema", self._name(path), "is not the file of a topic of content/topics.yml")
        sentences = []
        for path in sorted(wanted):
            found = list(self._topic(path)) if path in there else []
            if len(found) < TOPIC_LINES:
                self._fault("missing", self._name(path), f"{len(found)} of at least {TOPIC_LINES} sentences")
            sentences += found
        return sentences

    def danger(self) -> list[Sentence]:
        """The lines of `data/danger/<language>.yml`: danger first, then safe."""
        path = self._root / "data" / "danger" / f"{self._language}.yml"
        name = self._name(path)
        content: Any = None
        if path.exists():
            content = self._mapping(path, {"version", "language", "danger", "safe"})
            if content is not None and (content["version"] != 1 or content["language"] != self._language):
                self._fault("schema", name, f"needs version: 1 and language: {self._language}")
        danger = list(self._entries(name, content, "danger", {"text", "urgency", "signals", "style"}))
        safe = list(self._entries(name, content, "safe", {"text", "kind"}))
        signals: Counter[str] = Counter()
        for where, entry in danger:
            signals.update(self._danger_line(where, entry))
        for where, entry in safe:
            if entry["kind"] not in KINDS:
                self._fault("schema", where, f"the kind {entry['kind']!r} is none of {', '.join(KINDS)}")
        for what, found, least in (("danger", danger, DANGER_LINES), ("safe", safe, SAFE_LINES)):
            if len(found) < least:
                self._fault("missing", name, f"{what}: {len(found)} of at least {least} lines")
        self._absent(name, "signal", self._known.signals, set(signals))
        self._absent(name, "style", STYLES, {str(entry["style"]) for _, entry in danger})
        self._absent(name, "kind", KINDS, {str(entry["kind"]) for _, entry in safe})
        return [Sentence(entry["text"], where) for where, entry in (*danger, *safe)]

    def traded(self) -> list[Sentence]:
        """The lines of `data/traded/<language>.yml`, where there is one: traded first, then safe."""
        path = self._root / "data" / "traded" / f"{self._language}.yml"
        if not path.exists():
            return []
        name = self._name(path)
        content: Any = self._mapping(path, {"version", "language", "traded", "safe"})
        if content is not None and (content["version"] != 1 or content["language"] != self._language):
            self._fault("schema", name, f"needs version: 1 and language: {self._language}")
        traded = list(self._entries(name, content, "traded", {"text", "signals"}))
        safe = list(self._entries(name, content, "safe", {"text", "kind"}))
        for where, entry in traded:
            self._signals(where, entry)
        for where, entry in safe:
            if entry["kind"] not in KINDS:
                self._fault("schema", where, f"the kind {entry['kind']!r} is none of {', '.join(KINDS)}")
        return [Sentence(entry["text"], where) for where, entry in (*traded, *safe)]

    def tests(self) -> list[Sentence]:
        """The test sentences of `tests/nlu/<language>.jsonl`."""
        path = self._root / "tests" / "nlu" / f"{self._language}.jsonl"
        name = self._name(path)
        sentences = []
        for number, line in enumerate(path.read_bytes().splitlines() if path.exists() else (), 1):
            try:
                row = json.loads(line)
                sentences.append(Sentence(str(row["text"]), f"{name}: {row['id']}"))
            except (ValueError, KeyError, TypeError):
                self._fault("schema", f"{name}:{number}", "must be a JSON object with an id and a text")
        if len(sentences) < TEST_LINES:
            self._fault("missing", name, f"{len(sentences)} of at least {TEST_LINES} test sentences")
        return sentences

    def _topic(self, path: Path) -> Iterator[Sentence]:
        name = self._name(path)
        content = self._mapping(path, {"version", "nlu"})
        if content is None:
            return
        if content["version"] != VERSION:
            self._fault("schema", name, f'needs version: "{VERSION}", in quotes')
        blocks = content["nlu"]
        block = blocks[0] if isinstance(blocks, list) and len(blocks) == 1 else None
        if not isinstance(block, Mapping) or set(block) != {"intent", "examples"}:
            self._fault("schema", name, "needs one intent, with its examples, and nothing else")
            return
        if block["intent"] != path.stem:
            self._fault("schema", name, f"the intent {block['intent']!r} is not the name of the file")
        if not isinstance(block["examples"], str):
            self._fault("schema", name, "the examples must be text: `examples: |`")
            return
        for number, line in enumerate(block["examples"].splitlines(), block.lines["examples"] + 1):
            text, where = line.strip(), f"{name}:{number}"
            if not text:
                continue
            if not text.startswith("- "):
                self._fault("schema", where, f'is not read, for want of "- " at the start: {text}')
                continue
            text = text[2:].strip()
            if text.startswith("/"):
                self._fault("schema", where, f"begins with / and would be a command: {text}")
            if "](" in text or "]{" in text:
                self._fault("schema", where, f"is marked up as an entity: {text}")
            yield Sentence(text, where, path.stem)

    def _danger_line(self, where: str, entry: Mapping) -> list[str]:
        """The known signals of one danger line; faults for the rest of it."""
        if entry["urgency"] not in self._known.urgencies:
            self._fault("schema", where, f"the urgency {entry['urgency']!r} is none of a danger line")
        if entry["style"] not in STYLES:
            self._fault("schema", where, f"the style {entry['style']!r} is none of {', '.join(STYLES)}")
        return self._signals(where, entry)

    def _signals(self, where: str, entry: Mapping) -> list[str]:
        """The known signals of a line; faults for the others."""
        signals = entry["signals"]
        if not isinstance(signals, list) or not signals or len({str(s) for s in signals}) != len(signals):
            self._fault("schema", where, "needs a list of signals, at least one, each once")
            return []
        for signal in signals:
            if signal not in self._known.signals:
                self._fault("schema", where, f"the signal {signal!r} is not in content/topics.yml")
        return [signal for signal in signals if signal in self._known.signals]

    def _entries(self, name: str, content: Mapping | None, part: str, keys: set[str]) -> Iterator[tuple[str, Mapping]]:
        entries = content[part] if content is not None else None
        if entries is not None and not isinstance(entries, list):
            self._fault("schema", name, f"{part} must be a list")
            return
        for number, entry in enumerate(entries or [], 1):
            if not isinstance(entry, Mapping) or set(entry) != keys:
                self._fault("schema", f"{name}: {part} {number}", f"must have {', '.join(sorted(keys))}, nothing else")
                continue
            where, text = f"{name}:{entry.lines['text']}", entry["text"]
            if not isinstance(text, str) or not text or text != " ".join(text.split()):
                self._fault("schema", where, "the text must be text in quotes, without spaces around it or in a row")
                continue
            yield where, entry

    def _mapping(self, path: Path, keys: set[str]) -> Mapping | None:
        try:
            content = yaml_lines.read(path)
        except yaml_lines.Unreadable as error:
            self._fault("schema", self._name(path), str(error))
            return None
        if not isinstance(content, Mapping) or set(content) != keys:
            self._fault("schema", self._name(path), f"must have {', '.join(sorted(keys))}, nothing else")
            return None
        return content

    def _absent(self, name: str, what: str, wanted: tuple[str, ...], found: set[str]) -> None:
        for one in wanted:
            if one not in found:
                self._fault("missing", name, f"no line with the {what} {one}")

    def _fault(self, kind: Kind, where: str, what: str) -> None:
        self.faults.append(Fault(kind, self._language, where, what))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()
