"""What is taken for one sender's flood, and what never is."""

from __future__ import annotations

import pytest

from bot.security.alarm_floods import FREE, LONGEST, OVER, WINDOW, AlarmFloods
from tests.support.steady import Steady


@pytest.fixture
def clock() -> Steady:
    return Steady()


@pytest.fixture
def floods(clock: Steady) -> AlarmFloods:
    return AlarmFloods(clock)


def alarm(floods: AlarmFloods, *conversations: int, source: str | None = "here") -> list[int | None]:
    for conversation in conversations:
        floods.alarmed(conversation, source)
    return [floods.flood(conversation) for conversation in conversations]


def test_the_first_of_every_source_stand_for_themselves_and_the_rest_is_one_flood(floods: AlarmFloods) -> None:
    assert not floods.any()
    found = alarm(floods, *range(20))
    assert found[:FREE] == [None] * FREE
    assert len(set(found[FREE:])) == 1 and found[-1] is not None
    assert floods.any()
    there = alarm(floods, *range(100, 120), source="there")
    assert there[:FREE] == [None] * FREE and there[-1] not in {None, found[-1]}
    assert alarm(floods, *range(200, 230), source=None) == [None] * 30, "an onion service, Telegram: nobody's account"


def test_many_sources_with_one_alarm_each_are_no_flood(floods: AlarmFloods) -> None:
    for number in range(500):
        assert alarm(floods, number, source=str(number)) == [None]


def test_slow_ones_are_no_flood(floods: AlarmFloods, clock: Steady) -> None:
    for number in range(20):
        assert alarm(floods, number) == [None]
        clock.now += WINDOW / FREE


def test_one_talk_is_counted_once_and_who_stood_for_themselves_goes_on_to(floods: AlarmFloods, clock: Steady) -> None:
    assert alarm(floods, *[1] * 50) == [None] * 50
    alarm(floods, *range(2, 20))
    clock.now += LONGEST - 1
    assert alarm(floods, 1) == [None]


def test_whom_a_caseworker_has_taken_stands_for_themselves_from_then_on(floods: AlarmFloods, clock: Steady) -> None:
    alarm(floods, *range(20))
    floods.taken(19)
    floods.taken(50)
    assert [floods.flood(19), floods.flood(50)] == [None, None]
    assert alarm(floods, 19, 50) == [None, None]
    clock.now += 2 * LONGEST
    alarm(floods, *range(100, 120))
    assert alarm(floods, 19) == [None]


def test_an_old_talk_is_part_of_it_too(floods: AlarmFloods, clock: Steady) -> None:
    """Else whoever waits before they begin to flood would be seen as many people."""
    alarm(floods, *range(20))
    clock.now += OVER
    assert alarm(floods, 30)[0] is not None


def test_it_is_over_when_it_has_been_quiet(floods: AlarmFloods, clock: Steady) -> None:
    before = alarm(floods, *range(10))[-1]
    clock.now += OVER - 1
    assert alarm(floods, 50) == [before], "a flood that goes on slowly is the same one"
    clock.now += OVER + 1
    assert alarm(floods, 51) == [None]
    clock.now += LONGEST
    assert floods.flood(9) is None
    assert not floods.any()


def test_what_is_remembered_is_bounded_and_who_is_forgotten_stands_for_themselves(clock: Steady) -> None:
    floods = AlarmFloods(clock, limit=10)
    assert alarm(floods, *range(100))[:90] == [None] * 90
    for number in range(100):
        alarm(floods, 1000 + number, source=str(number))
    assert max(len(floods._senders), len(floods._talks)) == 10
