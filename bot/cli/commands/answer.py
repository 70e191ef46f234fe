"""`inloop answer`: what the system says to a topic or a danger; JSON in, JSON out, a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.cli.commands.lines import mapping
from bot.content import Catalogue, UnknownTopic
from bot.domain.model import Urgency


def known_signals(topics: Path) -> set[str]:
    """Return the codes of the signals that `content/topics.yml` (the path `topics`) lists."""
    return set(yaml.safe_load(topics.read_text(encoding="utf-8"))["signals"])


def answer(lines: Iterable[str], words: Catalogue, signals: set[str]) -> Iterator[dict[str, Any]]:
    """Yield a result for each line that is not blank, in order: the words a person reads, or an error."""
    for line in lines:
        if line.strip():
            yield one(line, words, signals)


def one(line: str, words: Catalogue, signals: set[str]) -> dict[str, Any]:
    """Return the result of one line: `id` with `lang`, `text`, `choices`, `reviewed` and `sources`, or with `error`.

    With an `urgency` (and `signals`) the text is that of the danger card, else that of the `topic`. Never raises.
    """
    data = mapping(line)
    if data is None:
        return {"id": None, "error": "not a JSON object"}
    number, lang = data.get("id"), data.get("lang")
    code = words.fallback(lang) if isinstance(lang, str) else None
    if code is None:
        return {"id": number, "error": "unknown language"}
    if "urgency" in data:
        wanted = data.get("signals") or []
        if data["urgency"] not in (Urgency.EMERGENCY.value, Urgency.URGENT.value):  # whatever it is, also a list
            return {"id": number, "error": "unknown urgency"}
        if not isinstance(wanted, list) or not all(isinstance(s, str) and s in signals for s in wanted):
            return {"id": number, "error": "unknown signal"}
        said = words.card(data["urgency"], wanted, code)
        labels = [words.label("choices.safe", code), words.label("choices.language", code)]
    else:
        topic = data.get("topic")
        try:
            said = words.answer(topic if isinstance(topic, str) else "", code)
        except UnknownTopic:
            return {"id": number, "error": "unknown topic"}
        labels = [words.topic_label(t, code) for t in said.choices if t != "talk_to_human"]
        labels.append(words.topic_label("talk_to_human", code))
    return {
        "id": number,
        "lang": code,
        "text": said.text,
        "choices": labels,
        "reviewed": said.reviewed,
        "sources": list(said.sources),
    }
