"""How much of a case leaves the house, by what its person has allowed. Pure.

The person was asked how a caseworker may use what they tell (`handoff.mode` of the sheet): with other helpers, inside
the house only, or without their name. A name cannot be taken out of somebody's own words by a program: without it, none
of these words go. Who has not answered has allowed nothing beyond the house.
"""

from __future__ import annotations

from enum import StrEnum

from bot.domain.forms import Sheet
from bot.domain.roles import supervises

OUTSIDE = frozenset(("handed_on",))
"""Reasons that take a case to others. A court's order does not ask the person; it is for a coordinator."""

COURT = "court"


class Extent(StrEnum):
    """What of a case goes along."""

    ALL = "all"
    FACTS = "facts"
    """Times, language, urgency, signals and the answers that were buttons; nobody's own words."""
    NOTHING = "nothing"


def mode(sheet: Sheet) -> str:
    """What the person has allowed: `share`, `confidential`, `anonymous`; empty when they have not said."""
    answer = sheet.told.get("handoff", {}).get("mode", "")
    return answer if answer in ("share", "confidential", "anonymous") else ""


def extent(allowed: str, reason: str, role: str) -> Extent:
    """How much may go; `allowed` as of `mode`."""
    if reason == COURT:
        return Extent.ALL if supervises(role) else Extent.NOTHING
    if reason not in OUTSIDE or allowed == "share":
        return Extent.ALL
    return Extent.FACTS if allowed == "anonymous" else Extent.NOTHING
