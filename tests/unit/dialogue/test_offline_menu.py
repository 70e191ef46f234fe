"""What a yes or a no does when the engine does not know what was asked."""

from __future__ import annotations

import pytest

from bot.dialogue.offline_menu import remembered, to_nothing
from bot.domain.model import EngineReply, EngineTurn

GENTLE = {"affirm": EngineReply("answer", {"topic": "affirm"}), "deny": EngineReply("answer", {"topic": "deny"})}


def turn(topic: str, *replies: EngineReply, requests: tuple[str, ...] = ()) -> EngineTurn:
    return EngineTurn(topic, 0.9, replies, requests)


@pytest.mark.parametrize("pending", ["handoff", "forget"])
def test_a_button_under_what_the_engine_forgot_does_what_it_says(pending: str) -> None:
    yes = remembered(turn("affirm", GENTLE["affirm"]), "affirm", pending)
    assert (yes.requests, yes.replies) == ((pending,), ())
    no = remembered(turn("deny", GENTLE["deny"]), "deny", pending)
    assert (no.requests, [reply.key for reply in no.replies]) == ((), [f"{pending}.cancelled"])


def test_what_the_engine_knew_stays_as_it_says() -> None:
    yes = turn("affirm", requests=("handoff",))
    assert remembered(yes, "affirm", "handoff") is yes and not to_nothing(yes)
    no = turn("deny", EngineReply("forget.cancelled"))
    assert remembered(no, "deny", "forget") is no and not to_nothing(no)


def test_a_form_does_not_take_the_button_for_its_own() -> None:
    asked = EngineReply("report.danger")
    assert remembered(turn("affirm", asked), "affirm", "handoff").requests == ("handoff",)


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_a_yes_to_nothing_stays_one(intent: str) -> None:
    gentle = turn(intent, GENTLE[intent])
    assert remembered(gentle, intent, None) is gentle
    assert to_nothing(gentle)


@pytest.mark.parametrize(
    "found",
    [
        turn("affirm", EngineReply("clarify")),  # likeliest, and still not understood
        turn("affirm", EngineReply("report.danger")),
        turn("cost", EngineReply("answer", {"topic": "cost"})),
    ],
)
def test_words_that_are_no_yes_are_none(found: EngineTurn) -> None:
    assert not to_nothing(found)
