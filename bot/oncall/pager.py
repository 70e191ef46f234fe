"""Sends pages to wherever the team already is (Apprise: mail, Telegram, ntfy, SMS gateways and a hundred others).

A page holds no content and no name: the level, the case number and a link. Those without danger that are due to one
person together are one message: how many wait; those of a flood of alarms are few (`page_brake.py`). Each page is sent
at most once: one that may have arrived is not repeated, the next rung of the ladder is climbed in its place. What is
not a rung (a call to the owner of a case, a warning of a hole in the rota) goes through the outbox and is tried again,
later and later.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any, Protocol

import apprise

from bot.domain.escalation import TEAM, Paces, Rung, rung
from bot.domain.model import Urgency
from bot.domain.organisations import EVERY, FIRST
from bot.domain.ports import Telling
from bot.domain.web_push import Subscription
from bot.oncall.page_brake import Brake
from bot.oncall.page_links import Links
from bot.oncall.steady_timers import Timers

log = logging.getLogger(__name__)
logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines may hold an address, which is a secret

LEASE = timedelta(seconds=6)
"""How long nothing need be heard of whoever sends a page; renewed at each look, so that a death is noticed soon."""
ITEM_LEASE = timedelta(seconds=60)
AT_ONCE = 64
"""Pages under way together: targets that hang must not hold up the others."""
LONGEST = 20.0
"""Seconds until nothing more is hoped for from a target."""
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)


class Page(Protocol):
    """One page to send, of rung `rung` of a ladder."""

    @property
    def id(self) -> int: ...
    @property
    def ladder(self) -> int: ...
    @property
    def rung(self) -> int: ...
    @property
    def addressee(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def urgency(self) -> Urgency: ...
    @property
    def conversation(self) -> int: ...
    @property
    def language(self) -> str | None: ...
    @property
    def organisation(self) -> int: ...
    @property
    def lease_until(self) -> datetime: ...


class Item(Protocol):
    """One thing of the outbox; `attempts` counts this one."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def attempts(self) -> int: ...


class Pages(Protocol):
    """The store. A lease that is not renewed tells of a death; an item of the outbox goes to the next taker then."""

    async def take_pages(self, limit: int, lease: timedelta) -> Sequence[Page]: ...
    async def page_sent(self, page: Any) -> None: ...
    async def page_failed(self, page: Any, wait: timedelta, *, lost: bool = False) -> bool: ...
    async def renew_pages(self, page_ids: Sequence[int], lease: timedelta) -> None: ...
    async def pages_under_way(self) -> Sequence[Page]: ...
    async def take_outbox(self, limit: int, lease: timedelta) -> Sequence[Item]: ...
    async def done(self, item_id: int) -> None: ...
    async def failed(self, item_id: int, retry_at: datetime) -> None: ...


class Words(Protocol):
    """What a page says, in the team's language."""

    def label(self, key: str, lang: str) -> str: ...


class Directory(Protocol):
    """Where people are paged, now. `TEAM` stands for the team's own addresses."""

    async def urls(self, addressee: int) -> Sequence[str]: ...
    async def phones(self, addressee: int) -> Sequence[Subscription]: ...
    async def coordinators(self, organisation: int = 0) -> Sequence[int]: ...
    async def at_desk(self, organisation: int = 0) -> bool: ...


class Push(Protocol):
    """What pages browsers; it raises nothing, and ends within its own time."""

    async def send(self, phone: Subscription, title: str, number: str | None) -> bool: ...


class Pager:
    """Sends what is due. A target fails alone: every error of one is that one's."""

    def __init__(
        self,
        store: Pages,
        directory: Directory,
        links: Links,
        telling: Telling,
        paces: Paces,
        *,
        words: Words,
        language: str,
        address: str,
        clock: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
        flood: Callable[[int], int | None] = lambda _: None,
        push: Push | None = None,
    ) -> None:
        """`flood`: the flood of alarms that a conversation's is part of. `push`: None where nobody is paged in a
        browser."""
        self._store = store
        self._directory = directory
        self._links = links
        self._telling = telling
        self._paces = paces
        self._words = words
        self._language = language
        self._push = push
        self._address = address.rstrip("/")
        self._clock = clock
        self._leases = Timers(clock, steady)
        self._brake: Brake[Page] = Brake(flood, steady)
        self._sending: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page")

    async def close(self) -> None:
        """What is under way is given up: its pages count as lost, and the ladder goes on."""
        for task in list(self._under_way):
            task.cancel()
        await self.settle()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def settle(self) -> None:
        """Waits for what is under way."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def send_due(self) -> None:
        """Begins to send everything that is due; a slow target holds up nothing that becomes due later."""
        await self._look_for_lost()
        while (room := AT_ONCE - len(self._under_way)) > 0:
            pages = await self._store.take_pages(room, LEASE)
            self._sending |= {page.id for page in pages}
            for one in _messages(self._brake.at_once(pages)):
                self._begin(self._send(one))
            if len(pages) < room:
                break
        for many in self._brake.digests():
            self._begin(self._send(many))
        for item in await self._store.take_outbox(AT_ONCE, ITEM_LEASE):
            self._begin(self._send_item(item))

    async def _look_for_lost(self) -> None:
        """What this process sends is alive; what nobody has renewed for the length of a lease is lost."""
        if self._sending:
            await self._store.renew_pages(list(self._sending), LEASE)
        under_way = {(page.id, page.lease_until): page for page in await self._store.pages_under_way()}
        for key, page in under_way.items():
            if page.id not in self._sending and self._leases.over(key, page.lease_until, LEASE):
                log.warning("page.lost", extra={"case": page.number, "rung": page.rung})
                await self._failed(page, lost=True)
        self._leases.keep(under_way.keys())

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # What was under way is lost: when its lease ends, another rung is climbed or the item is taken again.
            log.error("page.broken_off", extra={"error": type(error).__name__})

    async def _send(self, pages: Sequence[Page]) -> None:
        """Sends what is one message."""
        try:
            number = pages[0].number if len(pages) == 1 else None
            if not await self._notify([pages[0].addressee], *self._message(pages), number):
                for page in pages:
                    await self._failed(page)
                return
            for page in pages:
                await self._store.page_sent(page)
        finally:
            self._sending -= {page.id for page in pages}
        for page in pages:
            log.info("page.sent", extra={"case": page.number, "urgency": page.urgency.value, "rung": page.rung})
            await self._telling.waiting(page.conversation, page.language, f"called:{page.ladder}", "handoff.called")

    def _message(self, pages: Sequence[Page]) -> tuple[str, str]:
        page = max(pages, key=lambda page: page.urgency.rank)
        title = self._title(page.urgency, page.number)
        if len(pages) == 1:
            return title, f"{self._address}/page/{self._links.sign(page.id)}"
        if page.urgency is Urgency.NONE:
            return self._many(len(pages)), f"{self._address}/desk"
        return f"{title} +{len(pages) - 1}", f"{self._address}/desk"  # of a flood

    async def _failed(self, page: Page, *, lost: bool = False) -> None:
        wait = self._paces[page.urgency].after_failure(page.rung)
        nobody = await self._store.page_failed(page, wait, lost=lost)
        log.warning("page.failed", extra={"case": page.number, "rung": page.rung})
        if nobody and rung(page.rung) is Rung.EVERYONE and not await self._directory.at_desk(page.organisation):
            await self._telling.waiting(
                page.conversation, page.language, f"nobody:{page.ladder}", "handoff.nobody_on_call"
            )

    async def _send_item(self, item: Item) -> None:
        to: Sequence[int]
        if item.kind == "shift":
            to = [int(item.payload["caseworker"])]
            sent = await self._notify(to, self._many(int(item.payload["waiting"])), f"{self._address}/desk")
        elif item.kind == "owner":
            to = [int(item.payload["caseworker"])]
            number = str(item.payload["case_number"])
            title = self._title(Urgency(item.payload["urgency"]), number)
            sent = await self._notify(to, title, f"{self._address}/desk", number)
        else:
            title = f"Inloop: {self._words.label('desk.rota_hole', self._language)}"
            whose = int(item.payload.get("organisation", EVERY))
            to = [*await self._directory.coordinators(whose), *([TEAM] if whose in (FIRST, EVERY) else [])]
            sent = await self._notify(to, title, str(item.payload["when"]))
        if sent or (item.kind != "hole" and not await self._anywhere(to[0])):
            await self._store.done(item.id)
            return
        wait = min(FIRST_RETRY * (1 << min(item.attempts, 10)), LONGEST_RETRY)
        await self._store.failed(item.id, self._clock() + wait)
        log.warning("page.item_failed", extra={"kind": item.kind, "attempt": item.attempts})

    async def _notify(self, to: Sequence[int], title: str, body: str, number: str | None = None) -> bool:
        """Whether any of the addresses took it. `number`: of the one case that it is about, for a browser, which shows
        nothing but the title and finds the case by it."""
        urls = [url for who in to for url in await self._directory.urls(who)]
        ways = [self._one(url, title, body) for url in urls]
        if (push := self._push) is not None:
            phones = [phone for who in to for phone in await self._directory.phones(who)]
            ways += [push.send(phone, title, number) for phone in phones]
        return any(await asyncio.gather(*ways))

    async def _anywhere(self, who: int) -> bool:
        """Whether there is any address to try again."""
        return bool(await self._directory.urls(who) or (self._push and await self._directory.phones(who)))

    async def _one(self, url: str, title: str, body: str) -> bool:
        target = apprise.Apprise()
        if not target.add(url):
            log.error("page.unknown_target")
            return False
        loop = asyncio.get_running_loop()
        # Not the event loop's own threads: those open passwords and codes, and must not wait for a dead server.
        sending = loop.run_in_executor(self._threads, lambda: bool(target.notify(title=title, body=body)))
        try:
            return await asyncio.wait_for(sending, LONGEST)
        except TimeoutError:
            return False
        except Exception as error:  # noqa: BLE001 - a plugin of a target can raise anything
            log.error("page.target_failed", extra={"error": type(error).__name__})
            return False

    def _many(self, count: int) -> str:
        return f"Inloop: {self._words.label('desk.page_waiting_many', self._language)}: {count}"

    def _title(self, urgency: Urgency, number: str) -> str:
        said = "page_waiting" if urgency is Urgency.NONE else f"urgency_{urgency}"
        return f"Inloop: {self._words.label(f'desk.{said}', self._language)} {number}"


def _messages(pages: Sequence[Page]) -> list[list[Page]]:
    """The pages, those that go out in one message together."""
    found: dict[tuple[int, int], list[Page]] = {}
    for page in pages:
        found.setdefault((page.addressee, 0 if page.urgency is Urgency.NONE else page.id), []).append(page)
    return list(found.values())


def known(urls: Sequence[str]) -> int:
    """How many of the addresses Apprise knows how to reach."""
    return sum(bool(apprise.Apprise().add(url)) for url in urls)
