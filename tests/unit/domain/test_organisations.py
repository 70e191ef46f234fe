"""When a case may go to another organisation, and when a deadline falls."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.deadlines import KINDS, end, length
from bot.domain.forms import EMPTY, Sheet
from bot.domain.model import Urgency
from bot.domain.organisations import EVERY, allowed, answered, may_go, sees


def mode(answer: str) -> Sheet:
    return Sheet(told={"handoff": {"mode": answer}})


@pytest.mark.parametrize("answer", ["confidential", "anonymous", ""])
def test_a_case_goes_nowhere_that_its_person_has_not_allowed(answer: str) -> None:
    assert not may_go(mode(answer), 2, Urgency.NONE)
    assert not may_go(mode(answer), 2, Urgency.URGENT)
    assert may_go(mode(answer), 2, Urgency.EMERGENCY)
    said = answered(mode(answer), 2, "yes")
    assert may_go(said, 2, Urgency.NONE)
    assert not may_go(said, 3, Urgency.NONE), "a yes is for the one that was named"
    assert said.told["handoff"] == {"mode": answer}


def test_a_no_to_one_of_them_is_a_no_whatever_else_was_allowed() -> None:
    assert may_go(mode("share"), 2, Urgency.NONE)
    refused = answered(mode("share"), 2, "no")
    assert not allowed(refused, 2)
    assert allowed(refused, 3)
    assert allowed(answered(refused, 2, "yes"), 2)
    assert not allowed(answered(EMPTY, 2, "perhaps"), 2)


def test_a_case_is_seen_by_its_own_people_and_one_of_all_by_everybody() -> None:
    assert sees(1, 1) and sees(2, EVERY)
    assert not sees(1, 2)


def test_the_length_of_a_period_is_the_facts() -> None:
    facts = {"reflection_days": "45", "orange_card_months": "3", "card_a_months": "6"}
    lengths = {kind: length(kind, facts.__getitem__) for kind in KINDS}
    assert lengths["reflection"] == (45, False)
    assert lengths["orange_card"] == (3, True)
    assert lengths["court"] is None


@pytest.mark.parametrize(
    ("begins", "count", "months", "ends"),
    [
        (date(2026, 11, 26), 45, False, date(2027, 1, 10)),
        (date(2026, 11, 30), 3, True, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, True, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, True, date(2027, 2, 28)),
        (date(2026, 12, 1), 6, True, date(2027, 6, 1)),
    ],
)
def test_the_last_day_of_a_period(begins: date, count: int, months: bool, ends: date) -> None:
    assert end(begins, count, months=months) == ends
