"""`inloop doctor` verifies the audit log."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

from sqlalchemy import text

from bot.cli.commands.doctor import findings
from bot.settings import Settings
from bot.storage.database import schema
from bot.storage.database.engine import blocking_engine
from bot.storage.store import Store
from tests.support.databases import Clock
from tests.support.desk import join


async def audit(settings: Settings) -> list[tuple[str, str]]:
    found = [(level, said) async for level, said in findings(settings, date(2026, 11, 24))]
    return [(level, said) for level, said in found if "audit log" in said]


async def test_the_doctor_says_that_the_log_is_whole_or_where_it_is_broken(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, models_dir=tmp_path)
    await asyncio.to_thread(schema.upgrade, settings.database)
    clock = Clock()
    store = await Store.open(settings.database, clock=clock)
    els = await join(store, clock, "Els")
    await join(store, clock, "Jan", els.session)
    head, _ = await store.audit_breaks()
    await store.close()
    assert await audit(settings) == [("ok", f"audit log: whole up to row 3, {head.hash.hex()[:16]}")]
    engine = blocking_engine(settings.database)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_log WHERE id = 2"))
    engine.dispose()
    ((level, said),) = await audit(settings)
    assert (level, said) == ("fault", "audit log is broken at row 3: rows 2 to 2 are missing")
