"""One message to its vector, beside the event loop. Messages that come while one is encoded go in one batch."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np

log = logging.getLogger(__name__)

BATCH = 16


class TextEncoder(Protocol):
    """`encoder.load(...)`."""

    name: str
    dim: int

    def encode(self, texts: list[str]) -> np.ndarray: ...


class Encoding:
    """Callable: text -> float32 of shape (dim,), or None when the encoder failed; callers then do without."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encoder")
        self._waiting: list[tuple[str, asyncio.Future[np.ndarray | None]]] = []
        self._busy = False

    async def __call__(self, text: str) -> np.ndarray | None:
        future: asyncio.Future[np.ndarray | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((text, future))
        if not self._busy:
            self._next()
        return await future

    def _next(self) -> None:
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        if not batch:
            self._busy = False
            return
        self._busy = True
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, self._encoder.encode, [text for text, _ in batch])
        work.add_done_callback(lambda done: self._ended(done, batch))

    def _ended(
        self, done: asyncio.Future[np.ndarray], batch: list[tuple[str, asyncio.Future[np.ndarray | None]]]
    ) -> None:
        failed = done.cancelled() or done.exception() is not None
        if failed:
            log.error("encoder.failed", extra={"messages": len(batch)})
        vectors = None if failed else done.result()
        for row, (_, future) in enumerate(batch):
            if not future.done():
                future.set_result(None if vectors is None else vectors[row])
        self._next()

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
