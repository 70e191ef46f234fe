"""Figures about the work: counts of a month, and how they are shown without leading to a person. Pure.

What is counted is a count from the start: no row of it belongs to a case. What is shown:

* Every count is shown as the multiple of five below it; what is below five is shown as "fewer than five", and so is
  nothing at all. Where the lines are known beforehand (urgencies, hours, times) all of them always stand there; of
  languages and topics, the small ones are one line together, so that none says "somebody".
* There are no totals. A sum of lines is of rounded ones, so what is missing from it cannot be worked out.
* The months are whole months of the calendar and cannot be chosen otherwise: two spans that differ by a day would tell
  about that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bot.domain.model import Urgency

LEAST = 5
STEPS = (60, 300, 900, 3600)
"""Seconds: up to a minute, five minutes, a quarter of an hour, an hour; the last step is "longer"."""

TIMES = tuple(str(step) for step in range(len(STEPS) + 1))
HANDOFFS = ("claimed", "gave_back", "lapsed", "closed")
HOURS = tuple(f"{hour:02d}" for hour in range(24))
MISSES = ("unclear", "asked_more", "corrected")
"""How a turn misses: the program asks back what was meant, the person presses "I asked something else too", or corrects
what was answered."""
HELPED = ("yes", "little", "no")
"""What persons answer to "was this of help?"."""
OTHER = "other"

KINDS: Mapping[str, tuple[str, ...] | None] = {
    "acknowledged": TIMES,
    "word": TIMES,
    "urgency": tuple(urgency.value for urgency in Urgency),
    "handoff": HANDOFFS,
    "opened": HOURS,
    "language": None,
    "topic": None,
    "missed": MISSES,
    "missed_topic": None,
    "missed_language": None,
    "helped": HELPED,
    "helped_language": None,
}
"""The tables, with their lines where these are known beforehand. `acknowledged`, `word`: the time from danger to a
colleague who says that they come, or takes the case, and to the first word of a person. `opened`: by hour. `missed`:
conversations with such a turn; topic and language are those of the first one: each conversation counts once in a table.
`helped`: answers to "was this of help?", by language too: its lines are `nl:yes`.
Beside them `wait`, by hour and time: its lines are `09:2`."""

TALK = frozenset(
    (
        *("affirm", "are_you_human", "change_language", "deny", "goodbye", "greet"),
        *("not_ready", "not_understood", "out_of_scope", "thanks"),
    )
)
"""Topics that say nothing of what a conversation is about."""


@dataclass(frozen=True, slots=True)
class Line:
    """`count`: a multiple of five; None: fewer than five. `middle`: for waits, the step in which the middle one is."""

    key: str
    count: int | None
    middle: str | None = None


def step(waited: timedelta) -> str:
    """The step of a time, as a key."""
    seconds = max(waited.total_seconds(), 0)
    return str(next((n for n, most in enumerate(STEPS) if seconds <= most), len(STEPS)))


def month(at: datetime, zone: tzinfo) -> str:
    """The month of a time where the house is, `2026-11`."""
    return at.astimezone(zone).strftime("%Y-%m")


def hour(at: datetime, zone: tzinfo) -> str:
    """The hour of a time where the house is, `09`."""
    return at.astimezone(zone).strftime("%H")


def shown(count: int) -> int | None:
    """The multiple of five below, or None below five."""
    return None if count < LEAST else count - count % LEAST


def tables(counts: Mapping[tuple[str, str], int]) -> dict[str, list[Line]]:
    """What is shown of the counts of one month, by kind; `counts` are by kind and key."""
    found = {}
    for kind, keys in KINDS.items():
        mine = {key: count for (of, key), count in counts.items() if of == kind}
        found[kind] = _open(mine) if keys is None else [Line(key, shown(mine.get(key, 0))) for key in keys]
    found["wait"] = [_wait(at, counts) for at in HOURS]
    return found


def _open(mine: Mapping[str, int]) -> list[Line]:
    large = sorted((key for key, count in mine.items() if count >= LEAST), key=lambda key: (-mine[key], key))
    large.sort(key=lambda key: (-(shown(mine[key]) or 0), key))  # not by what is not shown
    small = sum(count for count in mine.values() if count < LEAST)
    return [*(Line(key, shown(mine[key])) for key in large), Line(OTHER, shown(small))]


def _wait(at: str, counts: Mapping[tuple[str, str], int]) -> Line:
    of = [counts.get(("wait", f"{at}:{time}"), 0) for time in TIMES]
    total, so_far, middle = sum(of), 0, None
    for time, count in zip(TIMES, of, strict=True):
        so_far += count
        if total >= LEAST and middle is None and 2 * so_far >= total:
            middle = time
    return Line(at, shown(total), middle)
