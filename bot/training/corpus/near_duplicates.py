"""Finds the training sentences that a test sentence nearly repeats, without comparing each with each."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from bot.training.corpus import comparing
from bot.training.corpus.faults import Sentence

NEAR: Final = 0.8
"""Share of common words (Jaccard, each word once) from which two sentences are nearly equal."""
FEWEST_WORDS: Final = 5
"""Shorter sentences share their words by chance."""


class Index:
    """The training sentences of one language. Immutable."""

    def __init__(self, training: Sequence[Sentence]) -> None:
        self._equal: dict[str, list[Sentence]] = defaultdict(list)
        found = []
        for sentence in training:
            self._equal[comparing.bare(sentence.text)].append(sentence)
            if (words := _words(sentence.text)) is not None:
                found.append((sentence, words))
        self._counts = Counter(word for _, words in found for word in words)
        self._near: dict[str, list[tuple[Sentence, frozenset[str]]]] = defaultdict(list)
        for sentence, words in found:
            for word in self._rarest(words):
                self._near[word].append((sentence, words))

    def leaks(self, text: str) -> Iterator[tuple[Sentence, bool]]:
        """The training sentences that equal (True) or nearly equal (False) `text`, each once."""
        seen = set()
        for sentence in self._equal.get(comparing.bare(text), ()):
            seen.add(sentence.where)
            yield sentence, True
        words = _words(text)
        for word in self._rarest(words) if words is not None else ():
            for sentence, others in self._near.get(word, ()):
                if sentence.where not in seen and jaccard(words or frozenset(), others) >= NEAR:
                    seen.add(sentence.where)
                    yield sentence, False

    def _rarest(self, words: frozenset[str]) -> list[str]:
        """Two sets with a Jaccard of `NEAR` share at least one of these: only so many words can be left out."""
        # Rounded first: 0.8 * 5 must not become 5 words for a trace of a float.
        prefix = len(words) - math.ceil(round(NEAR * len(words), 9)) + 1
        return sorted(words, key=lambda word: (self._counts[word], word))[:prefix]


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of common words, 0..1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def _words(text: str) -> frozenset[str] | None:
    """The words of a text; None when it is too short to be nearly like another."""
    found = comparing.tokens(text)
    return frozenset(found) if comparing.words(found) >= FEWEST_WORDS else None
