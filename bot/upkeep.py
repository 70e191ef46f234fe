"""What has to happen from time to time so that nothing is kept that need not be: it runs, and says that it ran."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.storage.store import Store

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
SCRUB_EVERY = timedelta(days=1)


class Upkeep:
    """Hourly: sessions and links that are over go, and talks that nobody waits for and nobody added to for `keep`.
    Daily: what deletions leave in the database's files. A case that waits or is owned is never touched."""

    def __init__(self, store: Store, clock: Callable[[], datetime], keep: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._keep = keep
        self._scrubbed_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def once(self) -> int:
        """One round; how many conversations were deleted."""
        now, deleted = self._clock(), 0
        await self._store.tidy()
        while old := await self._store.stale(now - self._keep):
            for conversation in old:
                await self._store.delete_conversation(conversation)
            deleted += len(old)
        if self._scrubbed_at is None or now - self._scrubbed_at >= SCRUB_EVERY:
            await self._store.scrub()
            self._scrubbed_at = now
        log.info("upkeep.done", extra={"deleted": deleted})
        return deleted

    async def _run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the upkeep
                log.error("upkeep.failed", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY.total_seconds())
