"""One side of a translation: a sentence and what it says, as far as it can be read from the words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from bot.translation.checks.reading.currencies import currencies, currencies_in_order
from bot.translation.checks.reading.figures import figures, plain_digits
from bot.translation.checks.reading.lexicon import Lexicon, lexicons
from bot.translation.checks.reading.number_words import NOTHING, Said
from bot.translation.checks.reading.places import places
from bot.translation.checks.reading.question_marks import asks, may_ask
from bot.translation.checks.reading.relations import relations
from bot.translation.checks.reading.spelling import NUMBERED_DAY, NUMBERED_MONTHS, composed, spelled_out
from bot.translation.checks.reading.street_patterns import House, houses
from bot.translation.checks.reading.time_words import NO_NAMED, Named, spoken
from encoder.runtime.transliteration import LANGUAGES, native

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_DIGIT = re.compile(r"\d")
_HYPHENED = {"fr", "pt", "ro"}
"""Languages that write a pronoun behind its verb with a hyphen: aidez-moi."""
_HOUR_IN_DUTCH = re.compile(r"\d ?u(?!\w)")
_APOSTROPHE = re.compile("['’]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SUBJECT_FIRST = {"vi", "zh"}
"""Languages in which who does it is named before whom it is done to."""
NOBODY = (0, 0)
_FEW, _MOST_OF = 12, 0.7
_LONGER = 3
"""Digits that an hour does not have."""
LOOKED_AT = 8
"""Houses of a sentence that are looked at: there are hardly more."""
WIDE_LETTERS = 3.0
"""Letters of an alphabet that one sign of Chinese stands for, about."""


class Side:
    """Each thing it says is looked up when it is first asked for: an original is compared with several translations."""

    def __init__(self, text: str, language: str) -> None:
        text = text if text.isascii() else plain_digits(composed(text, language))
        self.text = spelled_out(text, language)
        self.language = language
        self.lexicon = lexicons().get(language)
        self.spoken = spoken().get(language)

    def with_months(self, text: str, months: Sequence[int]) -> Side:
        """`text` in the same language, and as if it named `months` (from 0) beside its days, in that order."""
        side = Side(text, self.language)
        side.__dict__ |= {"months": frozenset(months), "month_order": list(dict.fromkeys(months)), "dated": True}
        side.__dict__["months_in_order"] = [number + 1 for number in months] if side._numbered else []
        return side

    def looked_up(self) -> Side:
        """With everything looked up that a comparison always asks for."""
        _ = self.words, self.letters, self.figures, self.currencies, self.asks, self.months, self.days, self.numbers
        _ = self.who, self.denials, self.places, self.parts, self.relations, self.persons, self.houses
        return self

    @cached_property
    def low(self) -> str:
        low = self.text.lower()
        return low if low.isascii() else low.replace("i\u0307", "i")  # what is left of a Turkish İ

    @cached_property
    def said(self) -> str:
        """In lower case and the letters of its language, where it is typed in Latin ones as well."""
        return native(self.low, self.language) if self.language in LANGUAGES and self.low.isascii() else self.low

    @cached_property
    def spelled(self) -> list[str]:
        """The words as they stand there."""
        return WORD.findall(self.text)

    @cached_property
    def words(self) -> list[str]:
        return [word.lower() for word in self.spelled]

    @cached_property
    def said_words(self) -> list[str]:
        return self.words if self.said is self.low else WORD.findall(self.said)

    @cached_property
    def timed(self) -> str:
        """The text with the times that it says in words in figures; itself, where there is none."""
        if self.spoken is None:
            return self.text
        whole = self.text if self.said is self.low else self.said
        timed = self.spoken.in_figures(whole, self.said_words)
        return self.text if timed == whole else timed

    @cached_property
    def parts(self) -> Named:
        """The parts of the day, without the noon of "a quarter past noon"."""
        if self.spoken is None:
            return NO_NAMED
        return self.spoken.parts(self.said if self.timed is self.text else self.timed.lower())

    @cached_property
    def hours(self) -> frozenset[int]:
        """The numbers in figures that are hours of the clock."""
        return self.spoken.hours(self.timed) if self.spoken is not None else frozenset()

    def says_hour(self, hour: str) -> bool:
        """Whether a number in figures is an hour of the clock."""
        return len(hour) < _LONGER and hour.isdigit() and int(hour) in self.hours

    @property
    def is_late(self) -> bool:
        """Whether an hour of it may be one after noon."""
        return bool(self.parts.maybe & {"noon", "evening"})

    @property
    def is_early(self) -> bool:
        return "morning" in self.parts.maybe

    @cached_property
    def from_today(self) -> Named:
        """The days that are said from today: yesterday, tomorrow."""
        return self.spoken.days(self.said) if self.spoken else NO_NAMED

    @cached_property
    def shouts(self) -> bool:
        """Whether everything stands in capitals: they make a name of no word then."""
        capitals = sum(map(str.isupper, self.text))
        return capitals > _FEW and capitals > _MOST_OF * sum(map(str.isalpha, self.text))

    @cached_property
    def places(self) -> dict[str, str]:
        return places(zip(self.spelled, self.words, strict=True))

    @cached_property
    def houses(self) -> list[House]:
        """The streets of its addresses, and what may be one."""
        found = houses(self.text, self.low, counts=bool(self.figures), dates=self.is_date)
        return list(dict.fromkeys(islice(found, LOOKED_AT)))

    def is_date(self, word: str) -> bool:
        """Whether a word in lower case is a month or a day."""
        known = self.lexicon
        return known is not None and bool(known.months.which(word) or known.days.which(word))

    @cached_property
    def letters(self) -> float:
        """How many, a sign of Chinese for several."""
        alphabetic = sum(map(str.isalpha, self.text))
        wide = 0 if self.text.isascii() else len(_WIDE.findall(self.text))
        return alphabetic - wide + wide * WIDE_LETTERS

    @cached_property
    def figures(self) -> list[str]:
        """All but those that stand for a month."""
        text = self.timed
        if not (_DIGIT.search(text) or "." in text[:-1] or "@" in text or "/" in text):
            return []
        text = self._numbered.sub(" ", text) if self._numbered else text
        text = NUMBERED_DAY.sub(" ", text) if self.language == "vi" else text
        if self.lexicon is not None:
            text = self.lexicon.counting.halved(self.lexicon.thousands.sub(_in_thousands, text))
        return figures(text, self.language)

    @cached_property
    def months_in_order(self) -> list[int]:
        """Those that are said by their number."""
        return [int(number) for number in self._numbered.findall(self.text)] if self._numbered else []

    @property
    def _numbered(self) -> re.Pattern[str] | None:
        """What a month looks like that is said by its number."""
        return NUMBERED_MONTHS.get(self.language)

    @cached_property
    def currencies(self) -> frozenset[str]:
        return currencies(self._in_figures)

    @cached_property
    def _in_figures(self) -> str:
        """In lower case, with its thousands and millions in figures: what stands behind them stands behind a number."""
        counts = self.lexicon is not None and _DIGIT.search(self.low)
        return self.lexicon.thousands.sub(_in_thousands, self.low) if self.lexicon and counts else self.low

    @cached_property
    def months(self) -> frozenset[int]:
        numbered = frozenset(number - 1 for number in self.months_in_order)
        return numbered | self.lexicon.months.which(self.low) if self.lexicon else frozenset()

    @cached_property
    def dated(self) -> bool:
        """Whether a month stands beside a number."""
        if self.months_in_order:
            return True
        return bool(self.months) and self.lexicon is not None and self.lexicon.dated.search(self.low) is not None

    @cached_property
    def days(self) -> frozenset[int]:
        return self.lexicon.days.which(self.low) if self.lexicon else frozenset()

    @cached_property
    def days_in_order(self) -> list[int]:
        return self.lexicon.days.in_order(self.low) if self.lexicon else []

    @cached_property
    def month_order(self) -> list[int]:
        """The months in the order in which they are first named, from 0."""
        if self.months_in_order:
            return list(dict.fromkeys(number - 1 for number in self.months_in_order))
        return self.lexicon.months.in_order(self.low) if self.lexicon else []

    @cached_property
    def money_order(self) -> list[str]:
        return currencies_in_order(self._in_figures, self.currencies)

    @cached_property
    def numbers(self) -> Said:
        """Those that stand there in words."""
        if self.lexicon is None:
            return NOTHING
        if self.timed is not self.text:
            low = self.timed.lower()
            return self.lexicon.counting.said(low, WORD.findall(low))
        if self.language == "ar" and self.days:  # Monday is the second
            said = self.lexicon.days.in_place(self.said, " ")
            return self.lexicon.counting.said(said, WORD.findall(said))
        return self.lexicon.counting.said(self.said, self.said_words)

    @property
    def says_one(self) -> bool:
        """Whether "one" or "a" may stand there."""
        return self.lexicon is not None and self.lexicon.counting.says_one(self.said_words)

    @cached_property
    def counts(self) -> bool:
        """Whether a number stands there, in figures or in words."""
        return bool(self.figures or self.numbers.maybe)

    @cached_property
    def units(self) -> tuple[frozenset[str], frozenset[str]]:
        """The units of time that are counted, and all that are named."""
        if self.lexicon is None:
            return frozenset(), frozenset()
        said = self.said if self.timed is self.text else self.timed.lower()
        return self.lexicon.counting.units(self.lexicon.days.in_place(said, " ") if self.days else said)

    @cached_property
    def who(self) -> frozenset[str]:
        return frozenset(filter(self.speaks_of, self.lexicon.who)) if self.lexicon else frozenset()

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Who does what is said, of those in `who`, as far as a word says it that can say nothing else."""
        if self.lexicon is None:
            return frozenset()
        if self.language in _SUBJECT_FIRST and self.who:
            return frozenset([min(self.who, key=self.first)])
        return frozenset(who for who in self.lexicon.subjects if self.lexicon.subjects[who].stand_in(self.said))

    def speaks_of(self, who: str) -> bool:
        """Whether a word for `who` ("i", "we", "he", "she") stands there: quicker, where not all of them are asked."""
        return self.lexicon is not None and self.lexicon.who[who].stand_in(self.said)

    def first(self, who: str) -> int:
        """Where a word for `who` stands first; below zero, where there is none."""
        return self.lexicon.who[who].first(self.said) if self.lexicon is not None else -1

    def times(self, who: str) -> int:
        return self.lexicon.who[who].count(self.said) if self.lexicon is not None else 0

    @cached_property
    def denials(self) -> int:
        if self.lexicon is None:
            return 0
        text = self.said if self.timed is self.text else self.timed.lower()
        if self.spoken is not None and -1 in self.opposites.values():
            text = self.spoken.without_opposites(text)  # "not legal" may be the word for illegal
        return denials(text, self.lexicon)

    @cached_property
    def opposites(self) -> dict[str, int]:
        """Whether it is safe (1) or unsafe (-1), legal or illegal, possible or impossible: what it says of them."""
        return self.spoken.opposites(self.said) if self.spoken else {}

    @cached_property
    def relations(self) -> dict[str, int]:
        """What stands beside its numbers, days and events, of each pair of opposites (`relations.yml`): 1, or -1."""
        if self.lexicon is None:
            return {}
        said = self.said if self.timed is self.text else self.timed.lower()
        return relations()[self.language].said(said)

    @property
    def more(self) -> dict[str, int]:
        return {what: side for what, side in self.relations.items() if what == "more"}

    @cached_property
    def persons(self) -> tuple[int, int]:
        """Whether it speaks of you (1) or of them (-1), and of me (1) or of you (-1); 0 for neither, and for both."""
        if self.lexicon is None:
            return NOBODY
        words = self.said_words
        if self.language in _HYPHENED and "-" in self.said:
            joined = (word for word in words if "-" in word and not word.startswith("rendez"))
            words = [*words, *(part for word in joined for part in word.split("-"))]
        if self.language == "nl" and "u" in words and _HOUR_IN_DUTCH.search(self.said):
            words = [word for word in words if word != "u"]
        if "'" in self.said or "’" in self.said:  # I'm, j'ai
            words = [*words, *(_APOSTROPHE.split(word, 1)[0] for word in words)]
        return relations()[self.language].persons(self.said, words)

    @cached_property
    def asks(self) -> bool:
        return asks(self.text, self.said, self.language)

    @property
    def may_ask(self) -> bool:
        """Whether it may be a question without a mark."""
        return may_ask(self.said, self.language)


def _in_thousands(match: re.Match[str]) -> str:
    """20 thousand as 20000."""
    zeros = next(int(name.removeprefix("zeros")) for name, word in match.groupdict().items() if word and name[0] == "z")
    whole, _, part = match["number"].replace(",", ".").partition(".")
    count = int(whole + part.ljust(zeros, "0"))
    if match["more"] is None:
        return f"{count}{match['rest']}"
    return str(count + int(match["more"])) if zeros == len(match["more"]) else f"{count} {match['more']}"


def denials(text: str, lexicon: Lexicon) -> int:
    """How often `text` (in lower case) denies something. "nu ... niciodată" is one denial."""
    text = lexicon.dropped.in_place(text, " ")
    core = lexicon.negations.count(text)
    return (core or lexicon.negative_words.count(text)) + lexicon.negations_alone.count(text)
