"""Topics that end in something being done: a caseworker takes over, everything is deleted, the language changes; and
the yes or no to what was asked.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ActionClarify
from actions.asking import Talking
from actions.turn import (
    FORGET,
    HANDOFF,
    HANDOFF_EARLIER,
    YES_NO,
    confidence_of,
    end_turn,
    move_on,
    send,
    topic_of,
    was_button,
)

SURE_TO_ACT = 0.55
"""Below it, what was not plainly asked for is not begun but offered among other topics. On the sentences of `tests/nlu`
68 of 69 wishes to delete or to change the language are surer than that; of 14 that are mistaken for one, 10 are not.
It was chosen on them."""


class ActionOfferHandoff(Talking, Action):
    """Ask whether a caseworker should take over."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_offer_handoff"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask; the next yes or no (`ActionAffirm`, `ActionDeny`) is the answer."""
        send(dispatcher, "handoff.offer", choices=YES_NO)
        return end_turn(pending=HANDOFF, misses=0)


class ActionAskForget(Talking, Action):
    """Ask before anything is deleted."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_ask_forget"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Ask, and the next yes or no is the answer; offer topics instead where the wish was not plain."""
        if not plainly(tracker):
            return ActionClarify().respond(dispatcher, tracker, domain)
        send(dispatcher, "forget.question", choices=YES_NO)
        return end_turn(pending=FORGET, misses=0)


class ActionChangeLanguage(Talking, Action):
    """Let the gateway show the languages to choose from."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_change_language"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Request that of the gateway; offer topics instead where the wish was not plain."""
        if not plainly(tracker):
            return ActionClarify().respond(dispatcher, tracker, domain)
        send(dispatcher, requests=["change_language"])
        return move_on(tracker)


class ActionAffirm(Talking, Action):
    """Take a yes, to whatever was asked."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_affirm"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Request of the gateway what was asked about; where nothing was asked, send the answer of its topic."""
        asked = open_question(tracker)
        if asked is None:
            send(dispatcher, "answer", values={"topic": topic_of(tracker)})
            return move_on(tracker)
        send(dispatcher, requests=[asked])
        return end_turn(pending=None, misses=0)


class ActionDeny(Talking, Action):
    """Take a no, to whatever was asked."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_deny"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say that nothing will be done; where nothing was asked, send the answer of its topic."""
        asked = open_question(tracker)
        if asked is None:
            send(dispatcher, "answer", values={"topic": topic_of(tracker)})
            return move_on(tracker)
        send(dispatcher, f"{asked}.cancelled")
        return end_turn(pending=None, misses=0)


def plainly(tracker: Tracker) -> bool:
    """Whether the topic was chosen by a button, or the model is sure of it (`SURE_TO_ACT`)."""
    return was_button(tracker) or confidence_of(tracker) >= SURE_TO_ACT


def open_question(tracker: Tracker) -> str | None:
    """Return what a yes or no answers now: ``handoff``, ``forget`` or None. A question about a handoff that was asked
    earlier (``HANDOFF_EARLIER``) is answered by its button only."""
    pending = tracker.get_slot("pending")
    if pending == HANDOFF_EARLIER:
        return HANDOFF if was_button(tracker) else None
    return str(pending) if pending else None
