"""Replies that a caseworker holds until the person can read them safely: they go out by themselves at their time, and
until then whoever has the case can send them at once or take them back.

What could not go out in time, because the gateway was down, stays and is shown: the safe hours may be over.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from bot.desk.service import Desk
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.store import DeskSession, HeldReply, Store

__all__ = ["DeskSession", "HeldReplies", "HeldReply", "HeldSending"]

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0


class HeldReplies:
    """Each call names the session of the one who asks."""

    def __init__(self, desk: Desk, store: Store, live: Live) -> None:
        self._desk = desk
        self._store = store
        self._live = live

    async def of(self, session: DeskSession, case_id: int) -> list[HeldReply]:
        """Those of an owned case, the earliest first."""
        case, person = await self._desk.opened(session, case_id)
        return await self._store.held(case.id, person)

    async def send(self, session: DeskSession, case_id: int, name: str) -> int:
        """Say it now; its place. Raises `NotOwner`, and `NotFound` when it went out or was taken back."""
        case = await self._desk.access(session, case_id, owned=True)
        seq = await self._store.send_held(case.id, session.caseworker, name)
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)
        return seq

    async def take_back(self, session: DeskSession, case_id: int, name: str) -> None:
        """The same errors."""
        case = await self._desk.access(session, case_id, owned=True)
        await self._store.drop_held(case.id, session.caseworker, name)
        self._live.wake(DESK)


class HeldSending:
    """Says what is due, in rounds. Every gateway does: each reply is said in one transaction, which another one
    would lose."""

    def __init__(
        self, store: Store, live: Live, trusts: Callable[[datetime | None], bool] = lambda _: True
    ) -> None:
        """`trusts`: whether the clock can be believed, by when the upkeep last ran (`clock_guard.py`)."""
        self._store = store
        self._live = live
        self._trusts = trusts
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def once(self) -> int:
        """One round; how many were said: none by a clock that cannot be believed, for somebody else may read what comes
        at the wrong hour."""
        said = 0
        last = (await self._store.runs()).get("upkeep")
        if not self._trusts(None if last is None else last.at):
            log.error("replies.clock_doubted")
            return said
        for due in await self._store.due_held():
            try:
                if not await self._store.say_due(due):
                    continue
            except Exception as error:  # noqa: BLE001 - one that fails must not keep back the others
                log.error("reply.not_sent", extra={"case": due.number, "error": type(error).__name__})
                continue
            said += 1
            log.info("reply.sent_in_time", extra={"case": due.number})
            self._live.wake(conversation(due.conversation))
            self._live.wake(DESK)
        return said

    async def _run(self) -> None:
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001 - a database that is away for a while must not end it
                log.error("replies.failed", extra={"error": type(error).__name__})
            await asyncio.sleep(LOOK_EVERY)
