"""`inloop languages evaluate`: how well the installed packages translate, on the answers that people wrote in every
language, and how often something is marked."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from bot.content import Catalogue
from bot.translation import Doubt, Translator, Unavailable


def chrf(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the chrF2 of (translation, reference) pairs, 0 to 100, by sacrebleu; 0 without any."""
    from sacrebleu.metrics.chrf import CHRF  # for whoever measures; the gateway does without

    if not pairs:
        return 0.0
    made, references = zip(*pairs, strict=True)
    score: float = CHRF().corpus_score(list(made), [list(references)]).score
    return score


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of one direction: texts translated, chrF2, share of texts with each doubt, texts not translated."""

    source: str
    target: str
    texts: int
    chrf: float
    marked: Counter[Doubt]
    failed: int


async def measure(translator: Translator, words: Catalogue, source: str, target: str, most: int) -> Quality:
    """Translate at most `most` answers from `source` into `target` and return the figures."""
    pairs: list[tuple[str, str]] = []
    marked: Counter[Doubt] = Counter()
    failed = 0
    for number, topic in enumerate(words.topics[:most]):
        try:
            made = await translator.translate(words.answer(topic, source).text, source, target, conversation=-number)
        except Unavailable:
            failed += 1
            continue
        marked.update(made.doubts)
        pairs.append((made.text, words.answer(topic, target).text))
    return Quality(source, target, len(pairs), chrf(pairs), marked, failed)


async def _all(translator: Translator, words: Catalogue, own: Sequence[str], most: int, out: TextIO) -> None:
    out.write(f"{'':<10} {'texts':>5} {'chrF2':>6}  marked\n")
    pairs = [(language.code, desk) for language in words.languages for desk in own]
    for source, target in dict.fromkeys(way for a, b in pairs for way in ((a, b), (b, a))):
        if translator.can(source, target):
            out.write(_line(await measure(translator, words, source, target, most)))
            out.flush()
    await translator.close()


def _line(found: Quality) -> str:
    marks = ", ".join(f"{doubt} {100 * n / max(found.texts, 1):.0f} %" for doubt, n in found.marked.most_common())
    failed = f"; {found.failed} not translated" if found.failed else ""
    return f"{found.source} -> {found.target:<4} {found.texts:>5} {found.chrf:>6.1f}  {marks or 'nothing'}{failed}\n"


def run(translator: Translator, words: Catalogue, own: Sequence[str], most: int, out: TextIO) -> int:
    """Print a line for every direction between a language and those of the desk; return 1 when there is none."""
    if not any(translator.can(language.code, desk) for language in words.languages for desk in own):
        out.write("There are no packages: inloop languages add nl ro\n")
        return 1
    asyncio.run(_all(translator, words, own, most, out))
    return 0
