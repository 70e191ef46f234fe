"""The version of the schema: brought up to date by `upgrade`, checked at every start."""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.storage.database.engine import blocking_engine, parse
from bot.storage.database.errors import SchemaError

_LOCK = 0x1_4C00


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a fresh or existing database to this program's schema. Raises `SchemaError` when it is newer.

    `revision`: stop at that one, for data of an older program (a backup) that is to be read as it was.

    Blocking: call it before serving, or in a thread. On PostgreSQL several gateways may start at once.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(str(parsed.database))
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # readable by this account only, like its log
    engine = blocking_engine(url)
    try:
        with engine.begin() as connection:  # all of it or nothing, on SQLite too
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _refuse_newer(connection)
            settings = config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, revision)
            if engine.dialect.name == "postgresql":
                _without_samples(connection)
    finally:
        engine.dispose()


def _without_samples(connection: Connection) -> None:
    """PostgreSQL's planner keeps samples of every column, also of rows that are long gone: none of what is sealed."""
    sampled = text(
        "SELECT format('ALTER TABLE %I ALTER COLUMN %I SET STATISTICS 0', c.relname, a.attname) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " AND a.atttypid = 'bytea'::regtype AND a.attstattarget IS DISTINCT FROM 0"
    )
    for (statement,) in connection.execute(sampled).all():
        connection.exec_driver_sql(statement)


def check(connection: Connection) -> None:
    """Raise `SchemaError` unless the database is exactly at this program's schema."""
    if _refuse_newer(connection) != head():
        raise SchemaError("the database is older than this program: run the upgrade first")


def head() -> str:
    """Return the newest revision that this program knows."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    assert newest is not None
    return newest


def config() -> Config:
    """Return Alembic's settings, made without a file and without its logging."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations").replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def known() -> set[str]:
    """Return every revision that this program knows."""
    return {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}


def _refuse_newer(connection: Connection) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known():
        raise SchemaError("the database is newer than this program: start the newer version")
    return current
