"""Reads the content folder once and gives a whole, frozen catalogue, or every fault of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.content import checks
from bot.content.catalogue import Answer, Card, Catalogue, Language, Words
from bot.content.facts import Fact, parse_facts
from bot.content.read import ContentError, flatten, read_mapping, text_list
from bot.content.render import fill_facts, placeholders
from bot.content.structure import FREE, Register, Rule, Structure, read_register, read_structure

_FILES = ("safety", "system", "labels")


@dataclass(frozen=True, slots=True)
class _Raw:
    """One language as it stands in its folder. Keys of `texts` and `labels` are dotted."""

    register: Register
    reviewed: str
    never_say: tuple[str, ...]
    answers: Mapping[str, Any]
    texts: Mapping[str, Any]
    labels: Mapping[str, Any]


def load(folder: Path, also: Collection[str] = ()) -> Catalogue:
    """The catalogue of a content folder.

    `also` names languages that have a folder but no line in `languages.yml` yet, to check them.
    Raises ContentError with all faults of all languages.
    """
    faults: list[str] = []
    facts = parse_facts(read_mapping(folder / "facts.yml", faults), faults)
    structure = read_structure(folder, facts, faults)
    raws = [_read(folder, register, faults) for register in read_register(folder, also, faults)]
    _same_keys(raws, structure, faults)
    words = [_build(raw, structure, facts, faults) for raw in raws]
    if faults:
        raise ContentError(faults)
    return Catalogue(words, facts)


def _read(folder: Path, register: Register, faults: list[str]) -> _Raw:
    home = folder / register.code
    trees = {name: read_mapping(home / f"{name}.yml", faults) for name in _FILES}
    meta = read_mapping(home / "meta.yml", faults)
    where = f"{register.code}/meta.yml"
    status = meta.get("status")
    if status not in ("draft", "reviewed"):
        faults.append(f"{where}: status must be draft or reviewed")
    if status == "reviewed" and not (
        isinstance(meta.get("reviewer"), str) and type(meta.get("date")) is date
    ):
        faults.append(f"{where}: reviewed needs the name of the reviewer and a date")
    never_say = text_list(where, meta.get("never_say"), faults)
    if len(never_say) < checks.NEVER_SAY_MIN or not all(phrase.strip() for phrase in never_say):
        faults.append(f"{where}: never_say needs at least {checks.NEVER_SAY_MIN} promises and hurtful words")
    return _Raw(
        register=register,
        reviewed=str(status),
        never_say=tuple(phrase for phrase in never_say if phrase.strip()),
        answers=read_mapping(home / "answers.yml", faults),
        texts={**flatten(trees["safety"], "safety."), **flatten(trees["system"])},
        labels=flatten(trees["labels"]),
    )


def _same_keys(raws: list[_Raw], structure: Structure, faults: list[str]) -> None:
    """Each language has the texts and labels that any of them has, and the topics of `topics.yml`."""
    texts = dict.fromkeys((*structure.required_texts, *(key for raw in raws for key in raw.texts)))
    labels = dict.fromkeys((*structure.labels, *(key for raw in raws for key in raw.labels)))
    for raw in raws:
        code = raw.register.code
        missing = [_place(key) for key in texts if key not in raw.texts]
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
    for topic, rule in structure.topics.items():
        if topic in raw.answers:
            answers[topic] = _answer(writer, topic, raw.answers[topic], rule)
    labels = [answer.label for answer in answers.values()]
    for topic, answer in answers.items():
        if labels.count(answer.label) > 1:
            faults.append(f"{register.code}/answers.yml: {topic}: the label {answer.label!r} stands twice")
    limits = {f"safety.signals.{signal}": checks.SIGNAL_WORDS for signal in structure.signals}
    limits |= {f"safety.{card.text}": checks.CARD_WORDS for card in structure.cards.values()}
    texts = {
        key: writer.text(
            _place(key), text, structure.texts.get(key, FREE), limits.get(key, checks.TEXT_WORDS)
        )
        for key, text in raw.texts.items()
    }
    pages = {
        key: writer.text(f"labels.yml: {key}", text, structure.labels.get(key, FREE), checks.TEXT_WORDS)
        for key, text in raw.labels.items()
    }
    language = Language(
        code=register.code,
        name=register.name,
        rtl=register.rtl,
        answers=raw.reviewed,
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
    return Answer(text=text, choices=rule.choices, label=label, sources=sources, reviewed=writer.raw.reviewed)


def _cards(writer: _Writer, structure: Structure, texts: Mapping[str, str]) -> dict[str, Card]:
    def sources(key: str) -> tuple[str, ...]:
        return writer.sources(writer.raw.texts.get(key), structure.texts.get(key, FREE))

    lines = {}
    for signal in structure.signals:
        key = f"safety.signals.{signal}"
        if key in texts:
            lines[signal] = Answer(texts[key], (), "", sources(key), writer.raw.reviewed)
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
            reviewed=writer.raw.reviewed,
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
        self.fault(where, checks.length_faults(filled, limit))
        return filled

    def sources(self, text: object, rule: Rule) -> tuple[str, ...]:
        shown = placeholders(text) if isinstance(text, str) else ()
        used = [self._facts[name] for name in (*shown, *rule.facts) if name in self._facts]
        return tuple(dict.fromkeys(fact.citation for fact in used))


def _place(key: str) -> str:
    """safety.signals.weapon -> safety.yml: signals.weapon; handoff.offer -> system.yml: handoff.offer."""
    return f"safety.yml: {key.removeprefix('safety.')}" if key.startswith("safety.") else f"system.yml: {key}"
