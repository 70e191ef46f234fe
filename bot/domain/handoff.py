"""The states of the handoff and every move between them, as one table.

`move` is the only way from one state to another; whatever the table does not name is refused. `docs/handoff.mmd` is
drawn from the table and a test keeps the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from bot.domain.model import Handoff, Message, Sender, Urgency


class Move(StrEnum):
    """Something that happens to a conversation."""

    ASK = "ask"  # the person, or a danger, asks for a caseworker
    CANCEL = "cancel"  # the person no longer wants one (refused while an emergency stands)
    CLAIM = "claim"  # a caseworker takes the case
    RELEASE = "release"  # the caseworker puts it back in the queue
    LAPSE = "lapse"  # the owner says nothing, or is away: the case is offered again
    CLOSE = "close"  # the caseworker ends the case; no timer ever does
    WRITE = "write"  # the person writes again
    OFFER = "offer"  # the owner offers the case to a colleague, and owns it until they accept
    ACCEPT = "accept"  # the colleague accepts: from now on they are the owner
    DECLINE = "decline"  # the colleague declines, or the owner takes the offer back
    HAND_OVER = "hand_over"  # the owner gives the case to another organisation, whose people are asked
    RETURN = "return"  # the owner lets the bot speak again
    REOPEN = "reopen"  # a caseworker takes up a case that was closed


class IllegalMove(ValueError):
    """The table has no such move from this state; nothing was changed."""


TABLE: dict[tuple[Handoff, Move], Handoff] = {
    (Handoff.BOT, Move.ASK): Handoff.WAITING,
    (Handoff.BOT, Move.WRITE): Handoff.BOT,
    (Handoff.WAITING, Move.ASK): Handoff.WAITING,
    (Handoff.WAITING, Move.WRITE): Handoff.WAITING,
    (Handoff.WAITING, Move.CANCEL): Handoff.BOT,
    (Handoff.WAITING, Move.CLAIM): Handoff.OWNED,
    (Handoff.OWNED, Move.ASK): Handoff.OWNED,
    (Handoff.OWNED, Move.WRITE): Handoff.OWNED,
    (Handoff.OWNED, Move.RELEASE): Handoff.WAITING,
    (Handoff.OWNED, Move.LAPSE): Handoff.WAITING,
    (Handoff.OWNED, Move.OFFER): Handoff.OWNED,
    (Handoff.OWNED, Move.ACCEPT): Handoff.OWNED,
    (Handoff.OWNED, Move.DECLINE): Handoff.OWNED,
    (Handoff.OWNED, Move.HAND_OVER): Handoff.WAITING,
    (Handoff.OWNED, Move.RETURN): Handoff.BOT,
    (Handoff.OWNED, Move.CLOSE): Handoff.CLOSED,
    (Handoff.CLOSED, Move.WRITE): Handoff.BOT,
    (Handoff.CLOSED, Move.ASK): Handoff.WAITING,
    (Handoff.CLOSED, Move.REOPEN): Handoff.OWNED,
    (Handoff.BOT, Move.REOPEN): Handoff.OWNED,
}


def move(state: Handoff, what: Move) -> Handoff:
    """The state after `what`; raises `IllegalMove` when the table has no such move."""
    try:
        return TABLE[state, what]
    except KeyError:
        raise IllegalMove(f"{what} is not possible while {state}") from None


TOLD: dict[str, Handoff] = {
    "handoff.waiting": Handoff.WAITING,
    "handoff.nobody_on_call": Handoff.WAITING,
    "handoff.called": Handoff.WAITING,
    "handoff.all_asked": Handoff.WAITING,
    "handoff.asked_again": Handoff.WAITING,
    "handoff.handed_over": Handoff.WAITING,
    "handoff.joined": Handoff.OWNED,
    "handoff.joined_named": Handoff.OWNED,
    "handoff.transferred": Handoff.OWNED,
    "handoff.transferred_named": Handoff.OWNED,
    "handoff.returned_to_bot": Handoff.BOT,
    "handoff.cancelled": Handoff.BOT,
    "handoff.closed": Handoff.BOT,
}
"""Who answers from here on, by the words that tell the person so."""


def told_by(message: Message) -> Handoff | None:
    """Who answers from `message` on, as the person was told; None: it says nothing of that. A safety notice stands in
    the queue, unless a caseworker reads already; and what a caseworker wrote earlier says nothing of now."""
    if message.sender is Sender.CASEWORKER:
        return None if message.held else Handoff.OWNED
    if message.sender is Sender.SYSTEM and message.urgency is not Urgency.NONE:
        return Handoff.WAITING
    return TOLD.get(message.key)


def told(messages: Iterable[Message]) -> Handoff:
    """Who answers after all of `messages`, as the person was told."""
    state = Handoff.BOT
    for message in messages:
        notice = message.urgency is not Urgency.NONE
        if not (notice and state is Handoff.OWNED):
            state = told_by(message) or state
    return state


def bot_may_speak(state: Handoff) -> bool:
    """The bot is silent exactly while a person owns the conversation."""
    return state is not Handoff.OWNED


def drawn() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> bot"]
    lines += [f"    {before} --> {after}: {what}" for (before, what), after in TABLE.items()]
    return "\n".join(lines) + "\n"
