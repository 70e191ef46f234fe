"""Few are served, some wait, one more is told; and who has gone holds no place."""

from __future__ import annotations

import asyncio

import pytest

from bot.runtime.waiting_room import Full, HungUp, WaitingRoom


class Guests:
    """Each is in the room until it is let out."""

    def __init__(self, room: WaitingRoom) -> None:
        self.room = room
        self.inside: list[int] = []
        self.out: dict[int, asyncio.Event] = {}

    async def come(self, number: int, gone: asyncio.Future[None] | None = None) -> None:
        self.out[number] = asyncio.Event()
        async with self.room.served(gone):
            self.inside.append(number)
            await self.out[number].wait()

    def start(self, number: int, gone: asyncio.Future[None] | None = None) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(self.come(number, gone))


async def settled() -> None:
    """Let every task go as far as it can. Nothing here waits for anything but the room: rounds of the loop decide."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_they_are_served_in_order_and_one_too_many_is_told() -> None:
    guests = Guests(WaitingRoom(2, 3))
    tasks = [guests.start(number) for number in range(5)]
    await settled()
    assert guests.inside == [0, 1]
    with pytest.raises(Full):
        await guests.come(9)
    for number in range(5):
        guests.out[number].set()
        await settled()
    assert guests.inside == [0, 1, 2, 3, 4]
    await asyncio.gather(*tasks)
    async with guests.room.served(), guests.room.served():
        pass


async def test_who_hangs_up_leaves_a_seat_at_once() -> None:
    guests, loop = Guests(WaitingRoom(1, 1)), asyncio.get_running_loop()
    first, gone = guests.start(0), loop.create_future()
    await settled()
    waits = guests.start(1, gone)
    await settled()
    with pytest.raises(Full):
        await guests.come(9)
    gone.set_result(None)
    with pytest.raises(HungUp):
        await waits
    last = guests.start(2, loop.create_future())
    await settled()
    guests.out[0].set()
    await settled()
    assert guests.inside == [0, 2]
    guests.out[2].set()
    await asyncio.gather(first, last)


async def test_a_place_is_lost_by_nobody_who_is_cancelled() -> None:
    guests = Guests(WaitingRoom(1, 5))
    first, second, third = guests.start(0), guests.start(1), guests.start(2)
    await settled()
    second.cancel()
    await settled()
    guests.out[0].set()
    await asyncio.sleep(0)  # one round: the place is given to the third, and it does not know yet
    third.cancel()
    await settled()
    async with asyncio.timeout(60), guests.room.served():
        pass
    await asyncio.gather(first, second, third, return_exceptions=True)
