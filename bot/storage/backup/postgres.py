"""Backup and restore of a PostgreSQL database, by `pg_dump` and `pg_restore` of its own version. Every part is dumped
from one exported snapshot, so that they are of one moment, and goes straight into the sealed file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import URL

from bot.storage.backup.parts import BODIES, KEYS, MADE, PARTS
from bot.storage.backup.sqlite import MakeWriter
from bot.storage.backup.stream import SealedReader
from bot.storage.database import schema
from bot.storage.database.engine import parse
from bot.storage.database.errors import BackupError

_WRAPS = "conversation_wraps"
_LINK = "fk_conversation_wraps_conversation"
PATIENCE = 3600
"""Seconds for one run of one of PostgreSQL's programs."""


def take(url: str, parts: Iterable[str], writer: MakeWriter) -> None:
    """Write the parts of one moment. Raises `BackupError`."""
    program = _program("pg_dump")
    try:
        with psycopg.connect(_plain(url)) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
            (revision,) = _one(connection, "SELECT version_num FROM alembic_version")
            graves = [row[0] for row in connection.execute("SELECT conversation FROM tombstones")]
            for part in parts:
                tables = [f"--table={name}" for name in PARTS[part]]
                command = [program, "--format=custom", "--data-only", f"--snapshot={snapshot}", *tables, *_target(url)]
                with writer(part, revision, graves) as out:
                    with subprocess.Popen(
                        command, env=_environment(url), stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    ) as process:  # fmt: skip
                        assert process.stdout is not None
                        out.write_all(process.stdout)
                        said = _said(process.stderr)
                        if process.wait(PATIENCE) != 0:
                            raise BackupError(f"pg_dump failed: {said}")
                    out.finish()
    except psycopg.Error as error:
        raise BackupError(f"the database cannot be read ({type(error).__name__})") from None


def exists(url: str) -> bool:
    """Whether there is any table."""
    try:
        with psycopg.connect(_plain(url)) as connection:
            query = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() LIMIT 1"
            return connection.execute(query).fetchone() is not None
    except psycopg.Error as error:
        raise BackupError(f"the database cannot be opened ({type(error).__name__})") from None


def restore(url: str, revision: str, readers: Mapping[str, SealedReader], graves: Iterable[int]) -> None:
    """Fill an empty database. The readers are verified."""
    program = _program("pg_restore")
    schema.upgrade(url, revision)
    try:
        with psycopg.connect(_plain(url), autocommit=True) as connection:
            for made in MADE:
                if connection.execute("SELECT to_regclass(%s) IS NOT NULL", (made,)).fetchone() == (True,):
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(made)))
            connection.execute(f"ALTER TABLE {_WRAPS} DROP CONSTRAINT {_LINK}")
            _load(program, url, readers["keys"], [name for name in KEYS if name != _WRAPS])
            _load(program, url, readers["bodies"], BODIES)
            _load(program, url, readers["keys"], [_WRAPS])
            with connection.transaction():
                for grave in graves:
                    connection.execute(
                        "INSERT INTO tombstones VALUES (%s, date_trunc('day', now(), 'UTC')) ON CONFLICT DO NOTHING",
                        (grave,),
                    )
                # what keys have no body any more, and what was deleted, before anybody could read it
                connection.execute(
                    "DELETE FROM conversation_wraps WHERE conversation NOT IN (SELECT id FROM conversations)"
                    " OR conversation IN (SELECT conversation FROM tombstones)"
                )
                if connection.execute("SELECT to_regclass('closed_wraps') IS NOT NULL").fetchone() == (True,):
                    connection.execute(
                        "DELETE FROM closed_wraps WHERE conversation NOT IN (SELECT id FROM conversations)"
                        " OR conversation IN (SELECT conversation FROM tombstones)"
                    )
                connection.execute(
                    f"ALTER TABLE {_WRAPS} ADD CONSTRAINT {_LINK}"
                    " FOREIGN KEY (conversation) REFERENCES conversations (id)"
                )
                _go_on_counting(connection)
    except psycopg.Error as error:
        raise BackupError(f"the backup does not fit into the database ({type(error).__name__})") from None
    schema.upgrade(url)


def _go_on_counting(connection: psycopg.Connection) -> None:
    """Every number after the highest that was given; a number of a deleted conversation is never given again."""
    for table in (*KEYS, *BODIES):
        column = connection.execute(
            "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'"
            " AND column_default LIKE 'nextval%%'",
            (table,),
        ).fetchone()
        if column is None:
            continue
        last = sql.SQL("SELECT max(id) AS n FROM {}").format(sql.Identifier(table))
        if table == "conversations":
            both = "SELECT max(n) AS n FROM ({} UNION ALL SELECT max(conversation) FROM tombstones) AS b"
            last = sql.SQL(both).format(last)
        (highest,) = connection.execute(last).fetchone() or (None,)
        if highest is not None:
            connection.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (table, highest))


def _load(program: str, url: str, reader: SealedReader, tables: Sequence[str]) -> None:
    wanted = [f"--table={name}" for name in tables]
    flags = ["--data-only", "--single-transaction", "--exit-on-error", "--no-owner"]
    command = [program, *flags, *wanted, *_target(url)]
    with subprocess.Popen(
        command, env=_environment(url), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        try:
            for plain in reader.content():
                process.stdin.write(plain)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it says why on its way out
        said = _said(process.stderr)
        if process.wait(PATIENCE) != 0:
            raise BackupError(f"pg_restore failed: {said}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not installed: it comes with PostgreSQL's client programs (postgresql-client)")
    return found


def _plain(url: str) -> str:
    return parse(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _target(url: str) -> list[str]:
    """Where to connect, without the password: a command line is seen by everybody on the machine."""
    at = parse(url)
    bare = URL.create("postgresql", at.username, None, at.host, at.port, at.database, at.query)
    return [f"--dbname={bare.render_as_string()}"]


def _environment(url: str) -> dict[str, str]:
    password = parse(url).password
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LD_LIBRARY_PATH"}}
    return kept | {"LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password else {})


def _said(stream: IO[bytes] | None) -> str:
    """The first line of what a program complained of, which names tables and versions, never a row."""
    lines = (stream.read() if stream else b"").decode("utf-8", "replace").strip().splitlines()
    return next((line for line in lines if "error" in line), lines[0] if lines else "without a reason")[:200]


def _one(connection: psycopg.Connection, query: LiteralString) -> tuple[str, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise BackupError("the database is not one of this program")
    found: tuple[str, ...] = row
    return found
