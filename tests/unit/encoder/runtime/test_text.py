"""Which messages a later one is read in the light of."""

from __future__ import annotations

from encoder.runtime.encoder import OF_ANSWER, OF_BEFORE, OF_EARLIER, beside_it
from encoder.runtime.text import leant_on

TALK = ["i let a room to six men", "yes", "they never go out alone", "ok", "one has a burnt hand", "who are you then"]


def test_a_message_leans_on_the_last_three_that_say_something_and_on_the_first() -> None:
    assert leant_on(TALK) == (
        "who are you then", "one has a burnt hand", "they never go out alone", "i let a room to six men",
    )  # fmt: skip
    assert leant_on(TALK[:3]) == ("they never go out alone", "i let a room to six men")
    assert leant_on(["yes", "ok"]) == leant_on([]) == ()


def test_what_was_asked_by_a_button_is_the_newest_and_stands_there_once() -> None:
    assert leant_on(["i work on a farm"], "What does it cost?") == ("What does it cost?", "i work on a farm")
    assert leant_on(["i work on a farm"], "work on a farm") == ("i work on a farm",)


def test_the_newest_has_the_most_room() -> None:
    assert beside_it(("newest", "older", "first"), "cost") == [
        ("newest", OF_BEFORE), ("older", OF_EARLIER), ("first", OF_EARLIER), ("cost", OF_ANSWER),
    ]  # fmt: skip
