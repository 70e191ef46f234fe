"""What a sealed, durable append costs, beside the same row written unsealed with the same driver and settings."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bot.storage.database import schema
from bot.storage.store import Store

N = 300
TEXT = "een bericht van gewone lengte, zoals mensen het op een telefoon typen"


def _plain(path: Path) -> float:
    """Milliseconds of one committed insert with sqlite3 itself: WAL, synchronous FULL."""
    times = []
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT)")
        connection.commit()
        for _ in range(N):
            began = time.perf_counter()
            connection.execute("INSERT INTO messages (body) VALUES (?)", (TEXT,))
            connection.commit()
            times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


async def _sealed(url: str) -> float:
    store = await Store.open(url, clock=lambda: datetime.now(UTC))
    new = await store.create_conversation("nl")
    times = []
    for _ in range(N):
        began = time.perf_counter()
        await store.accept(new.person, str(uuid4()), TEXT)
        times.append(time.perf_counter() - began)
    await store.close()
    return 1000 * statistics.median(times)


def append_cost(folder: Path) -> list[tuple[str, str, str, str]]:
    """Rows for the table."""
    url = f"sqlite+aiosqlite:///{folder / 'sealed.db'}"
    schema.upgrade(url)
    sealed = asyncio.run(_sealed(url))
    plain = _plain(folder / "plain.db")
    what = "sealed append, committed (beside a plain insert with sqlite3)"
    return [(what, f"{sealed:.2f} ms", f"{plain:.2f} ms", "")]
