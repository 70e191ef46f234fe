"""What is the same in every language: `structure.yml`, `languages.yml` and the ids of `topics.yml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.content.checks import fact_faults
from bot.content.facts import Fact
from bot.content.yaml_reader import read_mapping, text_list

UNDERSTANDING = ("native", "encoder")  # no set: what stands in a file may be a list, and cannot be looked up in one
MAX_CHOICES = 3
BESIDE = ("talk", "beside")
"""Left of the slash, where it is no topic: small talk, and needs that somebody else answers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is fixed about one text: see the head of `structure.yml`."""

    choices: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


FREE = Rule()


@dataclass(frozen=True, slots=True)
class QuestionRule:
    """One line of `questions.yml`: `rule` holds for its text, and its likely next questions are `rule.choices`."""

    rule: Rule = FREE
    roles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def of(self, part: str) -> Rule:
        """The rule of its `text`, `short` or `label`: only the text must show its facts."""
        return self.rule if part == "text" else FREE


@dataclass(frozen=True, slots=True)
class CardRule:
    text: str
    choices: tuple[str, ...]
    signal_lines: int
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """One line of `languages.yml`."""

    code: str
    name: str
    rtl: bool
    script: str
    understanding: str
    aliases: tuple[str, ...]
    when_unknown: bool


@dataclass(frozen=True, slots=True)
class Structure:
    """`topics` and `signals` are the ids of `topics.yml`, in its order."""

    topics: Mapping[str, Rule]
    signals: tuple[str, ...]
    cards: Mapping[str, CardRule]
    texts: Mapping[str, Rule]
    labels: Mapping[str, Rule]
    questions: Mapping[str, QuestionRule]

    @property
    def required_texts(self) -> tuple[str, ...]:
        """The texts that must exist even if no language has them."""
        cards = [f"safety.{card.text}" for card in self.cards.values()]
        parts = [f"questions.{name}.{part}" for name in self.questions for part in ("label", "text", "short")]
        return (*self.texts, *cards, *(f"safety.signals.{signal}" for signal in self.signals), *parts)


def read_structure(folder: Path, facts: Mapping[str, Fact], faults: list[str]) -> Structure:
    raw = read_mapping(folder / "structure.yml", faults)
    vocabulary = read_mapping(folder / "topics.yml", faults)
    topics, signals = (
        tuple(_section(vocabulary, "topics.yml", part, faults)) for part in ("topics", "signals")
    )
    urgencies = _section(vocabulary, "topics.yml", "urgency", faults)
    rules = _rules(raw, "topics", facts, faults)
    questions = _questions(read_mapping(folder / "questions.yml", faults), topics, facts, faults)
    for topic in topics:
        if topic not in rules:
            faults.append(f"structure.yml: topics: {topic} is missing")
    for topic, rule in rules.items():
        if topic not in topics:
            faults.append(f"structure.yml: topics: {topic} is not in topics.yml")
        faults.extend(_choice_faults(f"structure.yml: {topic}", rule.choices, (*topics, *questions)))
        if topic in rule.choices:
            faults.append(f"structure.yml: {topic}: offers itself as a choice")
    cards = {}
    for urgency, entry in _section(raw, "structure.yml", "cards", faults).items():
        if urgency not in urgencies:
            faults.append(f"structure.yml: cards: {urgency} is no urgency of topics.yml")
        elif card := _card(f"structure.yml: cards: {urgency}", entry, topics, signals, faults):
            cards[urgency] = card
    texts, labels = (_rules(raw, part, facts, faults) for part in ("texts", "labels"))
    silent = text_list("structure.yml: no_claim", raw.get("no_claim"), faults)
    faults.extend(_claim_faults(silent, rules, texts, signals))
    ordered = {topic: rules.get(topic, FREE) for topic in topics}
    return Structure(topics=ordered, signals=signals, cards=cards, texts=texts, labels=labels, questions=questions)


def _questions(
    raw: Mapping[str, Any], topics: Collection[str], facts: Mapping[str, Fact], faults: list[str]
) -> dict[str, QuestionRule]:
    entries = _section(raw, "questions.yml", "questions", faults)
    found = {}
    for name, entry in entries.items():
        where = f"questions.yml: {name}"
        topic, _, own = name.partition("/")
        if not own or (topic not in topics and topic not in BESIDE):
            faults.append(f"{where}: must be topic/question, of a topic of topics.yml or of {', '.join(BESIDE)}")
        if not isinstance(entry, Mapping) or set(entry) - {"asked", "roles", "kinds", "shows", "facts", "next"}:
            faults.append(f"{where}: may have asked, roles, kinds, shows, facts and next only")
            continue
        lists = {
            field: text_list(where, entry.get(field), faults)
            for field in ("roles", "kinds", "shows", "facts", "next")
        }
        faults.extend(f"{where}: {fault}" for fault in fact_faults(lists["shows"], facts, with_value=True))
        faults.extend(f"{where}: {fault}" for fault in fact_faults(lists["facts"], facts, with_value=False))
        known = {*entries, *topics}
        faults.extend(f"{where}: {one} is no topic and no question" for one in lists["next"] if one not in known)
        rule = Rule(choices=lists["next"], shows=lists["shows"], facts=lists["facts"])
        found[name] = QuestionRule(rule, lists["roles"], lists["kinds"])
    return found


def _claim_faults(
    silent: Collection[str], topics: Mapping[str, Rule], texts: Mapping[str, Rule], signals: Collection[str]
) -> list[str]:
    """Every answer and every signal's line leads to a fact, or is named among those that say nothing of the world."""
    where = "structure.yml: no_claim"
    said = {**topics, **{signal: texts.get(f"safety.signals.{signal}", FREE) for signal in signals}}
    claims = {name for name, rule in said.items() if rule.shows or rule.facts}
    bare = [name for name in said if name not in claims and name not in silent]
    found = [f"structure.yml: {name}: shows no fact and leans on none" for name in bare]
    found += [f"{where}: {name} is no topic and no signal" for name in silent if name not in said]
    return found + [f"{where}: {name} has facts: it does claim something" for name in silent if name in claims]


def read_register(folder: Path, also: Collection[str], faults: list[str]) -> tuple[Register, ...]:
    """The languages of `languages.yml`, and those of `also` that are not in it yet."""
    entries = read_mapping(folder / "languages.yml", faults).get("languages")
    if not isinstance(entries, list) or not entries:
        faults.append("languages.yml: has no languages")
        entries = []
    found: list[Register] = []
    taken: set[str] = set()
    for entry in entries:
        line = _line(entry if isinstance(entry, Mapping) else {}, faults)
        if line is None:
            continue
        codes = {line.code, *line.aliases}
        if codes & taken:
            faults.append(f"languages.yml: {line.code}: a code stands twice")
        taken |= codes
        found.append(line)
    if not any(register.when_unknown for register in found):
        faults.append("languages.yml: none is marked when_unknown: a person without a language reads nothing")
    found += [Register(code, code, False, "Zyyy", "encoder", (), False) for code in also if code not in taken]
    return tuple(found)


def _line(entry: Mapping[str, Any], faults: list[str]) -> Register | None:
    where = f"languages.yml: {entry.get('code')}"
    before = len(faults)
    if not all(isinstance(entry.get(field), str) and entry[field] for field in ("code", "name", "script")):
        faults.append(f"{where}: needs code, name and script, as text (quote `no`)")
    if type(entry.get("rtl")) is not bool or entry.get("understanding") not in UNDERSTANDING:
        faults.append(f"{where}: needs rtl: true|false, understanding: {'|'.join(sorted(UNDERSTANDING))}")
    aliases = text_list(where, entry.get("aliases"), faults)
    if any(code != code.lower() for code in (str(entry.get("code")), *aliases)):
        faults.append(f"{where}: codes are written without capitals")
    if len(faults) > before:
        return None
    return Register(
        code=entry["code"],
        name=entry["name"],
        rtl=entry["rtl"],
        script=entry["script"],
        understanding=entry["understanding"],
        aliases=aliases,
        when_unknown=entry.get("when_unknown") is True,
    )


def _card(
    where: str, raw: object, topics: tuple[str, ...], signals: tuple[str, ...], faults: list[str]
) -> CardRule | None:
    entry = raw if isinstance(raw, Mapping) else {}
    choices = text_list(where, entry.get("choices"), faults)
    alone = text_list(where, entry.get("alone"), faults)
    faults.extend(_choice_faults(where, choices, topics))
    faults.extend(f"{where}: {signal} is not a signal" for signal in alone if signal not in signals)
    text, lines = entry.get("text"), entry.get("signal_lines")
    if not isinstance(text, str) or type(lines) is not int or lines < 1:
        faults.append(f"{where}: needs a text, and signal_lines of 1 or more")
        return None
    return CardRule(text=text, choices=choices, signal_lines=lines, alone=alone)


def _rules(
    raw: Mapping[str, Any], part: str, facts: Mapping[str, Fact], faults: list[str]
) -> dict[str, Rule]:
    rules = {}
    for key, entry in _section(raw, "structure.yml", part, faults).items():
        where = f"structure.yml: {key}"
        if not isinstance(entry, Mapping) or set(entry) - {"choices", "shows", "facts", "values"}:
            faults.append(f"{where}: may have choices, shows, facts and values only")
            continue
        lists = {
            field: text_list(where, entry.get(field), faults)
            for field in ("choices", "shows", "facts", "values")
        }
        faults.extend(f"{where}: {fault}" for fault in fact_faults(lists["shows"], facts, with_value=True))
        faults.extend(f"{where}: {fault}" for fault in fact_faults(lists["facts"], facts, with_value=False))
        faults.extend(
            f"{where}: the value {value} has a fact's name" for value in lists["values"] if value in facts
        )
        rules[key] = Rule(**lists)
    return rules


def _choice_faults(where: str, choices: tuple[str, ...], topics: tuple[str, ...]) -> list[str]:
    faults = [f"{where}: the choice {choice} is no topic" for choice in choices if choice not in topics]
    if len(set(choices)) != len(choices) or len(choices) > MAX_CHOICES:
        faults.append(f"{where}: at most {MAX_CHOICES} choices, each once")
    return faults


def _section(raw: Mapping[str, Any], name: str, part: str, faults: list[str]) -> dict[str, Any]:
    section = raw.get(part)
    if isinstance(section, dict) and section:
        return section
    faults.append(f"{name}: `{part}` is missing")
    return {}
