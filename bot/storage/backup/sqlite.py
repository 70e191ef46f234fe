"""Backup and restore of a SQLite file. The copy is made by SQLite's online backup in one step: what it holds is one
moment's database, whoever writes meanwhile, and nobody waits for it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from bot.storage.backup.files import blank, wipe, workplace
from bot.storage.backup.parts import BODIES, KEYS, MADE, PARTS
from bot.storage.backup.stream import SealedReader, SealedWriter
from bot.storage.database import schema
from bot.storage.database.engine import parse
from bot.storage.database.errors import BackupError

MakeWriter = Callable[[str, str, list[int]], SealedWriter]
"""From a part, a revision and the tombstones, the file to write to."""
_WAIT = 30.0


def path_of(url: str) -> Path:
    return Path(str(parse(url).database))


def take(url: str, parts: Iterable[str], writer: MakeWriter) -> None:
    """Write the parts of one moment. Raises `BackupError`."""
    path = path_of(url)
    if not path.exists():
        raise BackupError("there is no database yet")
    with workplace(path) as work:
        whole = work / "whole.db"
        try:
            _copy(path, whole)
            with _opened(whole) as copy:
                (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
                graves = [row[0] for row in copy.execute("SELECT conversation FROM tombstones")]
            for part in parts:
                _cut(whole, work / part, PARTS[part])
                with writer(part, revision, graves) as out:
                    with (work / part).open("rb") as content:
                        out.write_all(content)
                    out.finish()
        except sqlite3.Error as error:
            raise BackupError(f"the database cannot be copied ({type(error).__name__})") from None


def tombstones(url: str) -> list[int]:
    """Of the database that is there, as far as it can still be read; it is about to be replaced."""
    try:
        with _opened(path_of(url)) as database:
            return [row[0] for row in database.execute("SELECT conversation FROM tombstones")]
    except sqlite3.Error:
        return []


def exists(url: str) -> bool:
    path = path_of(url)
    return path.exists() and path.stat().st_size > 0


def refuse_while_used(url: str) -> None:
    """Raises `BackupError` while a running program has the database open: it would go on with the old file."""
    try:
        with _opened(path_of(url), wait=0.5) as database:
            mode = database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]  # only who is alone may
            if mode != "delete":
                raise BackupError("the database is in use: stop inloop up first")
    except sqlite3.OperationalError:
        raise BackupError("the database is in use: stop inloop up first") from None
    except sqlite3.DatabaseError:
        return  # damaged: nobody can use it, and it is why there is a restore


def restore(url: str, revision: str, readers: Mapping[str, SealedReader], graves: Iterable[int]) -> None:
    """A new file of the parts, put in the place of the one that is there. The readers are verified."""
    path = path_of(url)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with workplace(path) as work:
        for part, reader in readers.items():
            with os.fdopen(os.open(work / part, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
                for plain in reader.content():
                    out.write(plain)
        fresh = work / "fresh.db"
        schema.upgrade(f"sqlite:///{fresh}", revision)
        try:
            _fill(fresh, work, graves)
        except sqlite3.Error as error:
            raise BackupError(f"the backup does not fit into a database ({type(error).__name__})") from None
        schema.upgrade(f"sqlite:///{fresh}")
        with _opened(fresh) as database:
            database.execute("PRAGMA journal_mode=DELETE")  # nothing beside the file when it moves
        for left in ("-wal", "-shm"):
            wipe(path.with_name(path.name + left))
        # What was deleted since the backup is told by the old file alone: that goes when the new one is in its place.
        with path.open("r+b") if path.exists() else contextlib.nullcontext() as old:
            fresh.replace(path)
            descriptor = os.open(path.parent, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            if old is not None:
                blank(old)


def _fill(fresh: Path, work: Path, graves: Iterable[int]) -> None:
    with _opened(fresh) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        for part in PARTS:
            database.execute(f"ATTACH ? AS {part}", (str(work / part),))
        database.execute("BEGIN")
        there = {row[0] for row in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        for made in set(MADE) & there:
            database.execute(f"DELETE FROM main.{made}")  # noqa: S608
        for part, table in [("keys", name) for name in KEYS] + [("bodies", name) for name in BODIES]:
            names = [row[1] for row in database.execute(f"PRAGMA {part}.table_info({table})")]
            columns = ", ".join(f'"{name}"' for name in names)
            if not names:  # of a version that had no such table
                continue
            if not set(names) <= {row[1] for row in database.execute(f"PRAGMA main.table_info({table})")}:
                raise BackupError("a file has columns that no version of this program has")
            database.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM {part}.{table}")  # noqa: S608
        days = [(grave,) for grave in graves]
        today = "date('now') || ' 00:00:00.000000'"
        database.executemany(f"INSERT OR IGNORE INTO main.tombstones VALUES (?, {today})", days)  # noqa: S608
        # what keys have no body any more, and what was deleted, before anybody could read it
        database.execute(
            "DELETE FROM main.conversation_wraps WHERE conversation NOT IN (SELECT id FROM main.conversations)"
            " OR conversation IN (SELECT conversation FROM main.tombstones)"
        )
        if "closed_wraps" in there:
            database.execute(
                "DELETE FROM main.closed_wraps WHERE conversation NOT IN (SELECT id FROM main.conversations)"
                " OR conversation IN (SELECT conversation FROM main.tombstones)"
            )
        highest = "(SELECT max(conversation) FROM main.tombstones)"
        database.execute("INSERT INTO main.sqlite_sequence SELECT 'conversations', 0 WHERE NOT EXISTS"
                         " (SELECT 1 FROM main.sqlite_sequence WHERE name = 'conversations')")  # fmt: skip
        database.execute(
            f"UPDATE main.sqlite_sequence SET seq = max(seq, coalesce({highest}, 0)) WHERE name = 'conversations'"  # noqa: S608
        )
        if database.execute("PRAGMA main.foreign_key_check").fetchall():
            raise BackupError("keys and bodies do not belong together")
        database.execute("COMMIT")


def _copy(path: Path, whole: Path) -> None:
    os.close(os.open(whole, os.O_CREAT | os.O_RDWR, 0o600))
    with _opened(path) as source, contextlib.closing(sqlite3.connect(whole)) as target:
        source.backup(target)


def _cut(whole: Path, target: Path, tables: Iterable[str]) -> None:
    """A file with these tables alone: copied out, so that no freed page of the others is in it."""
    os.close(os.open(target, os.O_CREAT | os.O_RDWR, 0o600))
    with _opened(target) as part:
        part.execute("ATTACH ? AS whole", (str(whole),))
        for table in tables:
            part.execute(f"CREATE TABLE {table} AS SELECT * FROM whole.{table}")  # noqa: S608 - names of our own


@contextlib.contextmanager
def _opened(path: Path, wait: float = _WAIT) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(path, timeout=wait, isolation_level=None)) as connection:
        yield connection
