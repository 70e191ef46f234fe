"""Wake-ups within one gateway, when it ends."""

from __future__ import annotations

import asyncio

from bot.runtime.wakeups import CLOSING, DESK, Live


async def test_the_end_wakes_everybody_who_waits() -> None:
    live = Live()
    waiting = [asyncio.create_task(live.wait(DESK, live.listen(DESK), 60)) for _ in range(3)]
    await asyncio.sleep(0)
    live.close()
    async with asyncio.timeout(120):
        await asyncio.gather(*waiting)


async def test_who_still_goes_round_after_the_end_does_not_do_so_at_full_speed() -> None:
    """Each round reads the database, which has the last messages to write just then."""
    live, rounds = Live(), 4
    live.close()
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(120):
        for _ in range(rounds):
            await live.wait(DESK, live.listen(DESK), 120)
    assert asyncio.get_running_loop().time() - began >= 0.9 * rounds * CLOSING
