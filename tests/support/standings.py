"""Every combination of what a person was told and where their conversation stands, with the line that is true then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from bot.conversation.service import Standing
from bot.domain.model import Handoff

SINCE = datetime(2020, 1, 1, 22, 30, tzinfo=UTC)
HOURS = "Mon-Fri 9-17"


@dataclass(frozen=True)
class Row:
    """`told`: by the last message that said who answers. `danger`: the last message is a card. `line`: the end of the
    name of the words under the bar; `hours` stands in place of them outside the opening hours."""

    told: Handoff
    standing: Standing
    line: str
    danger: bool = False
    shown: str = ""

    @property
    def waits(self) -> bool:
        return self.line not in {"bot", "owned"}


def _row(told: Handoff, state: str, done: str, hours: str, name: str, *, danger: bool) -> Row:
    line = {"here": "owned", "program": "bot"}.get(state) or ("bot" if told is Handoff.BOT else done or "waiting")
    standing = Standing(
        state,
        SINCE if state == "asked" else None,
        called=done in {"called", "coming"},
        coming=done == "coming",
        nobody=done == "nobody",
        name=name,
        hours=hours,
    )
    return Row(told, standing, line, danger, hours if line not in {"bot", "owned"} else "")


def rows() -> list[Row]:
    """Told or not told yet (released, taken, closed or withdrawn a moment ago, or not to be told), by state, by what is
    done about it, within the opening hours and outside, with a danger card on top and without."""
    found = []
    for told, danger in product((Handoff.BOT, Handoff.WAITING, Handoff.OWNED), (False, True)):
        if danger and told is Handoff.BOT:
            continue  # a card says that one is in the queue
        found.append(_row(told, "program", "", "", "", danger=danger))
        found += [_row(told, "here", "", "", name, danger=danger) for name in ("", "Maria")]
        for done, hours in product(("", "called", "coming", "nobody"), ("", HOURS)):
            if hours and (danger or done in {"called", "coming"}):
                continue  # danger has no hours, and who was called comes outside of them too
            found.append(_row(told, "asked", done, hours, "", danger=danger))
    return found
