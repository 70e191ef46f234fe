"""Client of the engine's custom channel (`engine/server/channel.py`), with a breaker.

The other side may be slow, dead or wrong: each of these becomes `EngineDown`, and callers answer from the scripted
menu. Nothing of the person but an alias, the text and its vector goes over the wire, which is loopback.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
import numpy as np

from bot.domain.model import EngineReply, EngineTurn

log = logging.getLogger(__name__)

FAILURES_TO_OPEN = 3
OPEN_SECONDS = 5.0
LOOK_AGAIN = 0.2


class EngineDown(Exception):
    """The engine gave no usable answer to this turn. Holds a short reason, never a text."""


class Breaker:
    """After some failures in a row, fail at once for a while, so that a dead engine does not cost every person the
    whole timeout. The first try after that decides."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failures = 0
        self._closed_again_at = 0.0

    @property
    def open(self) -> bool:
        return self._failures >= FAILURES_TO_OPEN and self._now() < self._closed_again_at

    def ok(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._closed_again_at = self._now() + OPEN_SECONDS


class Engine:
    """One engine. `now` is a monotonic clock in seconds."""

    def __init__(self, url: str, secret: str, timeout: float, now: Callable[[], float]) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"X-Inloop-Secret": secret},
            timeout=httpx.Timeout(timeout, connect=1.0),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
            trust_env=False,
        )
        self._breaker = Breaker(now)
        self._up = False
        self._settled = asyncio.Event()
        self._settled.set()

    async def comes_up(self, seconds: float) -> None:
        """Asks until it answers, at most for so long. What is written meanwhile waits for the end of this: nobody
        should read that they can't be understood because they came in the seconds in which all of this starts."""
        self._settled.clear()
        try:
            async with asyncio.timeout(seconds):
                while not await self.ready():  # noqa: ASYNC110 - another process has no event for it
                    await asyncio.sleep(LOOK_AGAIN)
        except TimeoutError:
            log.warning("engine.late")
        finally:
            self._settled.set()

    async def close(self) -> None:
        await self._client.aclose()

    async def message(
        self,
        alias: str,
        text: str,
        vector: np.ndarray | None,
        language: str | None,
        form: Mapping[str, Any] | None = None,
        *,
        parts: Sequence[tuple[str, np.ndarray]] = (),
        clauses: Sequence[tuple[str, np.ndarray]] = (),
        before: np.ndarray | None = None,
        acts: Mapping[str, Any] | None = None,
        talk: Mapping[str, Any] | None = None,
        patient: bool = True,
    ) -> EngineTurn:
        """What to say to `text` (shape of `vector`: (dim,) float32, or None without an encoder). `form`: where an open
        form stands, in codes; the engine's own memory of it may be gone. `parts`: its questions, where it asks several;
        `clauses`: its clauses, where it has no two questions. `before`: the vector of what the person wrote
        before it; `acts` and `talk`: what the text does and what the conversation remembers, in codes and numbers.
        `patient`: an engine that starts is waited for."""
        metadata: dict[str, Any] = {"language": language, "form": dict(form or {})}
        if vector is not None:
            metadata["vector"] = _sent(vector)
        if before is not None:
            metadata["before"] = _sent(before)
        metadata |= {name: dict(given) for name, given in (("acts", acts), ("talk", talk)) if given}
        for name, found in (("parts", parts), ("clauses", clauses)):
            if found:
                metadata[name] = [{"text": words, "vector": _sent(own)} for words, own in found]
        if patient:
            await self._settled.wait()
        return await self._turn({"conversation": alias, "text": text, "metadata": metadata})

    async def choice(
        self,
        alias: str,
        intent: str,
        language: str | None,
        form: Mapping[str, Any] | None = None,
        talk: Mapping[str, Any] | None = None,
    ) -> EngineTurn:
        """What to say to a button that this gateway issued for `intent`, a topic or `topic/question`."""
        metadata: dict[str, Any] = {"language": language, "form": dict(form or {}), "talk": dict(talk or {})}
        choice = {"intent": intent, "entities": {}}
        return await self._turn({"conversation": alias, "choice": choice, "metadata": metadata})

    async def forget(self, alias: str) -> None:
        """Drops the engine's memory of a conversation. A dead engine has none, so a failure is no fault."""
        try:
            await self._client.post("/webhooks/inloop/forget", json={"conversation": alias})
        except httpx.HTTPError:
            log.info("engine.forget_failed")

    async def ready(self) -> bool:
        """Whether the engine answers turns now. One that has just come up is asked at once, whatever failed before."""
        try:
            answer = await self._client.get("/webhooks/inloop/health", timeout=2.0)
            up = answer.status_code == 200 and bool(answer.json().get("ready"))
        except (httpx.HTTPError, ValueError):
            up = False
        if up and not self._up:
            self._breaker.ok()
        self._up = up
        return up

    async def _turn(self, body: Mapping[str, Any]) -> EngineTurn:
        if self._breaker.open:
            raise EngineDown("breaker open")
        try:
            answer = await self._client.post("/webhooks/inloop/turn", json=body)
            if answer.status_code != 200:
                raise EngineDown(f"status {answer.status_code}")
            turn = _read(answer.json())
        except httpx.HTTPError as error:
            self._breaker.failed()
            raise EngineDown(type(error).__name__) from None
        except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            self._breaker.failed()
            raise EngineDown(f"malformed answer ({type(error).__name__})") from None
        except EngineDown:
            self._breaker.failed()
            raise
        self._breaker.ok()
        return turn


def _sent(vector: np.ndarray) -> str:
    return base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()).decode("ascii")


def _read(data: Mapping[str, Any]) -> EngineTurn:
    replies = tuple(
        EngineReply(str(r["key"]), dict(r.get("values") or {}), tuple(dict(c) for c in r.get("choices") or ()))
        for r in data["replies"]
    )
    if not replies and not data.get("requests"):
        raise ValueError("no reply")
    return EngineTurn(
        topic=str(data["topic"]),
        confidence=float(data["confidence"]),
        replies=replies,
        requests=tuple(str(r) for r in data.get("requests") or ()),
        ranking=tuple((str(name), float(score)) for name, score in data.get("ranking") or ()),
        form=dict(data["form"]) if data.get("form") else None,
    )
