"""One side of a translation: a sentence and what it says, as far as it can be read from the words. Pure."""

from __future__ import annotations

import re
from functools import cached_property

from bot.translation.figures import currencies, figures, plain_digits
from bot.translation.lexicon import Lexicon, lexicons

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_QUESTION = re.compile(r"[?？؟]|;(?=\s*$)")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WIDE_LETTERS = 3.0
"""Letters of an alphabet that one sign of Chinese stands for, about."""


class Side:
    """Each thing it says is looked up when it is first asked for: an original is compared with several translations."""

    def __init__(self, text: str, language: str) -> None:
        self.text = plain_digits(text)
        self.language = language
        self.lexicon = lexicons().get(language)

    def looked_up(self) -> Side:
        """With everything looked up that a comparison always asks for."""
        _ = self.words, self.letters, self.figures, self.currencies, self.asks, self.months, self.days, self.numbers
        _ = self.who, self.denials
        return self

    @cached_property
    def low(self) -> str:
        return self.text.lower()

    @cached_property
    def words(self) -> list[str]:
        return [word.lower() for word in WORD.findall(self.text)]

    @cached_property
    def letters(self) -> float:
        """How many, a sign of Chinese for several."""
        alphabetic = sum(map(str.isalpha, self.text))
        wide = 0 if self.text.isascii() else len(_WIDE.findall(self.text))
        return alphabetic - wide + wide * _WIDE_LETTERS

    @cached_property
    def figures(self) -> list[str]:
        return figures(self.text)

    @cached_property
    def currencies(self) -> frozenset[str]:
        return currencies(self.low)

    @cached_property
    def months(self) -> frozenset[int]:
        return self.lexicon.months.which(self.low) if self.lexicon else frozenset()

    @cached_property
    def dated(self) -> bool:
        """Whether a month stands beside a number."""
        return bool(self.months) and self.lexicon is not None and self.lexicon.dated.search(self.low) is not None

    @cached_property
    def days(self) -> frozenset[int]:
        return self.lexicon.days.which(self.low) if self.lexicon else frozenset()

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Those that stand there in words."""
        return self.lexicon.numbers.which(self.low) if self.lexicon else frozenset()

    @cached_property
    def who(self) -> frozenset[str]:
        return frozenset(filter(self.speaks_of, self.lexicon.who)) if self.lexicon else frozenset()

    def speaks_of(self, who: str) -> bool:
        """Whether a word for `who` ("i", "we", "he", "she") stands there: quicker, where not all of them are asked."""
        return self.lexicon is not None and self.lexicon.who[who].stand_in(self.low)

    @cached_property
    def denials(self) -> int:
        return denials(self.low, self.lexicon) if self.lexicon else 0

    @cached_property
    def asks(self) -> bool:
        return _QUESTION.search(self.text) is not None


def denials(text: str, lexicon: Lexicon) -> int:
    """How often `text` (in lower case) denies something. "nu ... niciodată" is one denial."""
    text = lexicon.dropped.taken_out(text)
    core = lexicon.negations.count(text)
    return (core or lexicon.negative_words.count(text)) + lexicon.negations_alone.count(text)
