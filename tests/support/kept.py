"""The database of an Inloop as files, on SQLite and on PostgreSQL: asked beside it, searched, and taken by a thief."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from sqlalchemy import make_url

from tests.support.databases import PostgresServer
from tests.support.forensics import all_files


@dataclass
class Sqlite:
    """A file in the data folder."""

    whole: ClassVar[bool] = True
    """Of what is deleted nothing is left, not even sealed."""

    file: Path

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.file}"

    @property
    def folders(self) -> list[Path]:
        return [self.file.parent]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Read only, beside the gateway."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query, values).fetchall()

    def settle(self) -> None:
        """Its log stands beside it while it is used, and is searched too."""
        assert self.file.with_name(f"{self.file.name}-wal").stat().st_size > 0

    def settle_after(self) -> None:
        """Nothing to do: every deletion has truncated the log."""

    def of_tables(self) -> list[Path]:
        return all_files(self.file.parent)

    def loot(self, to: Path) -> str:
        """The URL of a copy."""
        shutil.copytree(self.file.parent, to)
        return Sqlite(to / self.file.name).url


@dataclass
class Postgres:
    """A database of its own on a server whose folder is at hand."""

    whole: ClassVar[bool] = False
    """Keys go from the tables' files when they are scrubbed. What they opened is overwritten in time, and the log keeps
    what was written until its segments are used again (docs/decisions/0030-sealing.md)."""

    server: PostgresServer
    url: str

    @property
    def folders(self) -> list[Path]:
        assert self.server.data is not None
        return [self.server.data]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            return connection.execute(query.replace("?", "%s"), values).fetchall()  # type: ignore[call-overload, no-any-return]

    def settle(self) -> None:
        """Whatever it has in its memory is in its files now."""
        self.server.run("CHECKPOINT")
        (log,) = [folder / "pg_wal" for folder in self.folders]
        assert sum(path.stat().st_size for path in log.iterdir() if path.is_file()) > 0

    settle_after = settle

    def of_tables(self) -> list[Path]:
        return [path for path in all_files(*self.folders) if "pg_wal" not in path.parts]

    def loot(self, _: Path) -> str:
        """The server itself, once everything was searched."""
        return self.url


Kept = Sqlite | Postgres
