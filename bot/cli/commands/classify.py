"""`inloop classify`: what the system understands, line by line, through exactly what production runs."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import Any, TextIO

from bot.cli.commands.lines import mapping, written
from bot.dialogue.batch import EngineBatch
from bot.domain import message_text
from bot.understanding.service import Understanding, Understood

AT_ONCE = 64
"""Lines that go through the models together."""

MESSAGES = {
    "malformed": "not a JSON object",
    "not_text": "text must be a string",
    "empty": "text is empty",
    "too_long": "text is too long",
}


def read(line: str, max_text: int) -> tuple[Any, str, str | None] | dict[str, Any]:
    """Return (id, text, chosen language or None) of one line, or the result with an `error` that stands for it."""
    data = mapping(line)
    if data is None:
        return {"id": None, "error": MESSAGES["malformed"]}
    number, text, lang = data.get("id"), data.get("text"), data.get("lang")
    if not isinstance(text, str):
        return {"id": number, "error": MESSAGES["not_text"]}
    try:
        return number, message_text.clean(text, max_text), lang if isinstance(lang, str) else None
    except message_text.Refused as refused:
        return {"id": number, "error": MESSAGES[refused.code]}


def classify(
    lines: Iterable[str], understanding: Understanding, engine: EngineBatch, max_text: int, known: set[str]
) -> Iterator[dict[str, Any]]:
    """Yield a result for each line that is not blank, in order. Each is the first message of a new conversation.

    `known`: the languages that are answered; another chosen one counts as none. `max_text`: in characters.
    """
    for chunk in batched((line for line in lines if line.strip()), AT_ONCE):
        parsed = [read(line, max_text) for line in chunk]
        wanted = [p for p in parsed if not isinstance(p, dict)]
        understood = asyncio.run(_understand(understanding, wanted, known))
        requests = [
            {
                "id": row,
                "text": message_text.plain(u.reading),
                "vector": None if u.vector is None else base64.b64encode(u.vector.astype("<f4").tobytes()).decode(),
            }
            for row, u in enumerate(understood)
        ]
        topics = iter(engine.parse(requests))
        results = iter(zip(wanted, understood, strict=True))
        for item in parsed:
            if isinstance(item, dict):
                yield item
            else:
                (number, _, lang), u = next(results)
                yield result(number, lang if lang in known else None, u, next(topics))


async def _understand(
    understanding: Understanding, wanted: list[tuple[Any, str, str | None]], known: set[str]
) -> list[Understood]:
    return await asyncio.gather(
        *(understanding.of(text, lang if lang in known else None, apart=False) for _, text, lang in wanted)
    )


def result(number: Any, chosen: str | None, understood: Understood, topic: dict[str, Any]) -> dict[str, Any]:
    """Return the result of one line: what was understood of it, or an `error` where the engine has none.

    `topic`: what the engine said: `topic` and `confidence` (0 to 1), or `error`. `danger` of the result is 0 to 1, too.
    """
    if "error" in topic:
        return {"id": number, "error": "the dialogue model did not read it"}
    assessment = understood.assessment
    return {
        "id": number,
        "language": chosen or understood.language,
        "topic": topic["topic"],
        "confidence": round(float(topic["confidence"]), 4),
        "urgency": assessment.urgency.value,
        "signals": list(assessment.signals),
        "ask": assessment.ask,
        "danger": assessment.confidence,
    }


def run(
    source: TextIO,
    sink: TextIO,
    understanding: Understanding,
    model: Path,
    encoder_dir: Path,
    max_text: int,
    known: set[str],
) -> int:
    """Classify every line of `source`, write the results to `sink`, and return the exit code (0).

    `model`, `encoder_dir`: the trained dialogue model, a file, and the encoder's folder.
    """
    with EngineBatch(model, encoder_dir) as engine:
        for line in classify(source, understanding, engine, max_text, known):
            sink.write(written(line) + "\n")
    sink.flush()
    return 0
