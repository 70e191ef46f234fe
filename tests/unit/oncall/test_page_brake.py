"""A flood is a few pages that count, and a real call beside it goes out by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from bot.oncall.page_brake import GATHER, MINUTE, Brake
from tests.support.steady import Steady

FLOOD = 1000
"""Conversations from here on are part of one."""


@dataclass(frozen=True)
class Page:
    conversation: int
    addressee: int = 1


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def brake(steady: Steady) -> Brake[Page]:
    return Brake(lambda conversation: conversation // FLOOD or None, steady)


def pages(conversations: Iterable[int], addressee: int = 1) -> list[Page]:
    return [Page(conversation, addressee) for conversation in conversations]


def test_of_a_flood_one_page_goes_out_and_then_one_that_counts_the_rest(brake: Brake[Page], steady: Steady) -> None:
    flood = pages(range(FLOOD, FLOOD + 200))
    assert brake.at_once(flood) == flood[:1]
    assert brake.digests() == []
    steady.now += GATHER
    assert brake.digests() == [flood[1:]]
    assert brake.digests() == []


def test_what_is_part_of_no_flood_goes_out_at_once_and_first_however_many_there_are(brake: Brake[Page]) -> None:
    brake.at_once(pages(range(FLOOD, FLOOD + 500)))
    assert brake.at_once(pages([FLOOD + 600, *range(1, 300), FLOOD + 601])) == pages(range(1, 300))
    assert brake.at_once(pages([2 * FLOOD, 1])) == pages([1, 2 * FLOOD]), "the first of another flood rings, too"


def test_nothing_is_left_out_and_nothing_waits_longer_than_a_minute(brake: Brake[Page], steady: Steady) -> None:
    sent_at: dict[int, float] = {}
    made_at: dict[int, float] = {}
    minutes, number, messages = 5, FLOOD, 0
    for _ in range(minutes * 30 + 30):
        new = pages(range(number, number + 5)) if number < FLOOD + minutes * 150 else []
        made_at |= {page.conversation: steady.now for page in new}
        sent = [[page] for page in brake.at_once(new)] + brake.digests()
        sent_at |= {page.conversation: steady.now for one in sent for page in one}
        messages += len(sent)
        number, steady.now = number + len(new), steady.now + MINUTE / 30
    assert sent_at.keys() == made_at.keys() and len(made_at) == minutes * 150
    assert max(sent_at[one] - made_at[one] for one in made_at) <= MINUTE
    assert messages <= 2 * (minutes + 1)


def test_a_phone_has_its_own_count(brake: Brake[Page]) -> None:
    for phone in (1, 2):
        assert len(brake.at_once(pages(range(FLOOD, FLOOD + 50), phone))) == 1
