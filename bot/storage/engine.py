"""The database, and every difference between SQLite and PostgreSQL, in this one place.

* SQLite: one file, WAL, `synchronous=FULL` (an accepted message survives a power cut), `secure_delete=ON`
  (deleted bytes are overwritten). Writers take the lock at BEGIN; within this process they queue in order.
* PostgreSQL: READ COMMITTED; rows are locked by the statements themselves.

Supported: SQLite 3.38 and later, PostgreSQL 14 and later; others are refused at start.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, Engine, Select, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.errors import SchemaError

OLDEST_SQLITE = (3, 38)
OLDEST_POSTGRESQL = (14,)
BUSY_MILLISECONDS = 10_000
PRAGMAS = (
    f"busy_timeout={BUSY_MILLISECONDS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "foreign_keys=ON",
    "temp_store=MEMORY",
)


def parse(url: str) -> URL:
    """The URL with this program's driver; raises `SchemaError` for a database that is not supported."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            if parsed.database in (None, "", ":memory:"):
                raise SchemaError("SQLite needs a file: in memory every connection would be a database of its own")
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        case _:
            raise SchemaError("the database must be SQLite or PostgreSQL")


class Database:
    """Connections for reading (each statement sees what is committed) and for writing (one transaction)."""

    def __init__(self, url: str) -> None:
        self.url = parse(url)
        logging.getLogger("aiosqlite").setLevel(logging.WARNING)  # its debug lines hold whatever was bound
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # hide_parameters: an error must not carry what was bound, not even sealed
        self.engine = create_async_engine(self.url, hide_parameters=True, pool_pre_ping=not self.is_sqlite)
        if self.is_sqlite:
            _listen(self.engine.sync_engine)
        self._writer: AsyncEngine = self.engine.execution_options(inloop_write=True)
        self._reader: AsyncEngine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside a transaction."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed at the end, rolled back by any exception."""
        async with self._turn, self._writer.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()

    async def check_version(self) -> None:
        """Raises `SchemaError` when the database program is older than what is tested."""
        async with self.read() as connection:
            query = "SELECT sqlite_version()" if self.is_sqlite else "SHOW server_version"
            version = str((await connection.execute(text(query))).scalar_one())
        found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
        oldest = OLDEST_SQLITE if self.is_sqlite else OLDEST_POSTGRESQL
        if found < oldest:
            name = "SQLite" if self.is_sqlite else "PostgreSQL"
            raise SchemaError(f"{name} {_dotted(found)} is too old: {_dotted(oldest)} or later is needed")

    def insert_new(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """INSERT that does nothing, and returns no row, where a unique value is there already."""
        if self.is_sqlite:
            return sqlite.insert(table).on_conflict_do_nothing()
        return postgresql.insert(table).on_conflict_do_nothing()

    def locked(self, query: Select[Any], of: Table, *, skip: bool = False, shared: bool = False) -> Select[Any]:
        """Lock rows of one table (SQLite's writer holds the whole file); `skip` passes over locked ones."""
        return query if self.is_sqlite else query.with_for_update(of=of, skip_locked=skip, read=shared)

    async def scrub(self) -> None:
        """Remove what deletions leave behind in files (SQLite: the log; PostgreSQL: dead rows).

        Best effort: a busy reader can keep SQLite's log for longer; the next call takes it."""
        if self.is_sqlite:
            async with self._turn, self._reader.connect() as connection:
                # a long reader (a backup) must not hold up everybody who writes
                await connection.exec_driver_sql("PRAGMA busy_timeout=250")
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                await connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
            return
        async with self._reader.connect() as connection:
            await connection.execute(text("VACUUM FULL conversation_wraps"))
            await connection.execute(text("VACUUM messages, case_whys, desk_sessions, invites, team_wraps"))


def blocking_engine(url: str) -> Engine:
    """An engine without asyncio, for migrations; every transaction writes. The caller disposes of it."""
    parsed = parse(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, hide_parameters=True)
    engine = create_engine(parsed.set(drivername="sqlite"), hide_parameters=True)
    _listen(engine)
    return engine.execution_options(inloop_write=True)


def _listen(engine: Engine) -> None:
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_sqlite
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("inloop_write"):
        return
    # not at the first write: a reader that becomes a writer fails at once instead of waiting
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.is_async:  # one passage to the driver's thread; a cursor would take four
        driver.run_async(lambda raw: raw.execute("BEGIN IMMEDIATE"))
    else:
        driver.execute("BEGIN IMMEDIATE")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
