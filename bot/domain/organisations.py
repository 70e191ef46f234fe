"""The organisations that share one installation: which case is whose, and when one may go from one to another. Pure.

A case belongs to one organisation: its caseworkers see it in their queue, take it and read it, and those of another one
do not. A case in danger that nobody of its organisation takes belongs to all of them until somebody does (`EVERY`).
"""

from __future__ import annotations

from bot.domain.export_consent import mode
from bot.domain.forms import Sheet
from bot.domain.model import Urgency

EVERY = 0
"""In place of an organisation: every one of them."""

FIRST = 1
"""The one that was made with the database: at its door people come in."""

FORM = "centres"
"""Where a person's answers about an organisation stand in their sheet: `told[FORM][<its number>]`, `yes` or `no`."""


def sees(organisation: int, case: int) -> bool:
    """Whether a caseworker of `organisation` has anything to do with a case of `case`."""
    return case in (organisation, EVERY)


def allowed(sheet: Sheet, organisation: int) -> bool:
    """Whether the person lets the case go to this organisation: they were asked about it and said yes, or they have let
    it go to others who help and did not refuse this one."""
    answer = sheet.told.get(FORM, {}).get(str(organisation), "")
    return answer == "yes" or (answer != "no" and mode(sheet) == "share")


def may_go(sheet: Sheet, organisation: int, urgency: Urgency) -> bool:
    """Whether a case may go to this organisation now: in an emergency it may, and the person is told."""
    return urgency is Urgency.EMERGENCY or allowed(sheet, organisation)


def answered(sheet: Sheet, organisation: int, answer: str) -> Sheet:
    """The sheet with what the person said about an organisation."""
    told = dict(sheet.told)
    told[FORM] = {**told.get(FORM, {}), str(organisation): "yes" if answer == "yes" else "no"}
    return Sheet(sheet.form, sheet.words, told, sheet.due)
