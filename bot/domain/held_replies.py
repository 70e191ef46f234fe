"""When a reply that is held goes out: from its time on, but never after the hours in which its person is safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

AHEAD = timedelta(days=7)
"""So far ahead a reply can be held: what is older may not be true any more."""
LATE = timedelta(minutes=30)
"""So much later than its time a reply still goes out by itself."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Between which times a reply goes out."""

    due_at: datetime
    until_at: datetime


def hold_of(now: datetime, due_at: datetime, until_at: datetime | None) -> Hold:
    """Return when a reply goes out; `until_at`: the end of the safe hours. Raises ValueError for a time that is no
    time, over, or too far ahead."""
    if due_at.tzinfo is None or (until_at is not None and until_at.tzinfo is None):
        raise ValueError("a time without a zone")
    due_at, latest = due_at.astimezone(UTC), due_at.astimezone(UTC) + LATE
    if not now < due_at <= now + AHEAD or (until_at is not None and until_at <= due_at):
        raise ValueError("no such time")
    return Hold(due_at, latest if until_at is None else min(latest, until_at.astimezone(UTC)))
