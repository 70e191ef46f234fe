"""One at a time, over every gateway that shares the database.

SQLite has one gateway: a lock in its memory. PostgreSQL: an advisory lock on a connection of its own, which ends with
the connection, so that whoever dies holds nothing. It is not from the pool: many holders would leave nobody a
connection to work with.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.storage.database.engine import Database


class Locks:
    """Named locks of one database."""

    def __init__(self, database: Database) -> None:
        self._here: dict[bytes, tuple[asyncio.Lock, int]] = {}
        self._shared = None
        if not database.is_sqlite:
            self._shared = create_async_engine(
                database.url, hide_parameters=True, poolclass=NullPool, isolation_level="AUTOCOMMIT"
            )

    @asynccontextmanager
    async def hold(self, name: bytes) -> AsyncIterator[None]:
        """Alone with `name`, in the order of asking within this process."""
        lock, users = self._here.get(name, (asyncio.Lock(), 0))
        self._here[name] = lock, users + 1
        try:
            async with lock:
                if self._shared is None:
                    yield
                    return
                number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "big", signed=True)
                async with self._shared.connect() as connection:
                    await connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
                    yield
        finally:
            lock, users = self._here[name]
            if users == 1:
                del self._here[name]
            else:
                self._here[name] = lock, users - 1

    async def close(self) -> None:
        """Lets go of everything."""
        if self._shared is not None:
            await self._shared.dispose()
