"""How long a conversation is kept, by what became of it. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TALK = "talk"
WITHDRAWN = "withdrawn"
RETURNED = "returned"
REASONS = ("helped", "no_answer", "not_for_us", "asked", WITHDRAWN, RETURNED)
"""Why a case ended: what a caseworker chose (also to give it back to the bot), or that the person no longer wanted
one."""

COARSE_AFTER = timedelta(days=1)
"""After closing, so that what happened last night can still be told by the hour the next morning."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A case that ended: the reason (see `reason`) and when."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """`talk`: after the last message, where there never was a case. `case`: after a case was closed, unless
    `reasons` has another time for its reason. `shell`: after that, the row of the case without any content."""

    talk: timedelta
    case: timedelta
    reasons: Mapping[str, timedelta] = field(default_factory=dict)
    shell: timedelta = timedelta(days=365)

    @property
    def shortest(self) -> timedelta:
        """Nothing goes earlier after its last message than this."""
        return min(self.talk, self.case, *self.reasons.values())

    def until(self, last_message_at: datetime, closed: Sequence[Closed]) -> datetime:
        """When a conversation goes that nobody waits in or owns: the last of all its reasons to stay."""
        ends = [case.at + self.reasons.get(case.reason, self.case) for case in closed]
        return max([last_message_at + self.talk, *ends])


def reason(outcome: str | None) -> str:
    """The reason as a setting names it: the first word of a case's outcome."""
    return (outcome or "").partition(" ")[0]


def kind(closed: Sequence[Closed]) -> str:
    """What a conversation counts as: `talk`, or `case:<reason>` of the case that was closed last."""
    if not closed:
        return TALK
    return f"case:{max(closed, key=lambda case: case.at).reason}"


def coarse(at: datetime) -> datetime:
    """The day of a time (aware, UTC)."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
