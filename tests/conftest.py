"""Fixtures that several folders share: one running Inloop for all tests that do not harm it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot import content
from tests.support.caseworker import Caseworker, first
from tests.support.databases import Clock, PostgresServer, postgres_server
from tests.support.gateway import OPEN, ROOT, Gateway, running
from tests.support.ports import free_port

# Nothing in these tests may reach beyond this machine, whatever proxy a developer's shell knows of.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)

# How long one example takes on a busy machine says nothing.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


LONG = (
    "tests/process/test_", "tests/contract/storage/test_handoff_states.py", "tests/process/oncall/",
    "tests/process/telegram/", "tests/process/cli/test_cli.py", "tests/process/web/test_access.py",
    "tests/contract/storage/test_revisions.py", "tests/dialogs/", "tests/model/test_understanding.py",
    "tests/contract/storage/test_cases.py", "tests/process/web/test_plain_forms.py", "tests/browser/test_",
    "tests/browser/desk/test_card_page.py", "tests/browser/desk/test_page.py",
)  # fmt: skip
"""A file of these takes a minute or more: begun last, it would hold one process while the others have nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((at for at, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def closed_clients() -> Iterator[None]:
    """Every connection that a test opened is closed, also when it failed."""
    yield
    for made in OPEN:
        made.close()


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """`inloop up` with the real engine, on a data folder of its own."""
    with running(tmp_path_factory.mktemp("gateway"), free_port()) as started:
        yield started


@pytest.fixture(scope="session")
def caseworker(gateway: Gateway) -> Caseworker:
    """The first caseworker of that Inloop."""
    return first(gateway)


@pytest.fixture(scope="session")
def words() -> content.Catalogue:
    return content.load(ROOT / "content")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("template") / "template.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()
