"""What is said when the engine is dead: a menu, the answers behind it, and a person. Pure."""

from __future__ import annotations

from bot.domain.forms import BUTTONS
from bot.domain.model import EngineReply, EngineTurn

MENU = ("about_us", "confidentiality", "shelter", "no_papers", "report")
"""The topics offered when nothing can be understood: what most people come for, one of each kind of person."""


def menu() -> EngineTurn:
    """For a text that cannot be understood now."""
    choices = tuple({"intent": topic} for topic in MENU)
    return EngineTurn("not_understood", 0.0, (EngineReply("engine_down", {}, choices),))


def choice(intent: str, pending: str | None) -> EngineTurn:
    """For a button. `pending` is the question that stood with yes and no under it (`handoff`, `forget` or None)."""
    if intent.startswith(BUTTONS):  # nobody can ask the next question now; the place is kept
        return menu()
    if intent == "talk_to_human":
        return EngineTurn(
            intent, 1.0, (EngineReply("handoff.offer", {}, ({"intent": "affirm"}, {"intent": "deny"})),)
        )
    if intent == "delete_my_data":
        return EngineTurn(
            intent, 1.0, (EngineReply("forget.question", {}, ({"intent": "affirm"}, {"intent": "deny"})),)
        )
    if intent in {"affirm", "deny"} and pending in {"handoff", "forget"}:
        no = (EngineReply(f"{pending}.cancelled"),)
        return EngineTurn(intent, 1.0, (), (pending,)) if intent == "affirm" else EngineTurn(intent, 1.0, no)
    if intent == "change_language":
        return EngineTurn(intent, 1.0, (), ("change_language",))
    return EngineTurn(intent, 1.0, (EngineReply("answer", {"topic": intent}),))


def remembered(turn: EngineTurn, intent: str, pending: str | None) -> EngineTurn:
    """The engine's `turn` on the button `intent` under the question `pending`; what it should have been, when the
    engine does not know of the question: it was started anew since, or dead when the menu asked."""
    if pending is None or intent not in {"affirm", "deny"}:
        return turn
    done = pending in turn.requests or any(reply.key == f"{pending}.cancelled" for reply in turn.replies)
    return turn if done else choice(intent, pending)


def to_nothing(turn: EngineTurn) -> bool:
    """Whether the engine took words for a yes or a no, and knows of no question. Not those it did not understand."""
    return turn.topic in {"affirm", "deny"} and any(
        reply.key == "answer" and reply.values.get("topic") == turn.topic for reply in turn.replies
    )


def late(intent: str, question: str) -> EngineTurn:
    """For a yes or no under an older question, or one whose asking this process does not remember. Yes to a person is
    good at any time; yes to deleting is asked again."""
    if intent == "affirm" and question == "handoff":
        return EngineTurn(intent, 1.0, (), ("handoff",))
    return choice("delete_my_data", None) if intent == "affirm" else choice("deny", question)
