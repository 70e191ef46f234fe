"""Which tier a test belongs to, and fixtures that several folders share (docs/testing.md)."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bot import content
from bot.storage.people import caseworkers, log_in
from bot.storage.sealing.envelopes import PasswordCost
from tests.support.caseworker import Caseworker, first
from tests.support.databases import Clock, PostgresServer, postgres_server
from tests.support.gateway import OPEN, PATIENT, ROOT, Gateway, running
from tests.support.ports import free_port
from tests.support.workers import Workers

# Nothing in these tests may reach beyond this machine, whatever proxy a developer's shell knows of.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)

# How long one example takes on a busy machine says nothing.
settings.register_profile("fixed", deadline=None, derandomize=True)
settings.register_profile("free", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("INLOOP_TEST_SEEDS", "fixed"))

# What a password costs is for the real gateways here; in this process it was most of the time of all tests of the desk.
caseworkers.COST = log_in.COST = PasswordCost(passes=1, memory_mib=1)

HERE = Path(__file__).parent
LONG = (
    "tests/dialogs/", "tests/process/", "tests/browser/", "tests/contract/storage/test_handoff_states.py",
)  # fmt: skip
"""What takes a minute or more: begun last, it would hold one worker while the others have nothing to do."""


PUSHED = (
    "tests/process/engine/server/test_channel.py", "tests/process/engine/test_dialogue.py",
    "tests/process/desk/test_cases.py", "tests/process/desk/test_case_work.py", "tests/process/desk/test_keys.py",
    "tests/process/web/test_visitor_api.py", "tests/process/web/test_security_headers.py",
    "tests/process/web/test_plain_forms.py", "tests/process/oncall/test_nobody_unheard.py",
)  # fmt: skip
"""What of whole processes is run at every push: the path of a message, of a danger and of a reply."""


def _pushed(item: pytest.Item) -> bool:
    return item.nodeid.startswith(PUSHED)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with its folder and its tier, and begin with what takes long.

    `INLOOP_TEST_ORDER=7` is another order, of files and within them: what then fails depended on what ran before it.
    """
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        item.add_marker(folder)
        if folder in {"browser", "process"} and not item.get_closest_marker("smoke") and not _pushed(item):
            item.add_marker("night")
        if "postgres" in getattr(item, "fixturenames", ()) or re.search(r"\bpostgresql\b", item.name):
            item.add_marker("postgres")
    if order := os.environ.get("INLOOP_TEST_ORDER"):
        dice = random.Random(order)
        places = {path: dice.random() for path in sorted({item.path for item in items})}
        items.sort(key=lambda item: (places[item.path], dice.random()))
    else:
        items.sort(key=lambda item: next((at for at, of in enumerate(LONG) if item.nodeid.startswith(of)), len(LONG)))


@pytest.hookimpl(optionalhook=True)  # `make prove` runs without pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Workers | None:
    return Workers(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session", autouse=True)
def closed_clients() -> Iterator[None]:
    """Every connection that a test opened is closed, also when it failed."""
    yield
    for made in OPEN:
        made.close()


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Gateway]:
    """`inloop up` with the real engine and a database on PostgreSQL, for all tests that do not harm it."""
    env = {"INLOOP_DATABASE_URL": postgres.create(upgraded=False), **PATIENT}
    with running(tmp_path_factory.mktemp("gateway"), free_port(), env=env) as started:
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
