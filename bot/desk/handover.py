"""What one shift leaves to the next: what is open and whose it is, what was done, what is due. Numbers, names and fixed
words alone: nothing that a person wrote is opened for it, or could be in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.desk.service import Desk
from bot.domain.audit import Deed, Entry
from bot.domain.model import Case
from bot.domain.roles import works_on_cases
from bot.storage.database.errors import Forbidden
from bot.storage.store import DeskSession, Store

__all__ = ["DeskSession", "Handover", "Store", "handover"]

HANDS = (
    Deed.CLAIMED, Deed.TRANSFERRED, Deed.ASSIGNED, Deed.GAVE_BACK, Deed.LAPSED, Deed.CLOSED, Deed.REOPENED,
    Deed.HANDED_OVER, Deed.OFFERED_TO_ALL, Deed.URGENCY, Deed.MUTED,
    Deed.UNMUTED,
)  # fmt: skip
"""What is told of a case: through whose hands it went. Who looked or exported is a coordinator's to read."""
AHEAD = timedelta(days=1)
MOST = 500


@dataclass(frozen=True, slots=True)
class Handover:
    """`done`: the newest first. `due`: up to tomorrow, the earliest first, what is overdue included."""

    open: list[Case]
    done: list[Entry]
    due: list[tuple[Case, date]]
    names: dict[int, str]


async def handover(desk: Desk, store: Store, session: DeskSession, hours: int) -> Handover:
    """Of one's own organisation, and of the last `hours`. Raises `Forbidden` for an administrator."""
    if not works_on_cases(session.role):
        raise Forbidden
    now = desk.now()
    until = (now + AHEAD).date()
    looked_at = [(case, case.follow_up_on) for case in await store.follow_ups(session.organisation)]
    deadlines = [(case, on) for case, on, _ in await store.due_days(session.organisation)]
    due = [(case, on) for case, on in (*looked_at, *deadlines) if on is not None and on <= until]
    return Handover(
        open=await store.queue(session.organisation),
        done=await store.deeds_since(now - timedelta(hours=hours), HANDS, session.organisation, MOST),
        due=sorted(due, key=lambda one: (one[1], one[0].id)),
        names={person.id: person.name for person in await store.caseworkers()},
    )
