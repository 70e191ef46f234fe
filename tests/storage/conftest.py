"""The store on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event

from bot.storage.store import Store
from tests.support.databases import Clock, PostgresServer, postgres_server, upgraded_sqlite


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


@pytest.fixture
def sqlite_file(tmp_path: Path, sqlite_template: Path) -> str:
    """The URL of a fresh SQLite file with the schema."""
    return upgraded_sqlite(tmp_path, sqlite_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database with the schema, on each kind of server."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_file")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    fresh = server.create()
    yield fresh
    server.drop(fresh)


@pytest_asyncio.fixture
async def store(url: str, clock: Clock) -> AsyncIterator[Store]:
    opened = await Store.open(url, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
def statements(store: Store, person: object) -> Iterator[list[str]]:
    """Every statement sent from here on (BEGIN and COMMIT are not statements of ours)."""
    sent: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith("BEGIN"):
            sent.append(args[2])

    engine = store._db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)
