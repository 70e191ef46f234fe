"""What stands beside a text for its reader, in English: where it is shown, its limit, its facts, who has read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content import checks
from bot.content.render import fill_facts
from bot.content.review.status import Library
from bot.content.terms import facts_behind, most_signs, most_words, rule
from bot.content.yaml_reader import read_mapping


@dataclass(frozen=True, slots=True)
class Notes:
    """`places` are beginnings of keys, `abouts` what each topic and signal is about."""

    library: Library
    places: Mapping[str, str]
    abouts: Mapping[str, str]

    def where(self, key: str) -> str:
        """Return where a text is shown."""
        start = max((start for start in self.places if key.startswith(start)), key=len, default="")
        where = self.places.get(start, key)
        if key.startswith("answers."):
            topic = key.split(".")[1]
            about = self.abouts.get(f"topics.{topic}", topic)
            if not key.endswith(".label"):
                return f"answer to: {about}"
            asked = [other for other, own in self.library.structure.topics.items() if topic in own.choices]
            return f"button that asks: {about}" + (f" It stands under: {', '.join(asked)}" if asked else "")
        about = self.abouts.get(f"signals.{key.removeprefix('safety.signals.')}", "")
        return f"{where}. Signal: {about}" if about else where

    def filled(self, code: str, key: str) -> str:
        """Return the text as a person reads it, with its facts filled in; "" when there is none."""
        text, register = self.library.shelves[code].texts.get(key), self.library.shelves[code].register
        return fill_facts(text, self.library.facts, code, register.rtl) if isinstance(text, str) else ""

    def length(self, code: str, key: str) -> str:
        """Return the limit of a text, and how long it is now."""
        filled = self.filled(code, key)
        if signs := most_signs(key):
            return f"at most {signs} characters, now {len(filled)}"
        return f"at most {most_words(self.library.structure, key)} words, now {checks.words(filled):.0f}"

    def facts(self, code: str, key: str) -> list[str]:
        """Return each fact behind a text with its source: its value in this language, or what the text rests on."""
        lines = []
        for name in facts_behind(self.library.structure, key, self.library.shelves[code].texts.get(key)):
            if fact := self.library.facts.get(name):
                said = f"{{{name}}} = {fact.value(code)}" if fact.values else f"Leans on {name}: {fact.statement}"
                lines.append(f"{said} [{fact.citation}]")
        values = [f"{{{name}}}" for name in rule(self.library.structure, key).values]
        return [*lines, f"The program fills in {', '.join(values)}"] if values else lines

    def state(self, code: str, key: str) -> str:
        """Return one of: missing; draft; reviewed by ... on ...; stale: ... changed since ... read it on ..."""
        now = self.library.standing(code, key)
        record = self.library.shelves[code].records.get(key)
        if record is None or now.state == "missing":
            return now.state
        if now.state == "reviewed":
            return f"reviewed by {record.by} on {record.on}"
        if now.state == "stale":
            return f"stale: {', '.join(now.why)} changed since {record.by} read it on {record.on}"
        return f"draft: {', '.join(now.why)}"


def read_notes(folder: Path, library: Library) -> Notes:
    """Read the notes of `places.yml` and `topics.yml`; what is missing there is left out."""
    places = {key: text for key, text in read_mapping(folder / "places.yml", []).items() if isinstance(text, str)}
    topics = read_mapping(folder / "topics.yml", [])
    abouts = {
        f"{part}.{name}": str(about)
        for part in ("topics", "signals")
        if isinstance(topics.get(part), Mapping)
        for name, about in topics[part].items()
    }
    return Notes(library, places, abouts)
