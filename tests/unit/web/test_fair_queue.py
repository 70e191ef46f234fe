"""Who goes first when more come than can be served: whoever has asked for least, and nobody is turned away."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bot.web.middleware import fair_queue
from bot.web.middleware.fair_queue import INSIDE, SWEPT, Turnstile
from bot.web.middleware.source import Source


@pytest.fixture(autouse=True)
def nobody_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, nothing that is worked at here counts as waiting."""
    monkeypatch.setattr(fair_queue, "WORKING", 3600.0)


class Shop:
    """An app that does nothing until it is told to; what was served, in order."""

    def __init__(self) -> None:
        self.served: list[str] = []
        self.inside = 0
        self.most = 0
        self.open = asyncio.Event()
        self.now = 0.0
        self.door = Turnstile(self._app, Source(), now=lambda: self.now)
        self.asked: list[asyncio.Task[None]] = []

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.open.wait()
        await asyncio.sleep(0)
        self.inside -= 1
        self.served.append(scope["name"])
        status = 401 if b"forged" in dict(scope["headers"]).get(b"authorization", b"") else 200
        await send({"type": "http.response.start", "status": status, "headers": []})

    def ask(
        self, name: str, token: str = "", source: str = "192.0.2.1", path: str = "/api/messages", cookie: str = "",
        secret: str = "", connection: Any = None,
    ) -> None:  # fmt: skip
        said = {b"authorization": token and f"Bearer {token}", b"cookie": cookie}
        said[b"x-telegram-bot-api-secret-token"] = secret
        headers = [(key, value.encode()) for key, value in said.items() if value]
        state = {"connection": connection} if connection is not None else {}
        scope = {"type": "http", "path": path, "headers": headers, "client": (source, 1), "name": name, "state": state}

        async def nothing(_: Any = None) -> None:
            return None

        self.asked.append(asyncio.ensure_future(self.door(scope, nothing, nothing)))

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def done(self) -> list[str]:
        self.open.set()
        await asyncio.gather(*self.asked)
        return self.served


async def test_a_quiet_talk_goes_before_a_flood_of_the_same_address() -> None:
    shop = Shop()
    shop.open.set()
    shop.ask("begins", token="quiet")
    await shop.settle()
    shop.open.clear()
    for number in range(200):
        shop.ask(f"flood {number}")
    await shop.settle()
    shop.now = 2.0
    shop.ask("danger", token="quiet")
    served = await shop.done()
    assert served.index("danger") <= INSIDE + 1
    assert shop.most == INSIDE
    assert len(served) == 202, "nobody is turned away"


async def test_a_quiet_talk_goes_before_talks_that_flood() -> None:
    shop = Shop()
    shop.open.set()
    for token in ("quiet", "loud"):
        shop.ask("begins", token=token)
    await shop.settle()
    shop.open.clear()
    for number in range(100):
        shop.ask(f"flood {number}", token="loud")
    shop.now = 5.0
    shop.ask("danger", token="quiet")
    assert (await shop.done()).index("danger") <= INSIDE + 2


async def test_a_token_that_opens_nothing_is_no_way_past_the_others() -> None:
    shop = Shop()
    shop.open.set()
    for number in range(50):
        shop.ask("tries", token=f"forged {number}")
    await shop.settle()
    shop.open.clear()
    for number in range(50):
        shop.ask(f"forged {number}", token=f"forged {number}")
    await shop.settle()
    shop.ask("somebody new", source="192.0.2.9")
    assert (await shop.done()).index("somebody new") <= 50 + INSIDE + 1


async def test_caseworkers_and_telegram_are_never_put_back() -> None:
    shop = Shop()
    shop.open.set()
    for _ in range(60):
        shop.ask("desk", cookie="desk=els", path="/desk/api/queue")
        shop.ask("telegram", secret="s", path="/telegram/webhook")
        await shop.settle()
    shop.open.clear()
    for number in range(100):
        shop.ask(f"flood {number}", source=f"192.0.2.{number}")
    shop.ask("queue", cookie="desk=els", path="/desk/api/queue")
    shop.ask("update", secret="s", path="/telegram/webhook")
    served = (await shop.done())[120:]
    assert max(served.index("queue"), served.index("update")) <= INSIDE + 2


async def test_nobody_waits_for_ever() -> None:
    """A flood is served before what came two minutes after it, however little that had asked for."""
    shop = Shop()
    for number in range(100):
        shop.ask(f"flood {number}")
    await shop.settle()
    shop.now = 121.0
    shop.ask("later", source="192.0.2.9")
    assert (await shop.done())[-1] == "later"


async def test_what_only_waits_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fair_queue, "WORKING", 0.01)
    shop = Shop()
    for number in range(INSIDE):
        shop.ask(f"waits {number}")
    shop.ask("works")
    async with asyncio.timeout(120):
        while shop.inside <= INSIDE:
            await asyncio.sleep(0.01)
    assert shop.inside == INSIDE + 1
    await shop.done()


async def test_who_goes_away_while_they_wait_leaves_no_hole() -> None:
    shop = Shop()
    for number in range(INSIDE + 20):
        shop.ask(f"{number}")
    await shop.settle()
    for task in shop.asked[3:15]:
        task.cancel()
    await shop.settle()
    del shop.asked[3:15]
    await shop.done()
    for _ in range(INSIDE):
        shop.ask("after")
    await shop.done()
    assert shop.served.count("after") == INSIDE
    assert shop.door._inside == 0 and not shop.door._waiting


async def test_whose_connection_is_gone_is_not_served_and_takes_no_room() -> None:
    shop, connections = Shop(), [SimpleNamespace(when_gone=None) for _ in range(3000)]
    for number, connection in enumerate(connections):
        shop.ask(f"{number}", connection=connection)
    await shop.settle()
    assert shop.inside == INSIDE
    for connection in connections[INSIDE:]:
        connection.when_gone()
    assert len(shop.door._waiting) <= SWEPT + 1
    assert len(await shop.done()) == INSIDE
    assert shop.door._inside == 0


async def test_what_it_remembers_is_bounded() -> None:
    shop = Shop()
    shop.door._known_limit = 10
    shop.open.set()
    for number in range(50):
        shop.ask("x", token=f"good {number}")
        await shop.settle()
    await shop.done()
    assert len(shop.door._known) == 10


async def test_signs_of_writing_put_no_message_back() -> None:
    """Whoever writes for long sends many of them; what they then say goes before what floods."""
    shop = Shop()
    shop.open.set()
    for token in ("writes", "loud"):
        shop.ask("begins", token=token)
    await shop.settle()
    for _ in range(30):
        shop.ask("sign", token="writes", path="/api/writing")
    await shop.settle()
    shop.open.clear()
    for number in range(INSIDE + 4):
        shop.ask(f"flood {number}", token="loud")
    await shop.settle()
    shop.now = 2.0
    shop.ask("danger", token="writes")
    served = await shop.done()
    flood = [name for name in served if name.startswith("flood")]
    assert served.index("danger") < served.index(flood[INSIDE + 1])
