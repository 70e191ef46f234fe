"""Wake-ups within one gateway, when it ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.live.local import DESK, Live


async def test_the_end_wakes_everybody_who_waits() -> None:
    live = Live()
    waiting = [asyncio.create_task(live.wait(DESK, live.listen(DESK), 60)) for _ in range(3)]
    await asyncio.sleep(0)
    live.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)


async def test_who_still_goes_round_after_the_end_does_not_do_so_at_full_speed() -> None:
    """Each round reads the database, which has the last messages to write just then."""
    live, rounds = Live(), 0
    live.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(0.45):
            while True:
                await live.wait(DESK, live.listen(DESK), 60)
                rounds += 1
    assert 1 <= rounds <= 5
