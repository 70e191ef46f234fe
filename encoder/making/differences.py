"""What changed among the sentences since a model was learned from them, so that little need be learned anew.

Beside a model stands ``learned.json.gz``: the lines that it was learned from, and the mark of whatever else decided
what it became. A line is a tuple of strings, whatever they mean to the model.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

LEARNED = "learned.json.gz"
MOST = 200
"""Lines added and taken away since a model was learned from nothing, of 120,000. After more of them it is again."""
_QUICK = 1
"""The level of compression: three times as fast as the usual one, for a fifth more space."""

Line = tuple[str, ...]


@dataclass(frozen=True)
class Differences:
    """``added`` and ``removed`` are in the order of the lines now and then, ``before`` those then; ``count`` is how
    many changed since a model was learned from nothing."""

    added: list[Line]
    removed: list[Line]
    before: list[Line]
    count: int


def keep(folder: Path, mark: str, lines: Iterable[Line], count: int = 0) -> None:
    """Write down what the model in ``folder`` was learned from; the last step of learning it."""
    told = {"mark": mark, "changed": count, "lines": list(lines)}
    content = gzip.compress(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"), _QUICK)
    partial = folder / f"new-{LEARNED}"
    partial.write_bytes(content)
    partial.replace(folder / LEARNED)


def forget(folder: Path) -> None:
    """The first step of learning: whatever breaks off before ``keep`` is done from nothing the next time."""
    (folder / LEARNED).unlink(missing_ok=True)


def since(folder: Path, mark: str, lines: Sequence[Line]) -> Differences | None:
    """What changed since the model in ``folder`` was learned; None where that is too much, or something else than
    sentences, or nothing is known of it."""
    try:
        told = json.loads(gzip.decompress((folder / LEARNED).read_bytes()).decode("utf-8", "surrogatepass"))
        if told["mark"] != mark:
            return None
        before = [tuple(map(str, line)) for line in told["lines"]]
        count = int(told["changed"])
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    now, then = Counter(lines), Counter(before)
    more, less = now - then, then - now
    count += more.total() + less.total()
    if count > MOST:
        return None
    return Differences(_taken(lines, more), _taken(before, less), before, count)


def _taken(lines: Sequence[Line], wanted: Counter[Line]) -> list[Line]:
    """So many of each as are ``wanted``, in the order of ``lines``."""
    left = Counter(wanted)
    taken = []
    for line in lines if wanted else ():
        if left[line] > 0:
            left[line] -= 1
            taken.append(line)
    return taken
