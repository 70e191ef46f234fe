"""In which order people who wait are helped.

Emergencies come first, always. Behind them an urgent case goes before what is not urgent, with a head start that is
large and not endless: whoever has waited longer than it goes first, so that nobody waits for ever.

The languages of a caseworker choose among those without danger who have waited about as long (`TIE`). They never come
between somebody in danger and the next caseworker.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.model import Case, Handoff, Urgency

HEAD_START: Mapping[Urgency, timedelta] = {
    Urgency.EMERGENCY: timedelta(0),
    Urgency.URGENT: timedelta(hours=4),
    Urgency.NONE: timedelta(0),
}

TIE = timedelta(minutes=10)
"""Who has waited less than this longer than another has waited as long."""


def turn(urgency: Urgency, waiting_since: datetime) -> tuple[int, datetime]:
    """Sorts: the smallest is helped next. Within one urgency it is the order of `waiting_since`."""
    return int(urgency is not Urgency.EMERGENCY), waiting_since - HEAD_START[urgency]


def place(case: Case, now: datetime) -> tuple[int, int, datetime, int]:
    """Sorts the queue, also what somebody has already: of that, behind the emergencies, first where a reply was not
    sent in its time. It changes nobody's turn who waits."""
    danger, since = turn(case.urgency, case.waiting_since)
    later = danger and not (case.state is Handoff.OWNED and case.missed(now))
    return danger, int(later), since, case.id


def spoken(waiting: Sequence[tuple[datetime, str | None]], languages: Collection[str]) -> int:
    """Whom of those without danger a caseworker with these languages takes: an index into `waiting`, which is since
    when each waits and in which language, the longest first. The first one, unless another has waited as long."""
    first = waiting[0][0]
    equal = (i for i, (since, language) in enumerate(waiting) if since - first < TIE and language in languages)
    return next(equal, 0)
