"""One engine with the real model for all tests that do not harm it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.engine_process import EngineProcess, running_engine, trained_model

# These need Rasa, and run in the engine's own environment: see server/test_process.py.
collect_ignore = ["inside"]


@pytest.fixture(scope="session")
def model() -> Path:
    return trained_model()


@pytest.fixture(scope="session")
def engine(model: Path) -> Iterator[EngineProcess]:
    with running_engine(model) as started:
        yield started


@pytest.fixture
def conversation(request: pytest.FixtureRequest) -> str:
    """A conversation of its own for each test."""
    return f"test:{request.node.nodeid}"[:200]
