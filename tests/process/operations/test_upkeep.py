"""Old talks go, cases that wait or are owned stay, whatever their age; and it can be shown that the upkeep ran."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.model import CaseChange, Urgency
from bot.domain.retention import Retention
from bot.operations.clock_guard import ClockGuard
from bot.operations.upkeep import Upkeep
from bot.storage.database import schema
from bot.storage.store import Store
from tests.support.databases import Clock
from tests.support.gateway import INLOOP, ROOT

RULES = Retention(timedelta(hours=48), timedelta(days=90), {"not_for_us": timedelta(days=30)}, timedelta(days=365))


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'inloop.db'}"
    schema.upgrade(url)
    opened = await Store.open(url, clock=clock)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_only_what_nobody_waits_for_is_deleted(store: Store, clock: Clock) -> None:
    old, waiting = await store.create_conversation("nl"), await store.create_conversation("nl")
    await store.accept(waiting.person, "a", "help", case=CaseChange(Urgency.EMERGENCY))
    clock.pass_by(hours=47)
    young = await store.create_conversation("nl")
    upkeep = Upkeep(store, clock, RULES)
    assert (await upkeep.once()).total() == 0
    clock.pass_by(hours=2)
    assert +await upkeep.once() == {"talk": 1}
    assert await store.open_by_token(old.token) is None
    assert await store.open_by_token(young.token) is not None
    clock.pass_by(days=4000)
    await upkeep.once()
    assert await store.read_by_return_code(waiting.return_code) is not None
    assert len(await store.queue()) == 1


async def test_what_other_parts_remember_of_a_deleted_conversation_goes_with_it(store: Store, clock: Clock) -> None:
    old, waiting = await store.create_conversation("nl"), await store.create_conversation("nl")
    await store.accept(waiting.person, "a", "help", case=CaseChange(Urgency.EMERGENCY))
    clock.pass_by(days=400)
    forgotten: list[int] = []
    await Upkeep(store, clock, RULES, forget=forgotten.append).once()
    assert forgotten == [old.person.conversation]


async def test_what_ran_and_when_is_written_down(store: Store, clock: Clock) -> None:
    upkeep = Upkeep(store, clock, RULES)
    await store.create_conversation("nl")
    assert await store.runs() == {}
    clock.pass_by(days=3)
    await upkeep.once()
    clock.pass_by(hours=1)
    await upkeep.once()
    run = (await store.runs())["upkeep"]
    assert run.at == clock()
    assert sum(run.counts.values()) == 0


def inloop(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")} | {"INLOOP_DATA_DIR": str(data)}
    return subprocess.run(
        [str(INLOOP), *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120
    )


async def test_a_dry_run_says_what_would_go_and_deletes_nothing(store: Store, tmp_path: Path, clock: Clock) -> None:
    clock.pass_by(days=-1000)  # the command has the real clock, which must not find these young
    made = [await store.create_conversation("nl") for _ in range(3)]
    tmp_path.chmod(0o700)
    dry = inloop(tmp_path, "purge", "--dry-run")
    assert (dry.returncode, dry.stdout.split()[:2]) == (0, ["3", "talk"]), dry.stderr
    assert "Nothing was deleted" in dry.stdout
    assert [await store.open_by_token(one.token) is None for one in made] == [False] * 3
    wet = inloop(tmp_path, "purge")
    assert wet.returncode == 0
    assert "Deleted" in wet.stdout
    assert [await store.open_by_token(one.token) is None for one in made] == [True] * 3


async def test_the_doctor_tells_when_the_upkeep_ran(store: Store, tmp_path: Path, clock: Clock) -> None:
    assert "upkeep: never ran" in inloop(tmp_path, "doctor").stdout
    clock.pass_by(days=-1000)
    await Upkeep(store, clock, RULES).once()
    assert f"upkeep: last ran {clock():%Y-%m-%d %H:%M}" in inloop(tmp_path, "doctor").stdout


async def test_by_a_clock_that_jumped_nothing_is_deleted(store: Store, clock: Clock) -> None:
    """A thousand days ahead for some rounds: talks and tokens are there afterwards."""
    counted = [0.0]
    guard = ClockGuard(clock, lambda: counted[0])
    upkeep = Upkeep(store, clock, RULES, lambda _: pytest.fail("a backup was taken for old"), trusts=guard.trusts)
    new = await store.create_conversation("nl")
    clock.pass_by(days=-1000)
    await Upkeep(store, clock, RULES, trusts=guard.trusts).once()
    clock.pass_by(days=1000)
    for _ in range(3):
        counted[0] += 3600
        clock.pass_by(hours=1)
        assert await upkeep.once() == {}
    assert await store.open_by_token(new.token) is not None
    assert (await store.runs())["upkeep"].at < clock() - timedelta(days=900)


async def test_who_looks_after_the_machine_can_say_that_the_clock_is_right(
    store: Store, tmp_path: Path, clock: Clock
) -> None:
    clock.pass_by(days=-1000)
    old = await store.create_conversation("nl")
    await Upkeep(store, clock, RULES).once()
    tmp_path.chmod(0o700)
    refused = inloop(tmp_path, "purge")
    assert refused.returncode == 1 and "inloop purge --yes" in refused.stdout
    assert await store.read_by_return_code(old.return_code) is not None
    assert inloop(tmp_path, "purge", "--yes").returncode == 0
    assert await store.read_by_return_code(old.return_code) is None
    assert (await store.runs())["upkeep"].at > clock() + timedelta(days=900)
