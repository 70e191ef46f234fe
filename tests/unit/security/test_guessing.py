"""Whoever guesses is slowed down, and nobody else is."""

from __future__ import annotations

import pytest

from bot.security.guessing import FREE_FAILURES, LONGEST_DELAY, MOST_NAMES, Attempts, Devices, delay, work
from bot.security.rate_limits import TooMany
from tests.support.databases import Clock

KEY = b"k" * 32


def test_a_browser_is_known_by_the_names_that_have_logged_in_there() -> None:
    devices = Devices(KEY, Clock())
    cookie = devices.marked("", "Els")
    number = devices.known(cookie, " ELS ")
    assert number is not None
    assert devices.known(cookie, "Jan") is None
    both = devices.marked(cookie, "Jan")
    assert devices.known(both, "Jan") == devices.known(both, "Els") == number
    assert "els" not in both.lower()


def test_a_mark_is_good_for_its_device_its_time_and_this_installation() -> None:
    clock = Clock()
    devices = Devices(KEY, clock)
    cookie, other = devices.marked("", "Els"), devices.marked("", "Els")
    assert devices.known(other.partition(".")[0] + "." + cookie.partition(".")[2], "Els") is None
    end, _, mark = cookie.partition(".")[2].partition("-")
    assert devices.known(f"{cookie.partition('.')[0]}.{int(end) + 1}-{mark}", "Els") is None
    assert Devices(b"o" * 32, clock).known(cookie, "Els") is None
    clock.pass_by(days=89)
    assert devices.known(cookie, "Els") is not None
    renewed = devices.marked(cookie, "Els")
    clock.pass_by(days=2)
    assert devices.known(cookie, "Els") is None
    assert devices.known(renewed, "Els") is not None


def test_a_shared_device_remembers_the_last_who_used_it_and_stays_small() -> None:
    devices, cookie = Devices(KEY, Clock()), ""
    for number in range(3 * MOST_NAMES):
        cookie = devices.marked(cookie, f"name {number}")
        cookie = devices.marked(cookie, f"name {number}")
    assert len(cookie) < 600
    known = [number for number in range(3 * MOST_NAMES) if devices.known(cookie, f"name {number}") is not None]
    assert known == list(range(2 * MOST_NAMES, 3 * MOST_NAMES))


@pytest.mark.parametrize(
    "cookie", ["", ".", "-", "x" * 5000, "00" * 16, "00" * 16 + ".1-", "é.ü-ß", "00" * 16 + ".٣-00", "0.0-0"]
)
def test_a_cookie_that_is_none_is_nobodys(cookie: str) -> None:
    devices = Devices(KEY, Clock())
    assert devices.known(cookie, "Els") is None
    assert devices.known(devices.marked(cookie, "Els"), "Els") is not None


def test_who_fails_is_slowed_down_from_there_and_nobody_else_is() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(FREE_FAILURES):
        attempts.refuse_haste("Els", "here")
        attempts.failed("els", "here")
    with pytest.raises(TooMany) as slow:
        attempts.refuse_haste("Els", "here")
    assert slow.value.retry_after == 2
    attempts.refuse_haste("Els", "there")
    attempts.refuse_haste("Jan", "here")
    for _ in range(20):
        attempts.failed("Els", "here")
    clock.pass_by(seconds=LONGEST_DELAY - 1)
    with pytest.raises(TooMany):
        attempts.refuse_haste("Els", "here")
    clock.pass_by(seconds=1)
    attempts.refuse_haste("Els", "here")
    attempts.failed("Els", "here")
    clock.pass_by(hours=-12)
    attempts.refuse_haste("Els", "here")
    clock.pass_by(hours=14)
    attempts.failed("Els", "here")
    attempts.refuse_haste("Els", "here")


def test_what_is_counted_is_bounded() -> None:
    attempts = Attempts(Clock(), limit=10)
    for number in range(100):
        attempts.failed("Els", str(number))
    assert len(attempts._failed) == 10


def test_delays_and_work_grow_and_end() -> None:
    assert [delay(n) for n in (0, 4, 5, 6, 10, 1000)] == [0, 0, 1, 2, 32, 60]
    assert [work(n) for n in (0, 4, 5, 15, 10_000)] == [0, 0, 14, 15, 18]
