"""Read the content folder once into a whole, frozen catalogue, or say every fault of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.content import checks
from bot.content.catalogue import Answer, Card, Catalogue, Language, Words
from bot.content.facts import Fact
from bot.content.render import fill_facts, placeholders
from bot.content.review.review_records import FILE as RECORDS
from bot.content.review.status import Library, Shelf, progress, read_library
from bot.content.structure import FREE, Register, Rule, Structure
from bot.content.terms import WHOLE, most_words, place
from bot.content.terms import rule as rule_of
from bot.content.yaml_reader import ContentError, read_mapping, text_list


@dataclass(frozen=True, slots=True)
class _Raw:
    """One language as it stands in its folder. Keys of `texts` and `labels` are dotted; `read` are the reviewed."""

    register: Register
    reviewed: bool
    read: frozenset[str]
    never_say: tuple[str, ...]
    answers: Mapping[str, Any]
    texts: Mapping[str, Any]
    labels: Mapping[str, Any]


def load(folder: Path, also: Collection[str] = ()) -> Catalogue:
    """Return the catalogue of a content folder: what is said, in every language.

    `also` names languages that have a folder but no line in `languages.yml` yet, to check them.
    Raises ContentError with all faults of all languages.
    """
    library = read_library(folder, tuple(also))
    faults = list(library.faults)
    raws = [_read(folder, library, shelf, faults) for shelf in library.shelves.values()]
    _same_keys(raws, library.structure, faults)
    words = [_build(raw, library.structure, library.facts, faults) for raw in raws]
    if faults:
        raise ContentError(faults)
    return Catalogue(words, library.facts)


def _read(folder: Path, library: Library, shelf: Shelf, faults: list[str]) -> _Raw:
    code = shelf.register.code
    meta = read_mapping(folder / code / "meta.yml", faults)
    where = f"{code}/meta.yml"
    if other := sorted(set(meta) - {"never_say"}):
        faults.append(f"{where}: has {', '.join(other)}: only never_say; who has read what stands in {RECORDS}")
    never_say = text_list(where, meta.get("never_say"), faults)
    if len(never_say) < checks.NEVER_SAY_MIN or not all(phrase.strip() for phrase in never_say):
        faults.append(f"{where}: never_say needs at least {checks.NEVER_SAY_MIN} promises and hurtful words")
    unknown = [key for key in shelf.records if key not in shelf.texts]
    faults.extend(f"{code}/{RECORDS}: {key}: there is no such text any more" for key in unknown)
    done = progress(library, code)
    answers: dict[str, Any] = {}
    for key, value in _under("answers.", shelf.texts).items():
        topic, _, part = key.partition(".")
        if part:
            answers.setdefault(topic, {})[part] = value
        else:
            answers[topic] = value
    whole = {key: value for key, value in shelf.texts.items() if key.startswith(WHOLE)}
    return _Raw(
        register=shelf.register,
        reviewed=done.reviewed,
        read=frozenset(done.texts["reviewed"]),
        never_say=tuple(phrase for phrase in never_say if phrase.strip()),
        answers=answers,
        texts=whole | _under("system.", shelf.texts),
        labels=_under("labels.", shelf.texts),
    )


def _under(prefix: str, texts: Mapping[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(prefix): value for key, value in texts.items() if key.startswith(prefix)}


def _same_keys(raws: list[_Raw], structure: Structure, faults: list[str]) -> None:
    """Each language has the texts and labels that any of them has, and the topics of `topics.yml`."""
    texts = dict.fromkeys((*structure.required_texts, *(key for raw in raws for key in raw.texts)))
    labels = dict.fromkeys((*structure.labels, *(key for raw in raws for key in raw.labels)))
    for raw in raws:
        code = raw.register.code
        missing = [place(_key(key)) for key in texts if key not in raw.texts]
        missing += [f"labels.yml: {key}" for key in labels if key not in raw.labels]
        missing += [f"answers.yml: {topic}" for topic in structure.topics if topic not in raw.answers]
        faults.extend(f"{code}/{place} is missing" for place in missing)
        extra = [topic for topic in raw.answers if topic not in structure.topics]
        faults.extend(f"{code}/answers.yml: {topic} is no topic of topics.yml" for topic in extra)
        signals = [
            key.removeprefix("safety.signals.") for key in raw.texts if key.startswith("safety.signals.")
        ]
        faults.extend(
            f"{code}/safety.yml: {s} is no signal of topics.yml"
            for s in signals
            if s not in structure.signals
        )


def _build(raw: _Raw, structure: Structure, facts: Mapping[str, Fact], faults: list[str]) -> Words:
    writer = _Writer(raw, facts, faults)
    register = raw.register
    answers = {}
    for topic, fixed in structure.topics.items():
        if topic in raw.answers:
            answers[topic] = _answer(writer, topic, raw.answers[topic], fixed)
    labels = [answer.label for answer in answers.values()]
    for topic, answer in answers.items():
        if labels.count(answer.label) > 1:
            faults.append(f"{register.code}/answers.yml: {topic}: the label {answer.label!r} stands twice")
    longest = partial(most_words, structure)
    texts = {
        key: writer.text(place(_key(key)), text, rule_of(structure, _key(key)), longest(_key(key)))
        for key, text in raw.texts.items()
    }
    for name, question in structure.questions.items():
        answers[name] = _question(writer, name, texts, question.rule)
    pages = {
        key: writer.text(f"labels.yml: {key}", text, structure.labels.get(key, FREE), checks.TEXT_WORDS)
        for key, text in raw.labels.items()
    }
    language = Language(
        code=register.code,
        name=register.name,
        rtl=register.rtl,
        answers=_status(raw.reviewed),
        understanding=register.understanding,
        script=register.script,
        aliases=register.aliases,
        when_unknown=register.when_unknown,
    )
    return Words(
        language=language,
        answers=MappingProxyType(answers),
        cards=MappingProxyType(_cards(writer, structure, texts)),
        texts=MappingProxyType(texts),
        labels=MappingProxyType(pages),
    )


def _answer(writer: _Writer, topic: str, entry: object, rule: Rule) -> Answer:
    where = f"answers.yml: {topic}"
    if not isinstance(entry, Mapping) or set(entry) != {"label", "text"}:
        writer.fault(where, ["must have a label and a text, nothing else"])
        entry = {}
    label = writer.text(f"{where}: label", entry.get("label"), FREE, checks.TEXT_WORDS)
    writer.fault(f"{where}: label", checks.label_faults(label))
    text = writer.text(f"{where}: text", entry.get("text"), rule, checks.ANSWER_WORDS)
    sources = writer.sources(entry.get("text"), rule)
    status = writer.status(f"answers.{topic}.text")
    return Answer(text=text, choices=rule.choices, label=label, sources=sources, reviewed=status)


def _question(writer: _Writer, name: str, texts: Mapping[str, str], rule: Rule) -> Answer:
    key = f"questions.{name}"
    label = texts.get(f"{key}.label", "")
    if len(label) > checks.QUESTION_CHARS:
        writer.fault(place(f"{key}.label"), [f"is too long: at most {checks.QUESTION_CHARS} characters"])
    sources = writer.sources(writer.raw.texts.get(f"{key}.text"), rule)
    status = writer.status(f"{key}.text")
    return Answer(texts.get(f"{key}.text", ""), rule.choices, label, sources, status)


def _cards(writer: _Writer, structure: Structure, texts: Mapping[str, str]) -> dict[str, Card]:
    def sources(key: str) -> tuple[str, ...]:
        return writer.sources(writer.raw.texts.get(key), structure.texts.get(key, FREE))

    lines = {}
    for signal in structure.signals:
        key = f"safety.signals.{signal}"
        if key in texts:
            lines[signal] = Answer(texts[key], (), "", sources(key), writer.status(key))
    cards = {}
    for urgency, rule in structure.cards.items():
        key = f"safety.{rule.text}"
        first, _, rest = texts.get(key, "").partition("\n\n")
        cards[urgency] = Card(
            first=first,
            rest=rest,
            signals=MappingProxyType(lines),
            signal_lines=rule.signal_lines,
            alone=rule.alone,
            choices=rule.choices,
            sources=sources(key),
            reviewed=writer.status(key),
        )
    return cards


class _Writer:
    """Checks the texts of one language and fills the facts in."""

    def __init__(self, raw: _Raw, facts: Mapping[str, Fact], faults: list[str]) -> None:
        self.raw = raw
        self._facts = facts
        self._faults = faults

    def fault(self, where: str, faults: Iterable[str]) -> None:
        self._faults.extend(f"{self.raw.register.code}/{where}: {fault}" for fault in faults)

    def text(self, where: str, text: object, rule: Rule, limit: int) -> str:
        """The text as it is shown; "" and a fault when it is none."""
        self.fault(
            where,
            checks.text_faults(
                text, facts=self._facts, values=rule.values, shows=rule.shows, never_say=self.raw.never_say
            ),
        )
        if not isinstance(text, str):
            return ""
        register = self.raw.register
        filled = fill_facts(text, self._facts, register.code, register.rtl)
        self.fault(where, [*checks.length_faults(filled, limit), *checks.sentence_faults(text)])
        return filled

    def status(self, key: str) -> str:
        return _status(key in self.raw.read)

    def sources(self, text: object, rule: Rule) -> tuple[str, ...]:
        shown = placeholders(text) if isinstance(text, str) else ()
        used = [self._facts[name] for name in (*shown, *rule.facts) if name in self._facts]
        return tuple(dict.fromkeys(fact.citation for fact in used))


def _status(reviewed: bool) -> str:
    return "reviewed" if reviewed else "draft"


def _key(key: str) -> str:
    """The key with its file: handoff.offer -> system.handoff.offer."""
    return key if key.startswith(WHOLE) else f"system.{key}"
