"""Rows of every revision of the schema, as they were written at the time, and a database that is filled with them.

`tests/contract/storage/revisions/<revision>.json` has, for each table that the revision makes, its rows; for a table
that was there before, what its rows have more (in the same order). Bytes are hexadecimal, times ISO 8601 in UTC. Rows
are put in with the columns that the database has at that revision, so that what a migration does to them can be seen.

A new migration needs a file of its own. One to begin with, in which only keys and counts fit::

    .venv/bin/python -m tests.support.revisions 0006

What is sealed in it has to be sealed for real where a test is to open it:
`tests/contract/storage/test_revisions.py` has the secrets of the conversations.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, insert, select, text

from bot.storage.database import schema
from bot.storage.database.engine import blocking_engine

HERE = Path(__file__).resolve().parent.parent / "contract" / "storage" / "revisions"
VERSION = "alembic_version"
MADE_BY_ITSELF = {"installation", "audit_head"}
"""Their one row is made by the revision; the test's takes its place."""

Rows = dict[str, list[dict[str, Any]]]


def revisions() -> list[str]:
    """Every revision that the program knows, oldest first."""
    scripts = list(ScriptDirectory.from_config(schema.config()).walk_revisions())
    return [script.revision for script in reversed(scripts)]


def data(revision: str) -> Rows:
    """What the revision's own file has. Raises `FileNotFoundError` for one without."""
    found: Rows = json.loads((HERE / f"{revision}.json").read_text(encoding="utf-8"))
    return found


def rows_at(revision: str) -> Rows:
    """The rows of every table, with everything up to this revision."""
    every = revisions()
    merged: Rows = {}
    for one in every[: every.index(revision) + 1]:
        for table, rows in data(one).items():
            there = merged.setdefault(table, [{} for _ in rows])
            there += [{} for _ in rows[len(there) :]]
            for row, more in zip(there, rows, strict=False):
                row.update(more)
    return merged


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """One transaction on a database, without asyncio."""
    used = blocking_engine(url)
    with used.begin() as connection:
        yield connection
    used.dispose()


def move_to(url: str, revision: str) -> None:
    """Up or down to a revision, as Alembic's own command does."""
    every = ["base", *revisions()]
    with connected(url) as connection:
        now = connection.execute(text(f"SELECT version_num FROM {VERSION}")).scalar() or "base"
        settings = schema.config()
        settings.attributes["connection"] = connection
        (command.downgrade if every.index(revision) < every.index(now) else command.upgrade)(settings, revision)


def tables_of(connection: Connection) -> list[Table]:
    """The tables as the database has them, each after those it points to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION]


def fill(url: str, revision: str) -> None:
    """Put the rows of this revision into a database that stands at it."""
    rows = rows_at(revision)
    with connected(url) as connection:
        for table in tables_of(connection):
            if table.name in MADE_BY_ITSELF:
                connection.execute(table.delete())
            for row in rows.get(table.name, ()):
                values = {c.name: _read(c, row[c.name], connection) for c in table.columns if c.name in row}
                connection.execute(insert(table).values(**values))
            _go_on_counting(connection, table)


def contents(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with connected(url) as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in tables_of(connection)
        }


def without_data(url: str) -> list[str]:
    """Columns in which no row has a value, as `table.column`."""
    with connected(url) as connection:
        columns = {table.name: [c.name for c in table.columns] for table in tables_of(connection)}
    rows = contents(url)
    return [f"{t}.{c}" for t, names in columns.items() for c in names if all(row[c] is None for row in rows[t])]


def lost(before: Rows, after: Rows) -> list[str]:
    """What is not as it was: tables whose rows differ in a column that both have, as a list of their names."""
    changed = []
    for name in before.keys() & after.keys():
        both = {c for row in before[name] for c in row} & {c for row in after[name] for c in row}
        kept = [[{c: v for c, v in row.items() if c in both} for row in rows] for rows in (before[name], after[name])]
        if kept[0] != kept[1]:
            changed.append(name)
    return sorted(changed)


def _read(column: Column[Any], value: Any, connection: Connection) -> Any:
    if value is None:
        return None
    kind = column.type.python_type
    if kind is bytes:
        return bytes.fromhex(value)
    if kind is date:
        return date.fromisoformat(value)
    if kind is datetime:
        at = datetime.fromisoformat(value).astimezone(UTC)
        return at.replace(tzinfo=None) if connection.dialect.name == "sqlite" else at
    return value


def shown(value: Any) -> Any:
    """A value as it stands in a file."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    """PostgreSQL's counters know nothing of ids that were given by hand."""
    key = list(table.primary_key)
    if connection.dialect.name != "postgresql" or len(key) != 1 or key[0].type.python_type is not int:
        return
    name = {"table": table.name, "column": key[0].name}
    counter = connection.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), name).scalar()
    highest = connection.execute(select(key[0]).order_by(key[0].desc()).limit(1)).scalar()
    if counter and highest:
        connection.execute(text("SELECT setval(:counter, :highest)"), {"counter": counter, "highest": highest})


FILLERS = {
    bytes: "00" * 32, datetime: "2026-11-03T09:00:00+00:00", date: "2026-11-03", int: 1, str: "x",
    bool: True, float: 1.0,
}  # fmt: skip


def begun(revision: str) -> Rows:
    """Rows for what a revision adds, in which every value is a filler."""
    every = revisions()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/begun.db"
        schema.upgrade(url, every[every.index(revision) - 1])
        fill(url, every[every.index(revision) - 1])
        schema.upgrade(url, revision)
        empty = {name.partition(".")[0]: [] for name in without_data(url)}
        missing = [name.split(".") for name in without_data(url)]
        with connected(url) as connection:
            kinds = {(t.name, c.name): c.type.python_type for t in tables_of(connection) for c in t.columns}
    made: Rows = {table: [{}] for table in empty}
    for table, column in missing:
        made[table][0][column] = FILLERS[kinds[table, column]]
    return made


if __name__ == "__main__":
    path = HERE / f"{sys.argv[1]}.json"
    path.write_text(json.dumps(begun(sys.argv[1]), indent=1) + "\n", encoding="utf-8")
    print(path)
