"""The catalogue: every word of every language, ready to be said. Frozen; it reads nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.facts import Fact
from bot.content.render import fill_values

SEVERAL = "mul"
"""The code (ISO 639-2) for a person whose language is not known: the words stand in several languages."""


class UnknownLanguage(KeyError):
    """Nobody wrote words in this language. Offer the language menu; never fall back on English."""


class UnknownTopic(KeyError):
    """No topic of `topics.yml`."""


class UnknownUrgency(KeyError):
    """There is no card for this urgency: only `emergency` and `urgent` have one."""


class UnknownText(KeyError):
    """No such key: a mistake in the program, since all languages have the same keys."""


class MissingValue(KeyError):
    """A text was said without a value that it needs: a mistake in the program."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the register.

    `answers`: draft|reviewed, `understanding`: native|encoder, `script`: ISO 15924;
    `when_unknown`: its words are among those shown to a person whose language is not known.
    """

    code: str
    name: str
    rtl: bool
    answers: str
    understanding: str
    script: str
    aliases: tuple[str, ...] = ()
    when_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person reads. `choices` are topic ids; `sources` are those of the facts, with dates."""

    text: str
    choices: tuple[str, ...]
    label: str
    sources: tuple[str, ...]
    reviewed: str


@dataclass(frozen=True, slots=True)
class Card:
    """How a card of one urgency and language is put together; `signals` holds the line of each signal."""

    first: str
    rest: str
    signals: Mapping[str, Answer]
    signal_lines: int
    alone: tuple[str, ...]
    choices: tuple[str, ...]
    sources: tuple[str, ...]
    reviewed: str

    def answer(self, signals: Sequence[str], *, short: bool = False, kept: bool = True) -> Answer:
        """The card for these signals, most important first; `short` leaves everything else out. Of a message that was
        not `kept` nobody knows: the last part, which speaks of the caseworkers' list, is left out.

        A signal without a line is passed over: who is in danger gets the numbers, whatever else went wrong.
        """
        known = [signal for signal in dict.fromkeys(signals) if signal in self.signals]
        alone = [signal for signal in known if signal in self.alone]
        shown = [self.signals[s] for s in (alone[:1] or known[: self.signal_lines])]
        lines = "\n".join(line.text for line in shown)
        rest = self.rest if kept else self.rest.rpartition("\n\n")[0]
        parts = [lines] if alone else [self.first, lines, "" if short else rest]
        own = () if alone else self.sources
        sources = dict.fromkeys((*own, *(source for line in shown for source in line.sources)))
        text = "\n\n".join(part for part in parts if part)
        states = {line.reviewed for line in shown} | (set() if alone else {self.reviewed})
        reviewed = "reviewed" if states == {"reviewed"} else "draft"
        return Answer(text=text, choices=self.choices, label="", sources=tuple(sources), reviewed=reviewed)


@dataclass(frozen=True, slots=True)
class Words:
    """All of one language, facts filled in. Keys of `texts` and `labels` are dotted."""

    language: Language
    answers: Mapping[str, Answer]
    cards: Mapping[str, Card]
    texts: Mapping[str, str]
    labels: Mapping[str, str]


class Catalogue:
    """Made by `load`, once. Everything it gives was checked before.

    `lang` is the code of one of `languages`, or `SEVERAL` for someone whose language is not known yet: the
    words then stand in each of the languages that are marked `when_unknown`, one under another.
    """

    def __init__(self, words: Sequence[Words], facts: Mapping[str, Fact]) -> None:
        self._words = {entry.language.code: entry for entry in words}
        self._facts = dict(facts)
        self._codes = {
            alias: w.language.code for w in words for alias in (w.language.code, *w.language.aliases)
        }
        self._several = tuple(entry for entry in words if entry.language.when_unknown)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages people are answered in, in the order of the menu."""
        return tuple(entry.language for entry in self._words.values())

    @property
    def topics(self) -> tuple[str, ...]:
        """The ids of the topics, without the questions under them."""
        return tuple(name for name in next(iter(self._words.values())).answers if "/" not in name)

    @property
    def questions(self) -> tuple[str, ...]:
        """The ids `topic/question` of all questions that have an answer of their own."""
        return tuple(name for name in next(iter(self._words.values())).answers if "/" in name)

    def language(self, lang: str) -> Language:
        if lang not in self._words:
            raise UnknownLanguage(lang)
        return self._words[lang].language

    def answer(self, topic: str, lang: str) -> Answer:
        found = [words.answers.get(topic) for words in self._in(lang)]
        answers = [answer for answer in found if answer is not None]
        if not answers:
            raise UnknownTopic(topic)
        return _together(answers)

    def topic_label(self, topic: str, lang: str) -> str:
        return self.answer(topic, lang).label

    def card(self, urgency: str, signals: Sequence[str], lang: str, *, kept: bool = True) -> Answer:
        """What a person in danger reads. In several languages: only the numbers and the signals' lines. `kept`: whether
        anybody but the person knows of it."""
        found = [words.cards.get(urgency) for words in self._in(lang)]
        cards = [card.answer(signals, short=lang == SEVERAL, kept=kept) for card in found if card is not None]
        if not cards:
            raise UnknownUrgency(urgency)
        return _together(cards)

    def say(self, key: str, lang: str, **values: str) -> str:
        """A text of the program itself: "handoff.waiting", "errors.empty", "safety.safety_question"."""
        return "\n\n".join(_said(words.texts, key, words.language.rtl, values) for words in self._in(lang))

    def texts(self, start: str, lang: str) -> tuple[str, ...]:
        """All texts whose keys begin with `start`, with their placeholders. In several languages: those of each."""
        return tuple(
            text for words in self._in(lang) for key, text in words.texts.items() if key.startswith(start)
        )

    def label(self, key: str, lang: str, **values: str) -> str:
        """A label of the visitor page or the desk: "visitor.send", "desk.claim"."""
        said = [_said(words.labels, key, words.language.rtl, values) for words in self._in(lang)]
        return " · ".join(dict.fromkeys(said))

    def labels(self, section: str, lang: str) -> Mapping[str, str]:
        """All labels of a section, for a page: {"send": "Send", ...}. One language only.

        A label that waits for a value keeps its placeholder, for the page to fill in.
        """
        if lang not in self._words:
            raise UnknownLanguage(lang)
        prefix = f"{section}."
        labels = self._words[lang].labels
        found = {key.removeprefix(prefix): text for key, text in labels.items() if key.startswith(prefix)}
        if not found:
            raise UnknownText(section)
        return found

    def fact(self, fact_id: str, lang: str = "") -> str:
        """The bare value of a fact, for a link to call it. KeyError: no such fact, or one without a value."""
        return self._facts[fact_id].value(lang)

    def fallback(self, lang: str | None) -> str | None:
        """The code for what a browser or Telegram names: ro-MD -> ro. None: nobody wrote that language."""
        parts = (lang or "").strip().lower().replace("_", "-").split("-")
        for end in range(len(parts), 0, -1):
            if code := self._codes.get("-".join(parts[:end])):
                return code
        return None

    def stale(self, today: date) -> tuple[str, ...]:
        """Ids of the facts that somebody must compare with their source again, longest overdue first."""
        return tuple(fact.id for fact in self.due(today))

    def due(self, today: date) -> tuple[Fact, ...]:
        """The same facts themselves: value or statement, source, and the day they were due."""
        late = [fact for fact in self._facts.values() if fact.review_on <= today]
        return tuple(sorted(late, key=lambda fact: (fact.review_on, fact.id)))

    def _in(self, lang: str) -> tuple[Words, ...]:
        if lang == SEVERAL:
            return self._several
        if lang not in self._words:
            raise UnknownLanguage(lang)
        return (self._words[lang],)


def _said(texts: Mapping[str, str], key: str, rtl: bool, values: Mapping[str, str]) -> str:
    if key not in texts:
        raise UnknownText(key)
    try:
        return fill_values(texts[key], values, rtl)
    except KeyError as missing:
        raise MissingValue(f"{key} needs {missing.args[0]}") from None


def _together(answers: Sequence[Answer]) -> Answer:
    """The same thing said in several languages as one answer; one language stays as it is."""
    first, *others = answers
    if not others:
        return first
    return Answer(
        text="\n\n".join(answer.text for answer in answers),
        choices=first.choices,
        label=" · ".join(dict.fromkeys(answer.label for answer in answers)),
        sources=tuple(dict.fromkeys(source for answer in answers for source in answer.sources)),
        reviewed="reviewed" if all(answer.reviewed == "reviewed" for answer in answers) else "draft",
    )
