"""Two questions in one message: both are answered, or offered. The real parts, from the words to the reply.

`two_questions.jsonl` holds messages with two questions (`two`, `topics`: what each may be about) and with one that is
told in two sentences (`one`). The limits were chosen on the sets `first` and `second` and on the lines of `tests/nlu`;
`third` was written after, and what it showed is in `docs/decisions/0048-two-questions.md`.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from bot.app import understanding
from bot.core import intake
from bot.core.model import Urgency
from bot.core.parts import questions
from bot.understanding import Understanding, Understood
from encoder.transliteration import native
from tests.support.engine_process import ROOT, EngineProcess

LINES = [json.loads(line) for line in (ROOT / "tests/engine/two_questions.jsonl").read_text("utf-8").splitlines()]
ORDINARY = [
    json.loads(line)
    for path in sorted((ROOT / "tests/nlu").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
    if line
]
BOTH, ONLY_ONE, OF_ORDINARY = 0.85, 0.03, 0.01


@pytest.fixture(scope="module")
def reader() -> Iterator[Understanding]:
    made, encoding = understanding(ROOT / "models", ROOT / "models/encoder")
    yield made
    encoding.close()


def packed(vector: np.ndarray) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def replies(engine: EngineProcess, conversation: str, read: Understood, *, parts: bool) -> list[dict[str, Any]]:
    assert read.vector is not None
    metadata: dict[str, Any] = {"vector": packed(read.vector)}
    if parts:
        metadata["parts"] = [{"text": text, "vector": packed(vector)} for text, vector in read.parts]
    answer: list[dict[str, Any]] = engine.turn(conversation, intake.plain(read.reading), **metadata).json()["replies"]
    return answer


def topics(said: list[dict[str, Any]]) -> set[str]:
    """What is answered or offered."""
    answered = {topic for reply in said for topic in reply["values"].get("topics", [reply["values"].get("topic")])}
    return {topic for topic in answered if topic} | {c["intent"] for reply in said for c in reply["choices"]}


def divided(engine: EngineProcess, name: str, read: Understood) -> bool:
    """Whether the parts of a message change what is said to it."""
    if not read.parts:
        return False
    return replies(engine, f"{name}-with", read, parts=True) != replies(engine, f"{name}-without", read, parts=False)


def test_two_questions_are_both_answered_or_offered(engine: EngineProcess, reader: Understanding) -> None:
    lines = [line for line in LINES if line["kind"] == "two"]
    missed = []
    for line in lines:
        read = asyncio.run(reader.of(line["text"], None))
        found = topics(replies(engine, f"two:{line['id']}", read, parts=bool(read.parts)))
        if not all(found & set(wanted) for wanted in line["topics"]):
            missed.append((line["id"], line["text"], sorted(found)))
    assert len(missed) <= (1 - BOTH) * len(lines), missed


def test_one_question_in_two_sentences_stays_one(engine: EngineProcess, reader: Understanding) -> None:
    lines = [line for line in LINES if line["kind"] == "one"]
    read = {line["id"]: asyncio.run(reader.of(line["text"], None)) for line in lines}
    wrong = [name for name, understood in read.items() if divided(engine, f"one:{name}", understood)]
    assert len(wrong) <= ONLY_ONE * len(lines), wrong


def test_ordinary_messages_are_hardly_ever_divided(engine: EngineProcess, reader: Understanding) -> None:
    wrong = []
    for line in ORDINARY:
        code = reader.languages.detect(line["text"], chosen=None).code
        if questions(native(line["text"], code), code):  # of the others nothing is to be encoded
            read = asyncio.run(reader.of(intake.clean(line["text"], 20_000), None))
            if divided(engine, f"ordinary:{line['id']}", read):
                wrong.append((line["id"], line["text"]))
    print(*wrong, sep="\n")
    assert len(wrong) <= OF_ORDINARY * len(ORDINARY), wrong


def test_where_there_is_danger_no_part_is_looked_at(reader: Understanding) -> None:
    text = "He is at the door with a knife, what do I do? And is it free?"
    read = asyncio.run(reader.of(text, "en"))
    assert read.assessment.urgency is not Urgency.NONE
    assert questions(text, "en") and read.parts == ()
