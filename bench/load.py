"""Clients that talk: one after the other, or several at once, each waiting for its answer before it goes on."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import httpx

SENTENCES = (
    "waar kan ik vannacht slapen", "is het gratis", "wie zijn jullie", "mijn baas betaalt mij niet",
    "gaan jullie naar de politie", "ik heb geen papieren", "hoe lang duurt dat allemaal", "ik wil terug naar huis",
)  # fmt: skip
STOCK_SENTENCES = ("hello", "i am sad", "not good", "yes", "that is great", "are you a bot", "bye", "no")

Talk = Callable[[str], Awaitable[None]]
"""Sends one message and returns when its answer is there."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each turn, and of the whole run."""

    turns: list[float]
    wall: float

    @property
    def median_ms(self) -> float:
        return 1000 * statistics.median(self.turns)

    @property
    def p95_ms(self) -> float:
        return 1000 * sorted(self.turns)[int(0.95 * (len(self.turns) - 1))]

    @property
    def per_second(self) -> float:
        return len(self.turns) / self.wall


async def measure(talks: list[Talk], sentences: tuple[str, ...], turns: int) -> Measured:
    """`turns` of each client; the clients go at once."""
    times: list[float] = []

    async def client(talk: Talk, offset: int) -> None:
        for n in range(turns):
            began = time.perf_counter()
            await talk(sentences[(n + offset) % len(sentences)])
            times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(client(talk, i) for i, talk in enumerate(talks)))
    return Measured(times, time.perf_counter() - began)


class Visitor:
    """One person's browser: posts, and reads the answer from the event stream."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._answered = asyncio.Event()
        self._last = 0
        self._posted = 0
        self._reader: asyncio.Task[None] | None = None
        self._headers: dict[str, str] = {}

    async def open(self) -> Visitor:
        opened = await self._client.post("/api/conversations", json={"language": "nl"})
        self._headers = {"Authorization": f"Bearer {opened.json()['token']}"}
        self._reader = asyncio.get_running_loop().create_task(self._read())
        return self

    async def _read(self) -> None:
        async with self._client.stream("GET", "/api/events?after=0", headers=self._headers, timeout=None) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:") and len(line) > 7:
                    message = json.loads(line[5:])
                    if message.get("from") not in (None, "person"):
                        self._last = message["seq"]
                        self._answered.set()

    async def talk(self, text: str) -> None:
        self._answered.clear()
        answer = await self._client.post(
            "/api/messages", json={"id": str(uuid4()), "text": text}, headers=self._headers
        )
        answer.raise_for_status()
        posted = answer.json()["seq"]
        while self._last <= posted:
            self._answered.clear()
            if self._last > posted:
                break
            await asyncio.wait_for(self._answered.wait(), 30)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()


def stock_talk(client: httpx.AsyncClient, sender: str) -> Talk:
    """A client of stock Rasa's REST channel."""

    async def talk(text: str) -> None:
        answer = await client.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})
        answer.raise_for_status()

    return talk
