"""What has to happen from time to time so that nothing is kept that need not be: it runs, and says that it ran."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.domain.retention import Retention
from bot.storage.store import Store

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
SCRUB_EVERY = timedelta(days=1)
BACKUPS = "files of backups"
SHELLS = "closed cases without content"
FAILED = "failed: "


async def purge(store: Store, rules: Retention, forget: Callable[[int], None] = lambda _: None) -> Counter[str]:
    """Deletes what is due; how many of each kind. A case that waits or is owned is never touched, and what becomes
    one meanwhile stays. Interrupted at any place, the next round does the rest. `forget` is told of each conversation
    that is gone."""
    done: Counter[str] = Counter()
    for conversation, kind in (await store.due(rules)).items():
        if await store.purge_conversation(conversation, rules):
            forget(conversation)
            done[kind] += 1
    done[SHELLS] = await store.purge_shells(rules)
    return done


@contextlib.contextmanager
def _going_on(step: str, failed: Counter[str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, what comes after it has its own promise to keep
        log.error("upkeep.step_failed", extra={"step": step, "error": type(error).__name__})
        failed[FAILED + step] += 1


class Upkeep:
    """Hourly: sessions and links that are over go, conversations that were kept as long as `rules` say, the hours of
    what is closed, and backups that are over. Daily, and after each deletion: what that leaves in the database's
    files."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        rules: Retention,
        expire: Callable[[datetime], int] = lambda _: 0,
        keep_audit: timedelta = timedelta(days=1095),
        forget: Callable[[int], None] = lambda _: None,
        trusts: Callable[[datetime | None], bool] = lambda _: True,
    ) -> None:
        """`expire` removes backups that are over (blocking); how many files. `keep_audit`: how long the audit log goes
        back. `forget`: lets go of what this process remembers of a conversation that is deleted. `trusts`: whether the
        clock can be believed, by when the last round was (`clock_guard.py`)."""
        self._store = store
        self._clock = clock
        self._rules = rules
        self._expire = expire
        self._keep_audit = keep_audit
        self._forget = forget
        self._trusts = trusts
        self._scrubbed_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def once(self) -> Counter[str]:
        """One round; how many of each kind were deleted: nothing by a clock that cannot be believed. A step that fails
        stops no other one: it is logged, and stands in the record of the run by its name, as `FAILED` and the step."""
        now = self._clock()
        done: Counter[str] = Counter()
        failed: Counter[str] = Counter()
        coarsened = 0
        with _going_on("ballast", failed):
            if await self._store.keep_ballast():
                log.error("disk.nearly_full")
        last = (await self._store.runs()).get("upkeep")
        if not self._trusts(None if last is None else last.at):
            log.error("upkeep.clock_doubted")
            return done
        with _going_on("sessions", failed):
            await self._store.tidy()
            await self._store.end_unused_tokens()
        with _going_on("deletion", failed):
            done = await purge(self._store, self._rules, self._forget)
        with _going_on("days", failed):
            coarsened = await self._store.coarsen()
        with _going_on("days of the audit log", failed):
            while await self._store.coarsen_audit():
                pass
        with _going_on("age of the audit log", failed):
            await self._store.trim_audit(self._keep_audit)
        # what was deleted before a deletion failed is left over as well
        often = done.total() or failed[f"{FAILED}deletion"] or self._store.left_over
        if often or self._scrubbed_at is None or now - self._scrubbed_at >= SCRUB_EVERY:
            with _going_on("scrubbing", failed):
                await self._store.scrub()
                self._scrubbed_at = now
        with _going_on("backups", failed):
            done[BACKUPS] = await asyncio.to_thread(self._expire, now)
        await self._store.note_run("upkeep", done + failed)
        log.info(
            "upkeep.done", extra={"deleted": done.total(), "coarsened": coarsened, "failed": failed.total()}
        )
        return done

    async def _run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end the upkeep
                log.error("upkeep.failed", extra={"error": type(error).__name__})
            await asyncio.sleep(EVERY.total_seconds())
