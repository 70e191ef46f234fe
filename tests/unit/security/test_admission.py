"""What a new talk costs, and when: nothing, until very many are begun; and whoever pays comes in."""

from __future__ import annotations

import pytest

from bot.security.admission import EASIEST, GRACE, HARDEST, LONGEST, SHORTEST, USABLE, Gate, WorkNeeded
from tests.support.siege import proof
from tests.support.steady import Steady


@pytest.fixture
def hours() -> Steady:
    return Steady(1_000_000.0)


@pytest.fixture
def gate(hours: Steady) -> Gate:
    return Gate(b"k" * 32, 10, 50, hours, hours)


def asked(gate: Gate, source: str = "a", paid: str = "") -> WorkNeeded:
    with pytest.raises(WorkNeeded) as needed:
        gate.enter(source, paid)
    return needed.value


def fill(gate: Gate, source: str = "a") -> None:
    """So many talks of one source as it may begin."""
    while not gate._bits(source):
        gate.enter(source)


def crowd(gate: Gate, count: int) -> None:
    """So many that paid."""
    for _ in range(count):
        gate._recent.add("a", gate._steady())


def solved(needed: WorkNeeded) -> str:
    return proof(f"{needed.bits} {needed.challenge}")


def test_it_costs_nothing_until_many_come_of_one_source_and_others_pay_nothing(gate: Gate) -> None:
    fill(gate)
    assert asked(gate).bits == EASIEST
    gate.enter("b")


def test_it_costs_everybody_when_very_many_come_of_all_sources(gate: Gate) -> None:
    for number in range(50):
        gate.enter(f"source {number}")
    assert asked(gate, "never seen").bits == EASIEST


def test_it_is_harder_the_more_come_and_easy_again_afterwards(gate: Gate, hours: Steady) -> None:
    fill(gate)
    bits = []
    for _ in range(20):
        needed = asked(gate)
        bits.append(needed.bits)
        gate.enter("a", solved(needed))
    assert bits == sorted(bits)
    assert bits[-1] > bits[0] + 1
    crowd(gate, 100_000)
    assert asked(gate).bits == HARDEST, "and no harder: a phone has to solve it"
    hours.now += 900
    gate.enter("a")


def test_whoever_solves_it_comes_in_from_wherever_they_are_then(gate: Gate) -> None:
    for number in range(50):
        gate.enter(f"source {number}")
    paid = solved(asked(gate))
    asked(gate, "another network")  # it is not free there either
    gate.enter("another network", paid)


def test_a_solution_is_good_once(gate: Gate) -> None:
    fill(gate)
    paid = solved(asked(gate))
    gate.enter("a", paid)
    again = asked(gate, paid=paid)
    assert again.challenge != paid.partition("~")[0]


def test_of_two_who_hand_in_the_same_one_comes_in(gate: Gate) -> None:
    """Check and reservation are one step: between them nothing else runs."""
    import asyncio

    fill(gate)
    paid, inside = solved(asked(gate)), []

    async def one() -> None:
        await asyncio.sleep(0)
        try:
            gate.enter("a", paid)
        except WorkNeeded:
            return
        inside.append(1)

    async def all_at_once() -> None:
        await asyncio.gather(*(one() for _ in range(100)))

    asyncio.run(all_at_once())
    assert len(inside) == 1


def test_a_challenge_expires(gate: Gate, hours: Steady) -> None:
    fill(gate)
    needed = asked(gate)
    hours.now += needed.seconds + USABLE + 1
    fill(gate)
    assert asked(gate, paid=solved(needed)).challenge != needed.challenge


@pytest.mark.parametrize(
    "change", ["bits", "ready", "ends", "salt", "mac", "cut", "empty", "long", "letters", "other key"]
)
def test_a_forged_challenge_is_refused(gate: Gate, hours: Steady, change: str) -> None:
    fill(gate)
    needed = asked(gate)
    bits, ready, ends, salt, mac = needed.challenge.split(".")
    other = Gate(b"o" * 32, 1, 1, hours, hours)
    other.enter("a")
    forged = {
        "bits": f"1.{ready}.{ends}.{salt}.{mac}",
        "ready": f"{bits}.0.{ends}.{salt}.{mac}",
        "ends": f"{bits}.{ready}.9999999999.{salt}.{mac}",
        "salt": f"{bits}.{ready}.{ends}.AAAAAAAAAAAA.{mac}",
        "mac": f"{bits}.{ready}.{ends}.{salt}.{'A' * len(mac)}",
        "cut": needed.challenge[:-1],
        "empty": "",
        "long": "1." * 5000,
        "letters": "é.\ud800.~.~.~",
        "other key": asked(other).challenge,
    }[change]
    hours.now += LONGEST  # waiting is not enough either
    fill(gate)
    paid = proof(f"{EASIEST} {forged}") if forged.isascii() and len(forged) < 200 else f"{forged}~1.2.3.4"
    assert asked(gate, paid=paid).challenge != forged


def test_an_easy_one_is_no_good_when_it_has_become_much_harder(gate: Gate) -> None:
    fill(gate)
    hoarded = [solved(asked(gate)) for _ in range(2)]
    crowd(gate, 20)
    gate.enter("a", hoarded[0])  # a surge while a phone was at work sends nobody back
    crowd(gate, 1000)
    assert asked(gate, paid=hoarded[1]).bits > EASIEST + GRACE


def test_without_scripts_it_costs_a_wait(gate: Gate, hours: Steady) -> None:
    fill(gate)
    needed = asked(gate)
    assert SHORTEST <= needed.seconds <= LONGEST
    early = asked(gate, paid=needed.challenge)
    assert early.challenge == needed.challenge, "whoever presses early does not begin anew"
    hours.now += needed.seconds
    gate.enter("a", needed.challenge)
    assert asked(gate, paid=needed.challenge).challenge != needed.challenge, "once"


@pytest.mark.parametrize("part", [0.25, 0.5, 0.75])
def test_whoever_waits_as_long_as_is_said_is_not_sent_back(gate: Gate, hours: Steady, part: float) -> None:
    hours.now += part
    fill(gate)
    needed = asked(gate)
    assert needed.seconds == SHORTEST
    hours.now += needed.seconds
    gate.enter("a", needed.challenge)


def test_who_takes_many_waits_longer_and_others_do_not(gate: Gate) -> None:
    fill(gate)
    fill(gate, "b")
    seconds = [asked(gate).seconds for _ in range(30)]
    assert seconds == sorted(seconds) and seconds[-1] == LONGEST
    assert asked(gate, "b").seconds == SHORTEST


def test_challenges_that_were_collected_do_not_come_in_together(gate: Gate, hours: Steady) -> None:
    """Waiting costs nothing: without a limit one address began sixty talks a second with what it had collected."""
    fill(gate)
    hoarded = [asked(gate).challenge for _ in range(500)]
    hours.now += LONGEST + 2
    inside, begun = 0, hours.now
    while hours.now < begun + 60:
        for challenge in hoarded[:20]:
            hoarded.remove(challenge)
            try:
                gate.enter("a", challenge)
                inside += 1
            except WorkNeeded as needed:
                hoarded.append(needed.challenge)
        hours.now += 1
    assert inside <= 3 * 10, "those of a minute, of the one that had passed, and what costs nothing any more"
    gate.enter("a", solved(asked(gate)))
    fill(gate, "b")
    other = asked(gate, "b")
    hours.now += other.seconds
    gate.enter("b", other.challenge)


def test_a_clock_that_is_set_back_or_forward_shuts_nobody_out(hours: Steady) -> None:
    day = Steady(1_000_000.0)
    gate = Gate(b"k" * 32, 10, 50, day, hours)
    for hours_off in (-12, 24, 2400, -5000):
        fill(gate)
        needed = asked(gate)
        assert needed.bits == EASIEST
        assert asked(gate, paid=needed.challenge).challenge == needed.challenge
        day.now += 3600 * hours_off
        fresh = asked(gate, paid=needed.challenge)
        assert fresh.seconds <= LONGEST, "nobody is told to wait for hours"
        day.now += fresh.seconds
        hours.now += fresh.seconds
        gate.enter("a", fresh.challenge)
        gate.enter("never seen")
        hours.now += 600


def test_all_gateways_know_each_others_challenges(gate: Gate, hours: Steady) -> None:
    fill(gate)
    paid = solved(asked(gate))
    other = Gate(b"k" * 32, 10, 50, hours, hours)
    fill(other)
    other.enter("a", paid)


def test_the_room_that_it_takes_is_bounded(hours: Steady) -> None:
    gate = Gate(b"k" * 32, 1, 1, hours, hours, spent_limit=5)
    gate.enter("0")
    for number in range(50):
        needed = asked(gate, f"{number}")
        hours.now += needed.seconds
        gate.enter(f"{number}", needed.challenge)
    assert len(gate._spent) <= 5 and len(gate._lines) <= 5
