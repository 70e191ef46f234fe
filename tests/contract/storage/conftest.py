"""The store on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event, insert

from bot.storage.people.vouched import vouch
from bot.storage.store import Store
from bot.storage.tables.conversations import caseworkers
from tests.support.databases import Clock, PostgresServer, upgraded_sqlite


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
async def people(store: Store) -> list[int]:
    """Three caseworkers; what they can open does not matter here."""
    row = {"role": "caseworker", "active": True, "public": b"", "wrapped": b"", "salt": b"", "totp_step": 0}
    rows = [
        {**row, "id": i, "name": f"Els {i}", "name_key": f"els {i}", "passes": 1, "memory_mib": 1} for i in (1, 2, 3)
    ]
    async with store._db.write() as connection:
        created = {"totp_wrapped": b"", "created_at": store._clock()}
        await connection.execute(insert(caseworkers), [r | created for r in rows])
        for row in rows:
            await vouch(store._db, connection, int(str(row["id"])), 0)
    return [1, 2, 3]


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


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    fresh = server.create(upgraded=False)
    yield fresh
    server.drop(fresh)
