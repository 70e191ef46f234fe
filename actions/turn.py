"""What an action reads from the tracker and how it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

FALLBACK = "nlu_fallback"
HANDOFF = "handoff"
HANDOFF_EARLIER = "handoff_earlier"
FORGET = "forget"
YES_NO = ({"intent": "affirm"}, {"intent": "deny"})
PERSON = {"intent": "talk_to_human"}
NONE_OF_THESE = {"intent": "none_of_these"}

TALK = frozenset(
    {
        "greet",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "out_of_scope",
        "not_understood",
        "not_ready",
        "are_you_human",
    }
)
"""Topics about the conversation itself: never offered as a guess, never what "explain that" refers to."""


def topic_of(tracker: Tracker) -> str:
    """The topic of the latest message."""
    return str(tracker.latest_message["intent"]["name"])


def ranking_of(tracker: Tracker) -> list[tuple[str, float]]:
    """The likeliest topics with their confidence, best first, without the mark of the fallback."""
    entries = tracker.latest_message.get("intent_ranking") or []
    return [(str(e["name"]), float(e["confidence"])) for e in entries if e["name"] != FALLBACK]


def confidence_of(tracker: Tracker) -> float:
    """How sure the topic of the latest message is; of a message that was not understood, the likeliest one."""
    ranking = ranking_of(tracker)
    return ranking[0][1] if ranking else 0.0


def was_button(tracker: Tracker) -> bool:
    """Whether the person pressed a choice rather than wrote."""
    return bool(tracker.latest_message.get("choice"))


def send(
    dispatcher: CollectingDispatcher,
    key: str | None = None,
    *,
    values: Mapping[str, Any] | None = None,
    choices: Sequence[Mapping[str, Any]] = (),
    requests: Sequence[str] = (),
    form: Mapping[str, Any] | None = None,
) -> None:
    """Say ``key`` with its values and choices, and ask the gateway for what it must do.

    ``form`` is where a form stands after the turn, or that it is over.
    """
    message: dict[str, Any] = {
        "values": dict(values or {}),
        "choices": list(choices),
        "requests": list(requests),
    }
    if key:
        message["key"] = key
    if form is not None:
        message["form"] = dict(form)
    dispatcher.utter_message(json_message=message)


def move_on(tracker: Tracker, *, misses: int = 0, topic: str | None = None) -> list[dict[str, Any]]:
    """The slots after a turn that did not answer the open question.

    A question of forgetting must be answered at once or not at all. The buttons below an offer of a person
    stay on the screen, so that a late press of one still counts; a late written "yes" does not.
    """
    pending = HANDOFF_EARLIER if tracker.get_slot("pending") in {HANDOFF, HANDOFF_EARLIER} else None
    slots: dict[str, Any] = {"pending": pending, "misses": misses}
    if topic is not None and topic not in TALK:
        slots["last_topic"] = topic
    return end_turn(**slots)


def end_turn(**slots: Any) -> list[dict[str, Any]]:
    """The slots that change, and back to listening: said here, it need not be predicted."""
    return [*(SlotSet(name, value) for name, value in slots.items()), FollowupAction("action_listen")]
