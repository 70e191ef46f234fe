"""A world in which somebody is on call, on real SQLite; PostgreSQL where it makes a difference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import content
from bot.storage.store import Store
from tests.support.databases import Clock, upgraded_sqlite
from tests.support.oncall import World, week
from tests.support.pages import Receiver, receiver


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path) -> str:
    return upgraded_sqlite(tmp_path, sqlite_template)


@pytest.fixture
async def pages(clock: Clock) -> AsyncIterator[Receiver]:
    async with receiver(clock) as made:
        yield made


@pytest.fixture
async def world(
    url: str, clock: Clock, pages: Receiver, words: content.Catalogue, tmp_path: Path
) -> AsyncIterator[World]:
    """An and Bart are on call this week, Chris coordinates, Dina is off."""
    store = await Store.open(url, clock=clock)
    made = World(store, words, clock, pages, tmp_path / "rota", week(clock))
    yield made
    await made.close()
    await store.close()
