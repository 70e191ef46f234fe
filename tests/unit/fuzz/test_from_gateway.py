"""What the engine reads of the gateway's turns: checked as if anybody could send them."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine.server.reading import BadRequest, Turn, read_conversation, read_turn
from tests.unit.fuzz import inputs
from tests.unit.fuzz.conftest import Run
from tests.unit.fuzz.inputs import TEXT

INTENTS = frozenset({"shelter", "police"})
VECTORS = st.one_of(
    st.lists(st.floats(width=32), max_size=4).map(lambda v: base64.b64encode(np.array(v, "<f4").tobytes()).decode()),
    st.sampled_from(["AAAA", "====", "AAAAAAA"]),
    TEXT,
)
FORM = inputs.mapping(
    {
        "name": st.sampled_from(["self_check", "report", "A"]),
        "at": st.sampled_from(["what", "where", "what\n"]),
        "answers": st.dictionaries(st.sampled_from(["what", "one two"]), st.sampled_from(["yes", "told", "é"])),
        "digressions": inputs.NUMBERS,
        "paused": st.booleans(),
    }
)
PARTS = st.lists(st.one_of(inputs.mapping({"text": TEXT, "vector": VECTORS}), TEXT), max_size=5)
TURN = inputs.mapping(
    {
        "conversation": TEXT,
        "text": TEXT,
        "choice": inputs.mapping({"intent": st.sampled_from(["shelter", "restart"]), "entities": st.just([])}),
        "metadata": inputs.mapping({"vector": VECTORS, "form": FORM, "parts": PARTS}),
    }
)


def test_turns_of_the_gateway(fuzz: Run) -> None:
    def read(line: str) -> None:
        try:
            body: Any = json.loads(line)
        except (ValueError, RecursionError):
            return
        try:
            turn = read_turn(body, INTENTS)
        except BadRequest as error:
            assert len(str(error)) < 80, "names the field, and quotes nothing"
            return
        assert isinstance(turn, Turn) and turn.conversation == read_conversation(body)
        assert (turn.intent is None) != (turn.text is None)
        assert turn.intent is None or turn.intent in INTENTS
        assert turn.text is None or (turn.text and not turn.text.startswith(("/", " ", "\n", "\x00")))
        for value in turn.metadata.values():
            assert value.size and np.isfinite(value).all()
        for part in turn.parts:
            assert part.text and not part.text.startswith(("/", " ", "\n", "\x00"))
            assert part.vector.size and np.isfinite(part.vector).all()
        if turn.form:
            assert 0 <= turn.form["digressions"] < 1000
            assert all(len(word) < 25 and word.isascii() for word in (turn.form["name"], turn.form["at"]))

    fuzz("turns of the gateway", inputs.lines_of(TURN), read, 5000)
