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
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import URL, Connection, Engine, Select, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.storage.database import ballast
from bot.storage.database.errors import SchemaError
from bot.storage.sealing.vouching import Voucher

log = logging.getLogger(__name__)

OLDEST_SQLITE = (3, 38)
OLDEST_POSTGRESQL = (14,)
BUSY_MILLISECONDS = 10_000
SCRUBBED = (
    "messages", "sheets", "case_whys", "case_notes", "case_plans", "case_summaries", "case_deadlines", "case_links",
    "held_replies", "desk_sessions", "invites", "team_wraps", "audit_log", "recovery_keys", "pictures",
)  # fmt: skip
KEYS = ("conversation_wraps", "closed_wraps")
KEYS_ANEW = (
    "CREATE TEMP TABLE scrubbed AS SELECT * FROM conversation_wraps",
    "DELETE FROM conversation_wraps",
    "INSERT INTO conversation_wraps SELECT * FROM scrubbed",
    "DROP TABLE temp.scrubbed",
    "CREATE TEMP TABLE scrubbed AS SELECT * FROM closed_wraps",
    "DELETE FROM closed_wraps",
    "INSERT INTO closed_wraps SELECT * FROM scrubbed",
    "DROP TABLE temp.scrubbed",
)
"""Writes SQLite's tables of keys anew; the copy is in memory (`temp_store`)."""

SCRUB_SHARE = 20
"""Whoever deletes talk after talk has the keys written anew a twentieth of the time: others write meanwhile. What is
owed then comes with the next deletion, or with the upkeep."""

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
        self.zone: tzinfo = ZoneInfo("Europe/Brussels")
        """Where the house is: figures are of its months and hours."""
        self.open_cases_only = False
        """Whether the team's key opens a conversation only while a case of it is open (`cases/closed_access.py`)."""
        self.voucher = Voucher()
        """Says which keys and rows this program wrote (`people/vouched.py`)."""
        self.newest_team_key = 0
        """The newest that was in use while this process ran: an older one that is put back is none."""
        logging.getLogger("aiosqlite").setLevel(logging.WARNING)  # its debug lines hold whatever was bound
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # hide_parameters: an error must not carry what was bound, not even sealed
        self.engine = create_async_engine(self.url, hide_parameters=True, pool_pre_ping=not self.is_sqlite)
        if self.is_sqlite:
            _listen(self.engine.sync_engine)
            event.listen(self.engine.sync_engine, "handle_error", self._make_room)
        self._writer: AsyncEngine = self.engine.execution_options(inloop_write=True)
        self._reader: AsyncEngine = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self.left_over = False
        """Whether this process has deleted something of which SQLite may have kept a copy."""
        self._scrubbed_enough = 0.0
        self._turn: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.is_sqlite else nullcontext()

    @property
    def folder(self) -> Path | None:
        """Where SQLite's file is."""
        return Path(str(self.url.database)).parent if self.is_sqlite else None

    def _make_room(self, failed: ExceptionContext) -> None:
        """The disk is full: what is tried again in a moment has room."""
        full = getattr(failed.original_exception, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        if full and self.folder is not None:
            log.error("disk.full", extra={"ballast_dropped": ballast.drop(self.folder)})

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

    def locked(
        self, query: Select[Any], of: Table, *, skip: bool = False, shared: bool = False, named: bool = False
    ) -> Select[Any]:
        """Lock rows of one table (SQLite's writer holds the whole file); `skip` passes over locked ones. `named`:
        others may go on writing rows that point to these."""
        if self.is_sqlite:
            return query
        return query.with_for_update(of=of, skip_locked=skip, read=shared, key_share=named)

    async def scrub(self, *, thorough: bool = False) -> None:
        """Remove what deletions leave behind in files (SQLite: the log, and copies of keys; PostgreSQL: dead rows).

        `thorough` takes bodies too that SQLite has left somewhere; it writes the whole file anew. Best effort: a busy
        reader can keep SQLite's log for longer; the next call takes it."""
        if self.is_sqlite:
            self.left_over = not thorough
            async with self._turn:
                begun = time.monotonic()
                if thorough or begun >= self._scrubbed_enough:
                    await self._write_anew(thorough)
                    ended = time.monotonic()
                    self._scrubbed_enough = ended + SCRUB_SHARE * (ended - begun)
                await self._empty_log()
            return
        async with self._reader.connect() as connection:
            for keys in KEYS:
                await connection.execute(text(f"VACUUM FULL {keys}"))
            await connection.execute(text(f"VACUUM {', '.join(SCRUBBED)}"))

    async def _write_anew(self, thorough: bool) -> None:
        # `secure_delete` overwrites a row where it stands. When pages are split or joined, SQLite moves rows and leaves
        # them behind on the old page as well: only what is written anew as a whole has no such copies.
        try:
            if thorough:
                async with self._reader.connect() as connection:
                    await connection.exec_driver_sql("VACUUM")
            else:
                async with self._writer.begin() as connection:
                    for statement in KEYS_ANEW:
                        await connection.exec_driver_sql(statement)
        except OperationalError as error:
            self.left_over = True
            log.warning("scrub.later", extra={"error": type(error.orig).__name__})

    async def _empty_log(self) -> None:
        async with self._reader.connect() as connection:
            # a long reader (a backup) must not hold up everybody who writes
            await connection.exec_driver_sql("PRAGMA busy_timeout=250")
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            await connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


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
    event.listen(engine, "invalidate", _roll_back)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: see _begin_sqlite
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _roll_back(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """Roll back before a broken connection is closed, so that SQLite's lock is free. A cancelled task leaves a
    statement open, and SQLite closes a connection only after its last one (https://sqlite.org/c3ref/close.html)."""
    connection.rollback()


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
