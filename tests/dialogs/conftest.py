"""A second Inloop whose engine is dead: the address it knows has nobody behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.caseworker import Caseworker, first
from tests.support.gateway import Gateway, running
from tests.support.ports import free_port


@pytest.fixture(scope="session")
def deaf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    env = {"INLOOP_ENGINE_URL": f"http://127.0.0.1:{free_port()}", "INLOOP_ENGINE_SECRET": "of-a-dead-engine-0000"}
    with running(tmp_path_factory.mktemp("deaf"), free_port(), engine=False, env=env) as started:
        yield started


@pytest.fixture(scope="session")
def deaf_caseworker(deaf: Gateway) -> Caseworker:
    return first(deaf)
