"""Whoever tries another's name, or comes with thousands, keeps nobody from the desk whose device is known."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from bot.security.guessing import Devices
from bot.storage.database.errors import LogInFailed, SlowDown
from bot.storage.people import log_in
from bot.storage.people.log_in import SEATS
from bot.storage.store import Knock, Store
from tests.support.databases import Clock
from tests.support.desk import PASSWORD, Colleague, join

OWN = b"d" * 16


async def wrong(store: Store, knock: Knock | None = None, name: str = "Els") -> None:
    with pytest.raises(LogInFailed):
        await store.log_in(name, "guess guess guess", "123456", knock)


@pytest.fixture
async def els(store: Store, clock: Clock) -> Colleague:
    found = await join(store, clock, "Els")
    clock.pass_by(minutes=2)
    return found


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The password of a flood is looked at until the event is set; which were begun, and one to wait until one was."""
    free, started, begun, derive = threading.Event(), threading.Event(), [], log_in.derive_password

    def slow(password: str, *rest: Any) -> bytes:
        begun.append(password)
        if password.startswith("flood"):
            started.set()
            assert free.wait(120)
        return derive(password, *rest)

    monkeypatch.setattr(log_in, "derive_password", slow)
    yield free, begun, lambda: asyncio.to_thread(started.wait, 120)
    free.set()


async def test_failures_of_strangers_keep_nobody_out_whose_device_is_known(
    store: Store, clock: Clock, els: Colleague
) -> None:
    for _ in range(30):
        await wrong(store, Knock(paid=True))
    assert await store.failures("Els") == 30
    _, session = await store.log_in("Els", PASSWORD, els.totp.at(clock()), Knock(known=OWN))
    assert session.name == "Els"
    assert await store.failures("Els") == 30, "a stranger works all the same from here on"
    clock.pass_by(minutes=2)
    await store.log_in("Els", PASSWORD, els.totp.at(clock()), Knock(paid=True))
    assert await store.failures("Els") == 0


async def test_a_known_device_that_guesses_is_slowed_down_itself(store: Store, clock: Clock, els: Colleague) -> None:
    for _ in range(5):
        await wrong(store, Knock(known=OWN))
    with pytest.raises(SlowDown):
        await store.log_in("Els", PASSWORD, els.totp.at(clock()), Knock(known=OWN))
    assert await store.failures("Els") == 0
    assert await store.log_in("Els", PASSWORD, els.totp.at(clock()), Knock(known=b"o" * 16))


async def test_whoever_has_a_session_gives_the_password_again_whatever_strangers_do(
    store: Store, clock: Clock, els: Colleague
) -> None:
    for _ in range(30):
        await wrong(store, Knock(paid=True))
    await store.confirm_session(els.cookie, els.session, PASSWORD, els.totp.at(clock()))


async def test_in_a_flood_few_wait_and_a_known_device_is_served_at_once(
    store: Store, clock: Clock, els: Colleague, held: Any
) -> None:
    free, begun, one_begins = held
    flood = [
        asyncio.ensure_future(store.log_in(f"nobody {n}", f"flood {n}", "123456", Knock(paid=True))) for n in range(400)
    ]
    done, waiting = await asyncio.wait(flood, timeout=120, return_when=asyncio.FIRST_EXCEPTION)
    while len(waiting) > SEATS + 1:
        more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        done |= more
    assert all(isinstance(task.exception(), SlowDown) for task in done)
    assert await one_begins()
    _, session = await store.log_in("Els", PASSWORD, els.totp.at(clock()), Knock(known=OWN))
    assert session.name == "Els"
    assert len(begun) == 2, "of the flood one is looked at, the others wait"
    free.set()
    await asyncio.wait(waiting)
    assert [type(task.exception()) for task in waiting] == [LogInFailed] * (SEATS + 1)


async def test_nothing_is_worked_out_for_who_has_hung_up(store: Store, clock: Clock, els: Colleague, held: Any) -> None:
    free, begun, one_begins = held
    gone = asyncio.get_running_loop().create_future()
    first = asyncio.ensure_future(store.log_in("nobody", "flood", "123456", Knock(paid=True)))
    assert await one_begins()
    second = asyncio.ensure_future(store.log_in("nobody", "away", "123456", Knock(paid=True, gone=gone)))
    gone.set_result(None)
    with pytest.raises(SlowDown):
        await second
    free.set()
    with pytest.raises(LogInFailed):
        await first
    assert begun == ["flood"]


async def test_a_code_is_looked_at_as_of_when_it_came(store: Store, clock: Clock, els: Colleague, held: Any) -> None:
    free, _, one_begins = held
    before = asyncio.ensure_future(store.log_in("nobody", "flood", "123456", Knock(paid=True)))
    assert await one_begins()
    came = store.log_in("Els", PASSWORD, els.totp.at(clock()), Knock(paid=True))
    waits = asyncio.Task(came, loop=asyncio.get_running_loop(), eager_start=True)
    clock.pass_by(minutes=5)
    free.set()
    _, session = await waits
    assert session.name == "Els"
    with pytest.raises(LogInFailed):
        await before


async def test_a_device_is_known_at_every_gateway(clock: Clock) -> None:
    cookie = Devices(b"k" * 32, clock).marked("", "Els")
    assert Devices(b"k" * 32, clock).known(cookie, "Els") is not None
