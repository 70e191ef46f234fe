"""The bot: how updates come in, and when they are acknowledged.

Fetched (the default): one gateway at a time asks Telegram, and asks only for what comes after the oldest update that is
not complete, so that whatever this process dies with is brought again. Or brought (webhook): a request is answered when
its turn is complete, and again with an error when it is not.

Updates of one chat are handled in their order, chats beside one another.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.ports import Catalogue
from bot.storage.sealing.return_codes import to_link
from bot.storage.store import Locks, Store
from bot.telegram.api import LONG_POLL, Api, ApiFault, Down, Kept, Later
from bot.telegram.handlers import Turns
from bot.telegram.sender import Sending
from bot.telegram.updates import Incoming, read
from bot.telegram.wiping import Wiping

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Chats that are heard at the same time."""

TRIES = 5
"""How often a turn may fail by a fault of ours before its person is told and the others go on."""

SHORTEST = 0.25
"""Seconds between two questions for updates: a server that does not wait is not asked without end."""

AGAIN = 2.0
"""Seconds before an update that could not be completed is tried again."""

RENUMBERED = 6 * 86_400.0
"""Seconds without an update after which the next number is not relied on: after a week Telegram counts anew."""

SWEEP = 3600.0
"""Seconds between two searches for chats whose talk was deleted elsewhere."""


class Telegram:
    """Starts and stops with the gateway. Telegram itself may be away: it is asked again and again."""

    def __init__(
        self, *, token: str, webhook_url: str, store: Store, words: Catalogue, api: Api, locks: Locks, sending: Sending,
        wiping: Wiping, turns: Turns, web: bool,
    ) -> None:  # fmt: skip
        self._webhook_url = webhook_url
        self._store = store
        self._words = words
        self._api = api
        self._locks = locks
        self._sending = sending
        self._wiping = wiping
        self._turns = turns
        self._web = web
        self._secret = hashlib.blake2b(token.encode(), digest_size=32, person=b"inloop:webhook").hexdigest()
        self._tasks: list[asyncio.Task[None]] = []
        self._queues: dict[int, asyncio.Queue[tuple[Incoming, asyncio.Future[bool]]]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._open: OrderedDict[int, asyncio.Future[bool]] = OrderedDict()
        self._tries: dict[int, int] = {}
        self._next = 0
        self._done_here: set[int] = set()
        self._heard_at = time.monotonic()
        self._progress = asyncio.Event()

    def link(self, return_code: str) -> str | None:
        """The address that goes on with a talk in Telegram; None before Telegram has told the bot's own name."""
        word = to_link(return_code)
        return f"https://t.me/{self._api.username}?start={word}" if word and self._api.username else None

    async def start(self) -> None:
        await self._api.start()
        receiving = self._bring if self._webhook_url else self._fetch
        for work in (receiving, self._sending.run, self._introduce, self._sweep):
            self._tasks.append(asyncio.get_running_loop().create_task(self._kept_up(work)))

    async def stop(self) -> None:
        """Nothing more is taken; what was not complete comes again."""
        for task in (*self._tasks, *self._workers):
            task.cancel()
        for task in (*self._tasks, *self._workers):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._api.close()
        await self._locks.close()

    async def webhook(self, secret: str, update: Any) -> bool | None:
        """An update that Telegram brings: True when its turn is complete, None when it is not from Telegram."""
        if not self._webhook_url or not hmac.compare_digest(secret.encode("utf-8", "replace"), self._secret.encode()):
            return None
        incoming = read(update) if isinstance(update, dict) else None
        return True if incoming is None else await self._dispatch(incoming)

    # -- one after another in a chat ---------------------------------------------------------------------

    def _dispatch(self, incoming: Incoming) -> asyncio.Future[bool]:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        queue = self._queues.get(incoming.chat)
        if queue is None:
            queue = self._queues[incoming.chat] = asyncio.Queue()
            worker = asyncio.get_running_loop().create_task(self._work(incoming.chat, queue))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        queue.put_nowait((incoming, done))
        return done

    async def _work(self, chat: int, queue: asyncio.Queue[tuple[Incoming, asyncio.Future[bool]]]) -> None:
        while not queue.empty():
            incoming, done = queue.get_nowait()
            async with self._slots:
                complete = await self._handled(incoming)
            if not done.done():
                done.set_result(complete)
        del self._queues[chat]

    async def _handled(self, incoming: Incoming) -> bool:
        try:
            return await self._turns.handle(incoming)
        except Kept:  # whoever asked for it has shut us out
            return True
        except (Later, Down) as fault:
            log.warning("telegram.turn_put_off", extra={"kind": type(fault).__name__})
        except SQLAlchemyError as error:  # the database is away: what came waits with Telegram until it is back
            log.error("telegram.turn_put_off", extra={"kind": type(error).__name__})
        except Exception as error:  # noqa: BLE001 - it is not acknowledged, so it comes again
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
            log.error("telegram.turn_failed", extra={"error": type(error).__name__, "where": where})
            return await self._given_up(incoming)
        return False

    async def _given_up(self, incoming: Incoming) -> bool:
        """After some tries an update that cannot be handled is: a hundred of them would make the bot deaf."""
        tries = self._tries[incoming.update_id] = self._tries.get(incoming.update_id, 0) + 1
        if tries < TRIES:
            return False
        log.critical("telegram.update_given_up")
        del self._tries[incoming.update_id]
        with contextlib.suppress(Exception):
            await self._turns.excuse(incoming)
        return True

    # -- fetched -----------------------------------------------------------------------------------------

    async def _fetch(self) -> None:
        async with self._locks.hold(b"telegram:fetch"):
            await self._until_it_works(self._api.fetch())
            while True:
                began = time.monotonic()
                try:
                    # With turns under way Telegram answers at once, with what it was told nothing of yet.
                    brought = await self._api.updates(self._offset, 0 if self._open else LONG_POLL)
                except Later as fault:
                    await asyncio.sleep(fault.seconds)
                    continue
                except ApiFault as fault:
                    log.warning("telegram.away", extra={"kind": getattr(fault, "kind", type(fault).__name__)})
                    await asyncio.sleep(AGAIN)
                    continue
                self._take(brought)
                if self._open:
                    self._progress.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._progress.wait(), AGAIN)
                await asyncio.sleep(max(0.0, SHORTEST / (5 if brought else 1) - (time.monotonic() - began)))

    @property
    def _offset(self) -> int:
        """Everything before it is acknowledged: the oldest update that is not complete, or the next one."""
        return min(self._open, default=self._next)

    def _take(self, brought: list[dict[str, Any]]) -> None:
        if brought:
            self._heard_at = time.monotonic()
        elif time.monotonic() - self._heard_at > RENUMBERED:
            self._next, self._heard_at = 0, time.monotonic()
        known = {incoming.update_id: incoming for update in brought if (incoming := read(update)) is not None}
        for number, incoming in sorted(known.items()):
            if number in self._open or number in self._done_here:
                continue
            done = self._dispatch(incoming)
            self._open[number] = done
            done.add_done_callback(partial(self._done, incoming))

    def _done(self, incoming: Incoming, future: asyncio.Future[bool]) -> None:
        number = incoming.update_id
        if not future.cancelled() and future.result():
            self._open.pop(number, None)
            self._next = max(self._next, number + 1)
            self._done_here = {one for one in (*self._done_here, number) if one >= self._offset}
            self._progress.set()
            return
        # Tried again by this process too: the server may not bring it a second time while we live.
        loop = asyncio.get_running_loop()
        loop.call_later(AGAIN, self._try_again, incoming)

    def _try_again(self, incoming: Incoming) -> None:
        done = self._dispatch(incoming)
        self._open[incoming.update_id] = done
        done.add_done_callback(partial(self._done, incoming))

    # -- brought -----------------------------------------------------------------------------------------

    async def _bring(self) -> None:
        address = f"{self._webhook_url.rstrip('/')}/telegram/webhook"
        while True:
            try:
                await self._api.set_webhook(address, self._secret)
            except Later as fault:
                await asyncio.sleep(fault.seconds)
            except ApiFault as fault:
                log.warning("telegram.away", extra={"kind": type(fault).__name__})
                await asyncio.sleep(AGAIN)
            else:
                return

    # -- beside it ---------------------------------------------------------------------------------------

    async def _introduce(self) -> None:
        """The bot's own name, and its menu in every language. Neither is needed for an answer."""
        while not self._api.username:
            with contextlib.suppress(ApiFault):
                await self._api.who_am_i()
            if not self._api.username:
                await asyncio.sleep(AGAIN * 5)
        for code in (None, *(language.code for language in self._words.languages)):
            lang = code or self._words.fallback("en") or "en"
            offered = [("wipe", "choices.forget"), ("language", "choices.language")]
            offered += [("web", "choices.web")] if self._web else []
            commands = [(name, self._words.label(key, lang)) for name, key in offered]
            try:
                await self._api.set_commands(commands, code)
            except Later as fault:
                await asyncio.sleep(fault.seconds)
            except ApiFault:
                return

    async def _sweep(self) -> None:
        while True:
            try:
                await self._wiping.sweep()
                await self._store.tidy_chats()
            except Exception as error:  # noqa: BLE001 - a database that is away for a while ends nothing
                log.error("telegram.sweep_failed", extra={"error": type(error).__name__})
            await asyncio.sleep(SWEEP)

    async def _until_it_works(self, first: Coroutine[Any, Any, None]) -> None:
        """Telegram is told to hold updates for fetching, until it has heard it."""
        try:
            await first
            return
        except ApiFault:
            pass
        while True:
            await asyncio.sleep(AGAIN)
            try:
                await self._api.fetch()
            except Down as fault:
                log.warning("telegram.away", extra={"kind": fault.kind})
            except ApiFault:
                return
            else:
                return

    async def _kept_up(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begun again after whatever it was (a database that is away for a moment): else the bot would be silent."""
        while True:
            try:
                return await work()
            except Exception as error:  # noqa: BLE001 - said loudly, and tried again
                log.critical("telegram.stopped", extra={"error": type(error).__name__})
            await asyncio.sleep(AGAIN)

