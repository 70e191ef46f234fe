"""A receiver of pages on loopback, for Apprise's `json://` targets: well, dead, slow, or one that loses the answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

WELL, REFUSES, HANGS, BREAKS_OFF = "well", "refuses", "hangs", "breaks off"
GIVES_UP = 5.0
"""Seconds that a sender waits for a connection or an answer: so long that who is well answers on a busy machine too."""


@dataclass(frozen=True)
class Arrived:
    """One page: to whom, what it says, and when by the tests' clock. `answered`: the sender knows that it arrived."""

    to: str
    title: str
    body: str
    at: datetime
    answered: bool


@dataclass
class Receiver:
    """`moods` by addressee, as the last part of the address names it; without one it is well. `patience`: seconds until
    one that hangs breaks off all the same; None: when the sender gives up, which is after `GIVES_UP`."""

    clock: Callable[[], datetime]
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    moods: dict[str, str] = field(default_factory=dict)
    patience: float | None = None

    def url(self, to: object) -> str:
        return f"json://127.0.0.1:{self.port}/{to}?rto={GIVES_UP}&cto={GIVES_UP}"

    def to(self, who: object) -> list[Arrived]:
        return [page for page in self.arrived if page.to == str(who)]

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = [line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length")]
            body = json.loads(await reader.readexactly(int(lengths[0])))
            to = head.split(" ", 2)[1].partition("?")[0].strip("/")
            mood = self.moods.get(to, WELL)
            if mood != REFUSES:
                self.arrived.append(Arrived(to, body["title"], body["message"], self.clock(), mood == WELL))
            if mood == HANGS:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(), self.patience)  # until the caller hangs up
            elif mood != BREAKS_OFF:
                status = "200 OK" if mood == WELL else "503 Broken"
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiver(clock: Callable[[], datetime], port: int = 0) -> AsyncIterator[Receiver]:
    made = Receiver(clock)
    server = await asyncio.start_server(made.take, "127.0.0.1", port, backlog=1000)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
