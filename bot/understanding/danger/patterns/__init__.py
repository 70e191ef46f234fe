"""High-precision patterns per language: what still works when the model or the encoder does not.

The YAML files beside this module hold them. Each is matched on folded text and has an id that `why` shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

import regex
import yaml

from bot.text.normalise import ends
from bot.text.yaml_loader import Loader
from bot.understanding.danger.budget import Budget, Spent
from bot.understanding.danger.context_guards import COMPILED, Guard, around

LONGEST: Final = 2000
"""Characters of a text that are looked at: half from its beginning, half from its end."""
ASK: Final = "ask"
DEEPEST: Final = 3
"""How many word lists may stand within one another."""
BEGINNING: Final = 3
"""Characters of a stem that are looked up before the whole of it is looked for."""
_WORD: Final = regex.compile(r"\{([a-z_]+)\}")
_CHAIN: Final = regex.compile(r"\{([a-z_]+) ([*~]) ([a-z_|]+)\}")
_GROUP: Final = regex.compile(r"\(\?:([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern; `urgency` is "emergency", "urgent" or "ask".

    One of the `stems` is in every text that matches: looking for them first makes a search much cheaper. It is
    compiled when one is met for the first time: a start would wait most of a second for all of them.
    """

    id: str
    signal: str
    urgency: str
    stems: tuple[str, ...]
    source: str
    """As the file has it, {words} and all."""
    words: Mapping[str, str | Sequence[str]] = field(repr=False)
    plain: bool = False
    """Whether it says danger in so many words, so that no model may doubt it."""

    @property
    def match(self) -> regex.Pattern[str]:
        """The pattern, compiled; raises `PatternError`."""
        return _compiled(self)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found in a text, with the guards that hold around it."""

    id: str
    signal: str
    urgency: str
    guards: frozenset[Guard]
    whole: bool
    """Whether it is all that the message says."""
    plain: bool = False

    @property
    def counts(self) -> bool:
        """Whether nothing but habit speaks against it."""
        return not self.guards - {Guard.HABIT}


class PatternError(ValueError):
    """A pattern file is broken; names the file and the pattern."""


class Patterns(tuple[Pattern, ...]):
    """Some patterns, in order, and by how their stems begin: of three thousand stems a text can have but a few."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        super().__init__()
        self._short: list[tuple[str, int]] = []
        self._begin: dict[str, list[tuple[str, int]]] = {}
        for number, pattern in enumerate(self):
            for stem in pattern.stems:
                short = len(stem) < BEGINNING
                (self._short if short else self._begin.setdefault(stem[:BEGINNING], [])).append((stem, number))

    def met(self, text: str) -> list[Pattern]:
        """Those of which a stem is in the folded `text`, in their order."""
        beginnings = {text[at : at + BEGINNING] for at in range(len(text) - BEGINNING + 1)}
        stems = [*self._short, *(stem for one in beginnings & self._begin.keys() for stem in self._begin[one])]
        return [self[number] for number in sorted({number for stem, number in stems if stem in text})]


def load() -> Patterns:
    """All patterns of all languages, none of them compiled yet; raises `PatternError` for a file that lacks something.

    What is within them is looked at by `check`.
    """
    found: list[Pattern] = []
    for file in sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yml"):
            found += _read(file.name, yaml.load(file.read_text(encoding="utf-8"), Loader=Loader))  # noqa: S506 - safe
    return Patterns(found)


def check(patterns: Iterable[Pattern]) -> None:
    """Compiles all of them, and sees that none can take more than linear time; raises `PatternError`. Training does
    this first, so that no gateway runs on broken ones."""
    from bot.text.pattern_cost import faults  # nothing that reads messages needs it

    sources = {name: guard.pattern for name, guard in COMPILED.items()}
    for pattern in patterns:
        _ = pattern.match
        sources[pattern.id] = written(pattern)
    for name, one in sources.items():
        if found := faults(one):
            raise PatternError(f"{name}: {'; '.join(found)}")


def source() -> str:
    """The text of all pattern files: a model learns how far to trust them."""
    files = sorted(resources.files(__package__).iterdir(), key=lambda entry: entry.name)
    return "\0".join(file.read_text(encoding="utf-8") for file in files if file.name.endswith(".yml"))


def find(patterns: Patterns, text: str, budget: Budget | None = None) -> list[Hit]:
    """Every pattern found in the folded `text`. All languages are tried: people mix them. When the `budget` is spent
    (which it tells), what was found by then."""
    budget = budget or Budget()
    text = ends(text, LONGEST)
    hits: list[Hit] = []
    known: dict[str, frozenset[Guard]] = {}
    for pattern in patterns.met(text):
        try:
            match = budget.search(pattern.match, text)
            guards = around(text, match.start(), match.end(), budget, known) if match else frozenset()
        except Spent:
            break
        except PatternError:  # `check` tells of it; the others judge all the same
            continue
        if match:
            urgency = "urgent" if pattern.urgency == "emergency" and Guard.HABIT in guards else pattern.urgency
            whole = match.end() - match.start() == len(text)
            hits.append(Hit(pattern.id, pattern.signal, urgency, guards, whole, pattern.plain))
    return hits


def find_in_both(patterns: Patterns, read: str, written: str, budget: Budget | None = None) -> list[Hit]:
    """What is found in a folded text as it is read, and as it was written where that is something else; each pattern
    once, as a hit that counts if it is one in either."""
    budget = budget or Budget()
    hits = {hit.id: hit for hit in find(patterns, read, budget)}
    for hit in find(patterns, written, budget) if written != read else ():
        if hit.id not in hits or (hit.counts and not hits[hit.id].counts):
            hits[hit.id] = hit
    return list(hits.values())


def _either(texts: str | Sequence[str]) -> str:
    return texts if isinstance(texts, str) else f"(?:{'|'.join(texts)})"


def _length(text: str) -> int:
    """About how long what `text` matches can be: of each group the longest alternative."""
    while _GROUP.search(text):
        text = _GROUP.sub(lambda group: max(group[1].split("|"), key=len), text)
    return len(text)


def _chain(haste: Sequence[str], said: Sequence[str], *, glued: bool) -> str:
    """One of `said` in a chain of words of `haste`, in steps as many as the text has letters: "please please help me
    i am in danger hurry". Each word is taken as a whole, the longest first, and is not given back; but of two that
    begin alike the one is taken after which something `said` begins. What is `said` may stand there more than once.

    `(?:haste[ ,]+)*said(?:[ ,]+haste)*` says nearly the same, and takes 2**n steps where two words match the same
    letters, and n**2 where one is in both lists (docs/decisions/0099-patterns.md). `glued`: no space is needed.
    """
    between, end = ("[ ,]*+", "") if glued else ("[ ,]++", r"(?!\w)")
    danger = _either(said) + end
    word = _either(sorted({*haste, *said}, key=_length, reverse=True)) + end
    last = danger if glued else rf"{danger}(?! (?!{word})\w)"  # "emergency help" is none in "emergency help me now"
    return f"(?:(?!{last})(?>{word}{between}(?={danger})|{word}{between}))*+{last}(?>{between}{word})*"


def _read(name: str, content: dict[str, Any]) -> list[Pattern]:
    try:
        words = {word: texts if isinstance(texts, str) else tuple(texts) for word, texts in content["words"].items()}
        return [
            Pattern(
                entry["id"], entry["signal"], entry["urgency"], tuple(entry["stems"]), entry["match"], words,
                bool(entry.get("plain")),
            )
            for entry in content["patterns"]
        ]
    except (KeyError, TypeError, AttributeError) as error:
        raise PatternError(f"{name}: {type(error).__name__}: {error}") from error


def written(pattern: Pattern) -> str:
    """The pattern with its words in it; raises `PatternError`."""

    def chain(found: regex.Match[str]) -> str:
        said = [text for name in found[3].split("|") for text in pattern.words[name]]
        return _chain(pattern.words[found[1]], said, glued=found[2] == "~")

    try:
        source = _CHAIN.sub(chain, pattern.source)
        for _ in range(DEEPEST):
            source = _WORD.sub(lambda found: _either(pattern.words[found[1]]), source)
    except KeyError as error:
        raise PatternError(f"{pattern.id}: no words {error}") from error
    return source


@cache
def _compiled(pattern: Pattern) -> regex.Pattern[str]:
    try:
        return regex.compile(written(pattern))
    except regex.error as error:
        raise PatternError(f"{pattern.id}: {type(error).__name__}: {error}") from error
