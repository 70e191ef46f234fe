"""Messages that are made to cost: out of the words of every pattern of danger, repeated so that they nearly match."""

from __future__ import annotations

import math
import random
import time

import pytest
from hypothesis import strategies as st

from bot.text.normalise import clean, fold
from bot.text.pattern_cost import hostile, repeated
from bot.understanding.danger import patterns
from bot.understanding.danger.budget import SECONDS, Budget
from tests.unit.fuzz.conftest import DEPTH, Run

TIMES = 5
"""Measured so often before it is too much: other work only ever adds to it."""


@pytest.mark.night
def test_hostile_messages(fuzz: Run) -> None:
    """No message takes all of the budget of its patterns."""
    known = patterns.load()
    patterns.check(known) if DEPTH else None
    texts = [patterns.written(pattern) for pattern in known]
    longest = 0.0

    def read(seed: int) -> None:
        nonlocal longest
        rnd = random.Random(seed)
        cases = [case for _ in range(rnd.randint(1, 3)) for case in hostile(rnd.choice(texts), rnd, 1)]
        text = fold(clean(" ".join(repeated(case, 2000 // len(cases)) for case in cases)))
        for pattern in known.met(text):
            _ = pattern.match  # compiled once in the life of a gateway
        least = math.inf
        for _ in range(TIMES):
            began = time.thread_time()
            patterns.find(known, text, Budget(math.inf))
            least = min(least, time.thread_time() - began)
            if least < SECONDS / 2:
                break
        longest = max(longest, least)
        assert least < SECONDS, f"seed {seed}: {least * 1e3:.1f} ms"

    fuzz("messages made of patterns", st.integers(0, 2**32), read, 5000)
    print(f"longest: {longest * 1e3:.1f} ms")
