"""How many inputs, and what was counted: a few of each in `make test`, thousands in `make fuzz`."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning

from tests.unit.fuzz import counting

DEPTH = float(os.environ.get("INLOOP_TEST_FUZZ_DEPTH", "0"))
FEW = 25

Run = Callable[[str, st.SearchStrategy[Any], Callable[[Any], None], int], int]


@pytest.fixture
def fuzz(caplog: pytest.LogCaptureFixture) -> Run:
    """Gives inputs to a reader: `FEW`, or `most` times the depth that was asked for; how many."""

    def run(name: str, inputs: st.SearchStrategy[Any], read: Callable[[Any], None], most: int) -> int:
        caplog.set_level(logging.ERROR)
        count = 0

        def one(given_: Any) -> None:
            nonlocal count
            count += 1
            read(given_)

        how = settings(
            max_examples=int(most * DEPTH) or FEW,
            deadline=None,
            database=None,
            derandomize=not DEPTH,
            suppress_health_check=list(HealthCheck),
        )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisWarning)  # what is very deep is very long, too
                how(given(inputs)(one))()
        finally:
            counting.add(name, count)
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
        return count

    return run
