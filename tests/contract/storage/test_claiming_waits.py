"""PostgreSQL: who claims the next case while every case that waits is being written to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest_asyncio
from sqlalchemy import insert, make_url

from bot.domain.model import CaseChange, Urgency
from bot.storage.store import Store
from bot.storage.tables.conversations import caseworkers
from tests.support.databases import Clock, PostgresServer

ASK = CaseChange(Urgency.NONE)
EMERGENCY = CaseChange(Urgency.EMERGENCY, ("confined",), ("pattern:confined.1",))
HOLD = "SELECT id FROM conversations WHERE id = %s FOR UPDATE"
WAITS_FOR = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"


@pytest_asyncio.fixture
async def store(postgres: PostgresServer, clock: Clock) -> AsyncIterator[Store]:
    url = postgres.create()
    opened = await Store.open(url, clock=clock)
    row = {"id": 1, "name": "Els", "name_key": "els", "role": "caseworker", "active": True, "public": b"", "salt": b""}
    row |= {"wrapped": b"", "totp_step": 0, "passes": 1, "memory_mib": 1, "totp_wrapped": b"", "created_at": clock()}
    async with opened._db.write() as connection:
        await connection.execute(insert(caseworkers), [row])
    yield opened
    await opened.close()
    postgres.drop(url)


async def asks(store: Store, change: CaseChange) -> int:
    person = (await store.create_conversation("nl")).person
    await store.accept(person, "ask", "a person please", case=change, answered=True)
    return person.conversation


async def somebody_waits_for(writer: psycopg.AsyncConnection) -> None:
    while (await (await writer.execute(WAITS_FOR, (writer.info.backend_pid,))).fetchone()) is None:
        await asyncio.sleep(0.01)


async def test_who_waits_for_a_case_holds_no_other(store: Store) -> None:
    """Else two who each held what the other waits for would stop each other for good."""
    calm, danger = await asks(store, ASK), await asks(store, EMERGENCY)
    plain = make_url(store._db.url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with (
        asyncio.timeout(120),
        await psycopg.AsyncConnection.connect(plain) as first,
        await psycopg.AsyncConnection.connect(plain) as second,
    ):
        await first.execute(HOLD, (calm,))
        await second.execute(HOLD, (danger,))
        claims = asyncio.create_task(store.claim_next(1))
        waits = [asyncio.create_task(somebody_waits_for(writer)) for writer in (first, second)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        await first.commit()
        await waits[1]
        held = await (await second.execute(f"{HOLD} NOWAIT", (calm,))).fetchone()
        assert held == (calm,), "whoever waits for the one in danger does not hold the other"
        await second.commit()
        claimed = await claims
        waits[0].cancel()
    assert claimed is not None
    assert (claimed.conversation, claimed.urgency) == (danger, Urgency.EMERGENCY)
