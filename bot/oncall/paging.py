"""Pages from the outbox to wherever the team already is (Apprise: mail, Telegram, ntfy, SMS gateways and others).

A page holds no content and no name: the level, the case number and a link. It is written to the outbox in the
transaction that saw the danger, so a crash between the two cannot lose it. A target that is slow, dead or wrong is
tried again, later and later; the desk shows the case whether or not a page arrives.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import apprise

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
LOOK_EVERY = 2.0
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)


class Item(Protocol):
    """One page to send; `attempts` counts the tries before this one."""

    @property
    def id(self) -> int: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def attempts(self) -> int: ...


class Outbox(Protocol):
    """Leased rows: another gateway, or this one after a crash, takes what is neither done nor failed in time."""

    async def take_outbox(self, limit: int, lease: timedelta) -> Sequence[Item]: ...
    async def done(self, item_id: int) -> None: ...
    async def failed(self, item_id: int, retry_at: datetime) -> None: ...


class Waker(Protocol):
    """Ends a wait early; without it the outbox is read every `LOOK_EVERY` seconds."""

    def listen(self, topic: str) -> asyncio.Future[None]: ...
    async def wait(self, topic: str, waiter: asyncio.Future[None], seconds: float) -> None: ...


class Pager:
    """Sends what stands in the outbox. Without a target the rows wait, and the doctor says so."""

    def __init__(
        self,
        outbox: Outbox,
        urls: Sequence[str],
        desk_url: str,
        waker: Waker,
        topic: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = outbox
        self._desk_url = desk_url.rstrip("/") + "/desk"
        self._waker = waker
        self._topic = topic
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self._apprise = apprise.Apprise()
        self.refused = sum(not self._apprise.add(url) for url in urls)
        """How many of the addresses Apprise does not know."""
        if self.refused:
            log.error("page.unknown_targets", extra={"count": self.refused})

    @property
    def targets(self) -> int:
        return len(self._apprise)

    def start(self) -> None:
        if self.targets:
            self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _keep(self) -> None:
        while True:
            waiter = self._waker.listen(self._topic)
            try:
                for item in await self._store.take_outbox(10, LEASE):
                    await self._send(item)
            except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end paging
                log.error("page.outbox_failed", extra={"error": type(error).__name__})
            await self._waker.wait(self._topic, waiter, LOOK_EVERY)

    async def _send(self, item: Item) -> None:
        number, urgency = item.payload["case_number"], item.payload["urgency"]
        title = f"Inloop: {urgency} {number}"
        try:
            sent = bool(await asyncio.wait_for(self._apprise.async_notify(title=title, body=self._desk_url), 30))
        except TimeoutError:
            sent = False
        if sent:
            await self._store.done(item.id)
            log.info("page.sent", extra={"case": number, "urgency": urgency})
        else:
            wait = min(FIRST_RETRY * 2 ** min(item.attempts, 10), LONGEST_RETRY)
            await self._store.failed(item.id, self._clock() + wait)
            log.warning("page.failed", extra={"case": number, "attempt": item.attempts})
