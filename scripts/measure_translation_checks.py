"""Measure each check of a translation alone, on the pairs of `tests/unit/translation` and on the project's own answers.

A check earns its place by changes that no other one finds. For each: of the changed pairs how many it marks and the
right one beside it not, how many right ones, the share of the first in both (its precision), how many of each it
alone marks, how many sentences of the project's own answers, and what it costs.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from collections import Counter
from itertools import permutations
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.content import glossary  # noqa: E402
from bot.settings import CONTENT  # noqa: E402
from bot.translation.checks.checks import each_check  # noqa: E402
from bot.translation.checks.reading.lexicon import lexicons  # noqa: E402
from bot.translation.checks.sentence import Side  # noqa: E402

PAIRS = ("figures", "pairs", "relations")
OWN, TIMED = 12_000, 500
"""Pairs of the project's own sentences that are looked at, and pairs by which a check is timed."""
_END = re.compile(r"(?<=[.!?:。！？؟])\s*(?=\S)|\n+")
type Pair = tuple[str, str, str, str]


def own_sentences() -> list[Pair]:
    """Sentences of the answers that people wrote in every language, where two languages have as many."""

    def sentences(language: str) -> dict[str, list[str]]:
        raw = yaml.safe_load((CONTENT / language / "answers.yml").read_text(encoding="utf-8"))
        said = {topic: re.sub(r"\{\w+\}", "7", entry["text"]) for topic, entry in raw.items()}
        return {topic: [part.strip() for part in _END.split(text) if part.strip()] for topic, text in said.items()}

    words = {language: sentences(language) for language in sorted(lexicons())}
    found: list[Pair] = []
    for source, target in permutations(words, 2):
        for topic, ours in words[source].items():
            theirs = words[target].get(topic, [])
            if len(ours) == len(theirs):
                found += [(source, a, target, b) for a, b in zip(ours, theirs, strict=True)]
    return random.Random(1).sample(found, min(OWN, len(found)))


def main() -> None:
    names, checks = glossary(CONTENT), dict(each_check())

    def marks(pair: Pair) -> set[str]:
        ours, theirs = Side(pair[1], pair[0]), Side(pair[3], pair[2])
        return {name for name, check in checks.items() if check(ours, theirs, names)}

    right, changed, both = [], [], Counter[str]()
    timed: list[Pair] = []
    for name in PAIRS:
        for line in (ROOT / f"tests/unit/translation/{name}.jsonl").read_text(encoding="utf-8").splitlines():
            pair = json.loads(line)
            timed.append((pair["s"], pair["x"], pair["t"], pair["good"]))
            right.append(marks(timed[-1]))
            if "bad" in pair:
                changed.append(marks((pair["s"], pair["x"], pair["t"], pair["bad"])))
                both.update(changed[-1] & right[-1])
    own = [marks(pair) for pair in own_sentences()]
    timed = random.Random(1).sample(timed, TIMED)
    for what, group in (("changed", changed), ("right", right), ("own sentences", own)):
        print(f"{what}: {sum(map(bool, group))} of {len(group)} marked")
    print()
    print("| check | changed | right | precision | alone: changed | alone: right | own | us |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, check in checks.items():
        found = sum(name in each for each in changed) - both[name]
        wrong, ours = sum(name in each for each in right), sum(name in each for each in own)
        alone = [sum(each == {name} for each in group) for group in (changed, right)]
        sides = [(Side(a, s), Side(b, t)) for s, a, t, b in timed]
        began = time.process_time()
        for one, other in sides:
            check(one, other, names)
        cost = (time.process_time() - began) / len(sides) * 1e6
        share = f"{found / (found + wrong):.2f}" if found + wrong else "-"
        print(f"| {name} | {found} | {wrong} | {share} | {alone[0]} | {alone[1]} | {ours} | {cost:.0f} |")


if __name__ == "__main__":
    main()
