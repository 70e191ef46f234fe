"""What a yes or a no does when the engine does not know what was asked."""

from __future__ import annotations

import pytest

from bot.core.model import EngineReply, EngineTurn
from bot.dialogue.scripted import remembered

GENTLE = {"affirm": EngineReply("answer", {"topic": "affirm"}), "deny": EngineReply("answer", {"topic": "deny"})}


def turn(topic: str, *replies: EngineReply, requests: tuple[str, ...] = ()) -> EngineTurn:
    return EngineTurn(topic, 0.9, replies, requests)


@pytest.mark.parametrize("pressed", [True, False])
@pytest.mark.parametrize("pending", ["handoff", "forget"])
def test_a_yes_and_a_no_to_what_the_engine_forgot_are_what_they_are(pending: str, pressed: bool) -> None:
    yes = remembered(turn("affirm", GENTLE["affirm"]), "affirm", pending, pressed=pressed)
    assert (yes.requests, yes.replies) == ((pending,), ())
    no = remembered(turn("deny", GENTLE["deny"]), "deny", pending, pressed=pressed)
    assert (no.requests, [reply.key for reply in no.replies]) == ((), [f"{pending}.cancelled"])


@pytest.mark.parametrize("pressed", [True, False])
def test_what_the_engine_knew_stays_as_it_says(pressed: bool) -> None:
    yes = turn("affirm", requests=("handoff",))
    assert remembered(yes, "affirm", "handoff", pressed=pressed) is yes
    no = turn("deny", EngineReply("forget.cancelled"))
    assert remembered(no, "deny", "forget", pressed=pressed) is no


def test_a_form_does_not_take_the_button_for_its_own() -> None:
    asked = EngineReply("report.danger")
    assert remembered(turn("affirm", asked), "affirm", "handoff", pressed=True).requests == ("handoff",)


@pytest.mark.parametrize("pending", ["handoff", "forget", None])
@pytest.mark.parametrize(
    "found",
    [
        turn("affirm", EngineReply("clarify")),  # likeliest, and still not understood
        turn("affirm", EngineReply("report.danger")),
        turn("cost", EngineReply("answer", {"topic": "cost"})),
    ],
)
def test_words_that_are_no_plain_yes_do_nothing(pending: str | None, found: EngineTurn) -> None:
    assert remembered(found, found.topic, pending, pressed=False) is found


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_a_yes_to_nothing_stays_one(intent: str) -> None:
    gentle = turn(intent, GENTLE[intent])
    assert remembered(gentle, intent, None, pressed=True) is gentle
