"""Who answers, as the person was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.handoff import TOLD, told
from bot.domain.model import Handoff, Message, Sender, Urgency

START = datetime(2027, 1, 1, tzinfo=UTC)


def talk(*said: str) -> list[Message]:
    """Messages a minute apart: `card`, `caseworker`, or the key of the program's words."""
    made = []
    for at, what in enumerate(said):
        sender = {"card": Sender.SYSTEM, "caseworker": Sender.CASEWORKER}.get(what, Sender.BOT)
        level = Urgency.EMERGENCY if what == "card" else Urgency.NONE
        made.append(Message(at + 1, sender, "", START + timedelta(minutes=at), urgency=level, key=what))
    return made


def test_who_was_asked_for_somebody_waits() -> None:
    assert told(talk("welcome", "card", "handoff.called", "handoff.waiting")) is Handoff.WAITING


def test_a_card_does_not_send_away_a_caseworker_who_reads() -> None:
    assert told(talk("handoff.joined", "card")) is Handoff.OWNED
    assert told(talk("handoff.joined", "handoff.asked_again")) is Handoff.WAITING


def test_the_program_answers_before_and_after() -> None:
    assert told(talk("welcome")) is Handoff.BOT
    for end in ("handoff.closed", "handoff.returned_to_bot", "handoff.cancelled"):
        assert told(talk("handoff.waiting", end)) is Handoff.BOT


def test_what_a_caseworker_writes_says_that_one_is_here() -> None:
    assert told(talk("handoff.waiting", "caseworker")) is Handoff.OWNED


def test_every_key_is_one_of_the_words(words) -> None:  # type: ignore[no-untyped-def]
    for key in TOLD:
        assert words.say(key, "en", centre="x", name="x")
