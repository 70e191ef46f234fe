"""Two questions in one message: both are answered, or offered. The real parts, from the words to the reply.

`two_questions.jsonl` holds messages with two questions (`two`, `topics`: what each may be about) and with one that is
told in two sentences (`one`). The limits were chosen on the sets `first` and `second` and on the lines of `tests/nlu`;
the others were written after, each by somebody who had seen none of this, and what they showed is in
`docs/decisions/0048-two-questions.md`.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.bootstrap import understanding
from bot.domain import message_text
from bot.domain.model import Urgency
from bot.text.questions import clauses, questions
from bot.understanding.service import Understanding, Understood
from encoder.runtime.transliteration import native
from tests.support.engine_process import ROOT, EngineProcess

pytestmark = pytest.mark.night

FILE = Path(__file__).with_name("two_questions.jsonl")
LINES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
ORDINARY = [
    json.loads(line)
    for path in sorted((ROOT / "tests/nlu").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
    if line
]
BOTH, ONLY_ONE, OF_ORDINARY, ONE_BUTTON_MORE = 0.88, 0.03, 0.01, 0.25
ONE_TAP, TO_SAY_SO = 0.93, 0.98


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
    for name, found in (("parts", read.parts), ("clauses", read.clauses)) if parts else ():
        if found:
            metadata[name] = [{"text": text, "vector": packed(vector)} for text, vector in found]
    text = message_text.plain(read.reading)
    answer: list[dict[str, Any]] = engine.turn(conversation, text, **metadata).json()["replies"]
    return answer


WISHES = {"handoff.offer": "talk_to_human", "forget.question": "delete_my_data"}


def topics(said: list[dict[str, Any]]) -> set[str]:
    """What is answered or offered. Under every answer the gateway puts a button for a person (`Speaker.answer`)."""
    answered = {topic for reply in said for topic in reply["values"].get("topics", [reply["values"].get("topic")])}
    answered |= {topic for reply in said for topic in reply["values"].get("also", [])}
    answered |= {WISHES.get(reply["key"]) for reply in said}
    answered |= {"talk_to_human" for reply in said if reply["key"] in {"answer", "both"}}
    return {topic for topic in answered if topic} | {c["intent"] for reply in said for c in reply["choices"]}


def divided(engine: EngineProcess, name: str, read: Understood) -> tuple[bool, bool]:
    """Whether the parts of a message change what is answered to it, and whether they put a button beside the answer."""
    if not (read.parts or read.clauses):
        return False, False
    those = replies(engine, f"{name}-with", read, parts=True)
    plain = replies(engine, f"{name}-without", read, parts=False)
    more = topics(those) - topics(plain)
    for reply in (*those, *plain):
        reply["values"].pop("also", None)
        reply["values"].pop("more", None)
    return those != plain, bool(more)


def right_now(engine: EngineProcess, name: str, read: Understood) -> bool:
    """Whether a line that is answered otherwise for its parts is answered as it should be: "Hello! May I work here?"
    had been greeted."""
    wanted = {topic for line in LINES if line["id"] == name for one in line.get("topics", ()) for topic in one}
    said = replies(engine, f"{name}-now", read, parts=True)
    answered = {topic for reply in said for topic in reply["values"].get("topics", [reply["values"].get("topic")])}
    return answered - {None} <= wanted and bool(answered - {None})


def test_two_questions_are_both_answered_or_offered(engine: EngineProcess, reader: Understanding) -> None:
    lines = [line for line in LINES if line["kind"] == "two"]
    missed, far, silent = [], [], []
    for line in lines:
        read = asyncio.run(reader.of(line["text"], None))
        said = replies(engine, f"two:{line['id']}", read, parts=True)
        found = topics(said)
        if all(found & set(wanted) for wanted in line["topics"]):
            continue
        missed.append((line["id"], line["text"], sorted(found)))
        behind = {topic for reply in said for topic in reply["values"].get("more", [])}
        if not all((found | behind) & set(wanted) for wanted in line["topics"]):
            far.append(line["id"])
        # Who may be in danger is asked that first, and a question that a wish asks has its own buttons.
        if not (read.assessment.ask or any("more" in reply["values"] or reply["choices"] for reply in said)):
            silent.append((line["id"], line["text"], sorted(found)))
    print(f"of {len(lines)} both in sight: {len(lines) - len(missed)}; a tap away: {len(missed) - len(far)} more;")
    print(f"can be said by a button: all but {len(silent)}", *silent, sep="\n")
    assert len(missed) <= (1 - BOTH) * len(lines), missed
    assert len(far) <= (1 - ONE_TAP) * len(lines), far
    assert len(silent) <= (1 - TO_SAY_SO) * len(lines), silent


def test_one_question_in_two_sentences_stays_one(engine: EngineProcess, reader: Understanding) -> None:
    lines = [line for line in LINES if line["kind"] == "one"]
    read = {line["id"]: asyncio.run(reader.of(line["text"], None)) for line in lines}
    found = {name: divided(engine, f"one:{name}", understood) for name, understood in read.items()}
    wrong = [name for name, (answered, _) in found.items() if answered and not right_now(engine, name, read[name])]
    print(len(wrong), "answered otherwise,", sum(more for _, more in found.values()), "with a button more")
    assert len(wrong) <= ONLY_ONE * len(lines), wrong
    assert sum(more for _, more in found.values()) <= ONE_BUTTON_MORE * len(lines)


def test_ordinary_messages_are_hardly_ever_divided(engine: EngineProcess, reader: Understanding) -> None:
    wrong = []
    beside, looked = 0, 0
    for number, line in enumerate(ORDINARY):
        code = reader.languages.detect(line["text"], chosen=None).code
        reading = native(line["text"], code)
        one_of_some = number % 5 == 0 and bool(clauses(reading, code))  # half of all lines have clauses
        looked += number % 5 == 0
        if questions(reading, code) or one_of_some:  # of the others nothing is to be encoded
            read = asyncio.run(reader.of(message_text.clean(line["text"], 20_000), None))
            answered, more = divided(engine, f"ordinary:{line['id']}", read)
            beside += more and one_of_some
            if answered:
                wrong.append((line["id"], line["text"]))
    print(*wrong, f"{beside} of {looked}", sep="\n")
    assert len(wrong) <= OF_ORDINARY * len(ORDINARY), wrong
    assert beside <= ONE_BUTTON_MORE * looked


def test_where_there_is_danger_no_part_is_looked_at(reader: Understanding) -> None:
    text = "He is at the door with a knife, what do I do? And is it free?"
    read = asyncio.run(reader.of(text, "en"))
    assert read.assessment.urgency is not Urgency.NONE
    assert questions(text, "en") and read.parts == read.clauses == ()
