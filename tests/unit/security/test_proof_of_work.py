"""Work that is quick to check: what solves it, and what only looks as if it did."""

from __future__ import annotations

import pytest

from bot.security import proof_of_work
from bot.security.decaying_counter import Recent
from tests.support.siege import proof

BITS = 6


def numbers() -> list[str]:
    return proof(f"{BITS} abc").partition("~")[2].split(".")


def test_the_solution_solves_it_and_nothing_harder() -> None:
    found = numbers()
    assert proof_of_work.solved("abc", BITS, found)
    assert not proof_of_work.solved("abd", BITS, found)
    assert not proof_of_work.solved("abc", BITS + 16, found)


@pytest.mark.parametrize(
    "change",
    [
        lambda n: n[:-1], lambda n: [*n, "1"], lambda n: list(reversed(n)), lambda n: [], lambda n: [""] * 4,
        lambda n: [n[0]] * 4, lambda n: ["-" + n[0], *n[1:]], lambda n: [n[0] + "é", *n[1:]],
        lambda n: ["0" * 13, *n[1:]], lambda n: ["٣", *n[1:]],
    ],
)  # fmt: skip
def test_anything_else_does_not(change) -> None:
    # Checked with 14 bits, so that no wrong number is right by chance (one in 2**12 for each).
    found = proof("14 abc").partition("~")[2].split(".")
    assert not proof_of_work.solved("abc", 14, change(found))


def test_zeros_are_counted_in_bits() -> None:
    assert [proof_of_work.zeros(bytes((first, 255))) for first in (255, 127, 1, 0)] == [0, 1, 7, 8]
    assert proof_of_work.zeros(bytes(4)) == 32


def test_what_came_lately_fades_and_never_takes_more_room() -> None:
    recent = Recent(seconds=60, limit=100)
    for _ in range(10):
        recent.add("a", 0.0)
    assert recent.count("a", 0.0) == pytest.approx(10)
    assert 3 < recent.count("a", 60.0) < 5
    assert recent.count("a", 600.0) < 0.01
    for number in range(1000):
        recent.add(str(number), 1.0)
    assert len(recent) == 100
    assert recent.count("999", 1.0) == 1 and recent.count("a", 1.0) == 0
