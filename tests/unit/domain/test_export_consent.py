"""How much of a case may go where, by what its person has allowed."""

from __future__ import annotations

import pytest

from bot.domain.audit import REASONS
from bot.domain.export_consent import Extent, extent, mode
from bot.domain.forms import Sheet
from bot.domain.roles import CASEWORKER, COORDINATOR

INSIDE = set(REASONS) - {"handed_on", "court"}


@pytest.mark.parametrize(
    ("allowed", "much"),
    [("share", Extent.ALL), ("anonymous", Extent.FACTS), ("confidential", Extent.NOTHING), ("", Extent.NOTHING)],
)
@pytest.mark.parametrize("role", [CASEWORKER, COORDINATOR])
def test_nothing_goes_to_others_that_was_not_allowed(allowed: str, much: Extent, role: str) -> None:
    assert extent(allowed, "handed_on", role) is much
    assert {extent(allowed, reason, role) for reason in INSIDE} == {Extent.ALL}


@pytest.mark.parametrize("allowed", ["share", "anonymous", "confidential", ""])
def test_a_court_is_answered_by_a_coordinator(allowed: str) -> None:
    assert extent(allowed, "court", COORDINATOR) is Extent.ALL
    assert extent(allowed, "court", CASEWORKER) is Extent.NOTHING


@pytest.mark.parametrize("answer", ["share", "confidential", "anonymous"])
def test_the_answer_is_that_of_the_question_before_a_caseworker_comes(answer: str) -> None:
    assert mode(Sheet(told={"handoff": {"mode": answer}})) == answer


@pytest.mark.parametrize("told", [{}, {"handoff": {}}, {"handoff": {"mode": "skip"}}, {"report": {"mode": "share"}}])
def test_no_answer_allows_nothing(told: dict[str, dict[str, str]]) -> None:
    assert mode(Sheet(told=told)) == ""
