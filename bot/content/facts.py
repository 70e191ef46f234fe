"""Facts: what may be shown, in which words, on whose authority, and when it must be looked at again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

KINDS = frozenset({"phone", "site", "email", "name", "number", "period", "rule", "condition"})
CONFIDENCES = frozenset({"HIGH", "MED", "LOW", "GK"})
SHOWABLE = frozenset({"HIGH", "MED"})
# Written from left to right whatever the language: in a right-to-left text they would be torn apart.
LEFT_TO_RIGHT = frozenset({"phone", "site", "email", "name"})
LONGEST = 3650
_FIELDS = frozenset(
    {"value", "statement", "kind", "source", "source_date", "checked", "confidence", "review_days"}
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `values` is empty when answers only lean on it; "default" is for all other languages."""

    id: str
    kind: str
    source: str
    source_date: str
    checked: date
    confidence: str
    review_days: int
    values: Mapping[str, str]
    statement: str

    @property
    def showable(self) -> bool:
        return self.confidence in SHOWABLE

    @property
    def citation(self) -> str:
        return f"{self.source} ({self.source_date}; checked {self.checked.isoformat()})"

    @property
    def review_on(self) -> date:
        return self.checked + timedelta(days=self.review_days)

    @property
    def shown(self) -> str:
        """What a colleague is told of it: its value, or what it states (English)."""
        return self.values["default"] if self.values else self.statement

    def value(self, lang: str) -> str:
        """What is shown in this language. KeyError when the fact has no value."""
        return self.values.get(lang) or self.values["default"]


def parse_facts(raw: Mapping[str, Any], faults: list[str]) -> dict[str, Fact]:
    """`facts.yml` as facts by id. What is wrong is added to `faults`, and the fact left out."""
    entries = raw.get("facts")
    if not isinstance(entries, Mapping):
        faults.append("facts.yml: `facts` is missing")
        return {}
    never = raw.get("never_show", {})
    if not isinstance(never, Mapping):
        faults.append("facts.yml: `never_show` must be a mapping of number to reason")
        never = {}
    facts: dict[str, Fact] = {}
    for fact_id, entry in entries.items():
        found = _parse(fact_id, entry, faults)
        if found is None:
            continue
        for text in found.values.values():
            for number, reason in never.items():
                if _national(text) and _national(text) == _national(number):
                    faults.append(f"facts.yml: {fact_id} shows {number}, which must never be shown: {reason}")
        facts[fact_id] = found
    return facts


def _parse(fact_id: str, entry: Any, faults: list[str]) -> Fact | None:
    where = f"facts.yml: {fact_id}"
    if not isinstance(entry, Mapping):
        faults.append(f"{where}: must be a mapping")
        return None
    wrong = [f"unknown field {field}" for field in sorted(set(entry) - _FIELDS)]
    values = _values(entry.get("value"))
    statement = entry.get("statement", "")
    if not _one_of(entry.get("kind"), KINDS):
        wrong.append(f"kind must be one of {', '.join(sorted(KINDS))}")
    if not _one_of(entry.get("confidence"), CONFIDENCES):
        wrong.append(f"confidence must be one of {', '.join(sorted(CONFIDENCES))}")
    wrong += [
        f"{field} must be text" for field in ("source", "source_date") if not _is_text(entry.get(field))
    ]
    if type(entry.get("checked")) is not date or entry["checked"].year > 9000:
        wrong.append("checked must be a date such as 2026-11-24")
    if type(entry.get("review_days")) is not int or not 1 <= entry["review_days"] <= LONGEST:
        wrong.append(f"review_days must be a number of days, {LONGEST} at most")
    if values is None:
        wrong.append("value must be text, or a map per language of text with a default (quote numbers)")
    if bool(values) == bool(statement) or not isinstance(statement, str):
        wrong.append("needs either a value or a statement")
    if wrong:
        faults.extend(f"{where}: {reason}" for reason in wrong)
        return None
    return Fact(
        id=fact_id,
        kind=entry["kind"],
        source=entry["source"],
        source_date=entry["source_date"],
        checked=entry["checked"],
        confidence=entry["confidence"],
        review_days=entry["review_days"],
        values=MappingProxyType(values or {}),
        statement=statement,
    )


def _values(raw: Any) -> dict[str, str] | None:
    """{} when there is no value, None when it cannot be used."""
    if raw is None:
        return {}
    if _is_text(raw):
        return {"default": raw}
    if isinstance(raw, Mapping) and "default" in raw and all(_is_text(v) for v in raw.values()):
        return dict(raw)
    return None


def _one_of(raw: object, known: frozenset[str]) -> bool:
    return isinstance(raw, str) and raw in known


def _is_text(raw: object) -> bool:
    return isinstance(raw, str) and bool(raw.strip())


def _national(text: str) -> str:
    """The digits of a telephone number without country code or leading zero: +32 78 05... = 078 05..."""
    digits = "".join(c for c in text if c.isdigit())
    return digits.removeprefix("00").removeprefix("32").lstrip("0") if len(digits) > 6 else digits
