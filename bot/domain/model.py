"""The nouns that every part shares. Frozen, without behaviour beyond their own consistency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Urgency(StrEnum):
    """How soon a person may come to harm; the ids of `content/topics.yml`, ordered by `rank`."""

    NONE = "none"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        return ("none", "urgent", "emergency").index(self.value)

    def at_least(self, other: Urgency) -> Urgency:
        """The higher of the two: danger once seen falls only when the person, or who has their case, says so."""
        return self if self.rank >= other.rank else other


class Sender(StrEnum):
    """Who a message is from, as the visitor API names it."""

    PERSON = "person"
    BOT = "bot"
    CASEWORKER = "caseworker"
    SYSTEM = "system"


class Handoff(StrEnum):
    """Who owns the conversation. `domain/handoff.py` has the moves between these."""

    BOT = "bot"
    WAITING = "waiting"
    OWNED = "owned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the danger assessment says of one message in its context.

    `confidence` is the model's probability of danger (0..1). `ask` is true between sure and unsure: the person is
    asked whether it is safe to write. `why` names pattern ids and nearest known sentences of our own data; it never
    holds the person's words, but it tells about them, so it is stored sealed.
    """

    urgency: Urgency = Urgency.NONE
    signals: tuple[str, ...] = ()
    why: tuple[str, ...] = field(default=(), repr=False)
    confidence: float = 0.0
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `action` is what the gateway itself issued and will do; a person can only send the token back.

    Actions: `{"intent": "shelter"}`, `{"command": "handoff"|"forget"|"language"|"safe"|..., "value": "fr"}`.
    """

    token: str = field(repr=False)
    label: str = field(repr=False)
    action: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Translated:
    """What stood before a machine translated it: the caseworker's own words, their language, and what may be wrong."""

    original: str = field(repr=False)
    language: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to the person before it has a place in the conversation."""

    sender: Sender
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = ()
    urgency: Urgency = Urgency.NONE
    key: str = ""
    """Which words these are (`answer.shelter`, `safety.emergency_card`); empty for a caseworker's own words."""
    translated: Translated | None = None
    """For a caseworker's words that a machine translated: what they wrote."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in the conversation, opened. `seq` counts from 1 without gaps."""

    seq: int
    sender: Sender
    text: str = field(repr=False)
    at: datetime
    choices: tuple[Choice, ...] = ()
    urgency: Urgency = Urgency.NONE
    key: str = ""
    answered: bool = True
    """For the person's own messages: whether the turn is complete."""
    choice: Mapping[str, Any] | None = field(default=None, repr=False)
    """For a choice of the person: the action that was chosen (`text` is its label)."""
    translated: Translated | None = None
    held: bool = False
    """For a caseworker's own words: whether they went out later, when perhaps nobody was there."""


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the queue: everything that can be shown without a key. Times are aware UTC."""

    id: int
    number: str
    """What people say aloud and pages carry, for instance `K7-M2F`; random, says nothing."""
    conversation: int
    state: Handoff
    urgency: Urgency
    language: str | None
    signals: tuple[str, ...]
    opened_at: datetime
    waiting_since: datetime
    last_message_at: datetime
    owner: int | None = None
    owner_name: str | None = None
    owner_alias: str = ""
    """The name by which persons know its owner, if they have set one."""
    channel: str | None = None
    """Where the conversation goes on: `web`, `telegram`; None when it was deleted."""
    reachable: bool = True
    """False while the person keeps the bot out: what is written waits."""
    unread: int = 0
    """Messages of the person since a caseworker last looked."""
    offered_to: int | None = None
    """The colleague to whom the owner has offered it; the owner stays the owner until they accept."""
    offered_to_name: str | None = None
    follow_up_on: date | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    organisation: int = 1
    """Whose caseworkers see it; 0: those of every organisation (`domain.organisations`)."""
    handed_from: str | None = None
    """The name of the organisation that gave it to this one, until somebody takes it."""
    assigned_by: str | None = None
    """The name of the coordinator who gave it to its owner; None: the owner took or accepted it."""
    heard: bool = True
    """Whether somebody has said that they have heard it, or has it, since it waits or has become more urgent."""

    muted_until: datetime | None = None
    """Until when what the person writes makes no sound, unless it is a danger."""

    held_until: datetime | None = None
    """Until when the reply goes out whose time ends first of those that are held."""

    def muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until

    def missed(self, now: datetime) -> bool:
        """Whether a reply that is held was not sent in its time, and is not any more by itself."""
        return self.held_until is not None and self.held_until < now

    @property
    def unheard(self) -> bool:
        """Whether it is an emergency that still rings: for whoever can take it, or for its owner."""
        return self.urgency is Urgency.EMERGENCY and self.state is not Handoff.CLOSED and not self.heard


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What a turn does to the queue: opens a case, or raises the one there is. Nothing here lowers an urgency."""

    urgency: Urgency
    signals: tuple[str, ...] = ()
    why: tuple[str, ...] = field(default=(), repr=False)
    page: bool = False
    """Whether its owner is paged when it rises. To a case without one somebody is called always."""


@dataclass(frozen=True, slots=True)
class EngineReply:
    """One thing the engine wants said: a key of the words, values for it, choices as actions."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    choices: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class EngineTurn:
    """The engine's answer to one message."""

    topic: str
    confidence: float
    replies: tuple[EngineReply, ...]
    requests: tuple[str, ...] = ()
    ranking: tuple[tuple[str, float], ...] = ()
    form: Mapping[str, Any] | None = None
    """Where a form stands after the turn (`domain.forms`); None: it stands where it stood."""
