"""Make ``encoder/runtime/marks.txt`` from our own sentences and words: ``python scripts/word_marks.py``.

A line counts that was typed with marks: of Vietnamese where two in five syllables have some, elsewhere where any has.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from encoder.runtime.marks import BY_PAIRS, BY_WORD, TABLE, WORD, bare

ROOT = Path(__file__).resolve().parent.parent
CODES = frozenset({"urgency", "signals", "style", "intent", "language", "version", "danger", "answers", "told"})
LEAST = 2
"""So often a word, or a pair, must have been read."""
MARKED = 0.4


def strings(content: Any) -> Iterator[str]:
    """Yield every text of a YAML document, without codes."""
    if isinstance(content, str):
        yield from (line.strip().removeprefix("- ") for line in content.split("\n"))
    elif isinstance(content, dict):
        for key, value in content.items():
            if key not in CODES:
                yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)


def lines(language: str) -> Iterator[list[str]]:
    """Yield the words of each line that was typed with marks."""
    files = [*ROOT.glob(f"data/*/{language}.yml"), *ROOT.glob(f"data/*/{language}/*.yml")]
    for file in sorted([*files, *ROOT.glob(f"content/{language}/*.yml")]):
        for line in strings(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)):
            words = [word.lower() for word in WORD.findall(unicodedata.normalize("NFC", line))]
            share = sum(bare(word) != word for word in words) / max(len(words), 1)
            if len(words) > 1 and share > (MARKED if language == BY_PAIRS else 0):
                yield words


def by_word(language: str) -> Iterator[tuple[str, str]]:
    """Yield words that are mostly written with marks, as they are typed without and as they are written."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for words in lines(language):
        for word in words:
            forms[bare(word)][word] += 1
    for plain, written in sorted(forms.items()):
        ((word, number),) = written.most_common(1)
        if word != plain and number >= LEAST:
            yield plain, word


def by_pairs(language: str) -> Iterator[tuple[str, str]]:
    """Yield syllables and pairs of them, with their number."""
    one: Counter[str] = Counter()
    two: Counter[str] = Counter()
    for words in lines(language):
        one.update(words)
        two.update(f"{first} {second}" for first, second in pairwise(words))
    for counts in (one, two):
        yield from ((word, str(number)) for word, number in sorted(counts.items()) if number >= LEAST)


def main() -> None:
    """Write the table."""
    rows = [(code, *row) for code in sorted(BY_WORD) for row in by_word(code)]
    rows += [(BY_PAIRS, *row) for row in by_pairs(BY_PAIRS)]
    TABLE.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
