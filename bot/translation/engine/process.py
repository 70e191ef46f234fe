"""A process that answers a line with a line, as the event loop meets it.

What it says is handed on by a call, in the round of the loop in which it comes in: a stream, a task that reads from it
and a time limit around it are five rounds more, and a short sentence with a small model takes 2 ms in all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = (sys.executable, "-m", "bot.translation.engine.worker")
READY = b'{"ready": true}\n'
LONGEST_LINE = 8 * 1024 * 1024
TO_START = 60.0
"""Seconds until it must be ready."""


class Process(asyncio.Protocol):
    """`said` gets each line after the first, with its end; `ended` is called when the process ends by itself. After
    `kill` neither is called any more."""

    def __init__(self, said: Callable[[bytes], None], ended: Callable[[], None]) -> None:
        self._loop = loop = asyncio.get_running_loop()
        self._said, self._ended = said, ended
        self._rest = bytearray()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._ready.add_done_callback(_heard)
        self._gone: asyncio.Future[None] = loop.create_future()
        self._killed = False

    @classmethod
    async def start(
        cls, command: Sequence[str], said: Callable[[bytes], None], ended: Callable[[], None]
    ) -> Process:
        """One that is ready. Raises `OSError` (it cannot be started, or is not ready in time) and `ValueError` (it is
        something else); then nothing is left of it."""
        loop, made = asyncio.get_running_loop(), cls(said, ended)
        opening = loop.create_task(made._open(command))
        try:
            async with asyncio.timeout(TO_START):
                await asyncio.shield(opening)  # else one that is just being started would be nobody's
                await made._ready
        except BaseException:
            with contextlib.suppress(OSError):
                await opening
                await made.end()
            raise
        return made

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, line: bytes) -> None:
        """One that cannot hear it any more is ended."""
        if self._input.is_closing():
            self._shoot()
        else:
            self._input.write(line)

    def kill(self) -> None:
        self._killed = True
        self._shoot()

    async def end(self) -> None:
        """Kills it, and returns when it is no more."""
        self.kill()
        await asyncio.shield(self._gone)
        self._input.close()
        self._output.close()

    # -- called by the loop ------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        looked_at = len(self._rest)
        self._rest += data
        while not self._killed and (end := self._rest.find(b"\n", looked_at) + 1):
            line = bytes(self._rest[:end])
            del self._rest[:end]
            looked_at = 0
            self._one(line)
        if self._killed:
            self._rest.clear()
        elif len(self._rest) > LONGEST_LINE:
            self._shoot()

    def connection_lost(self, exc: Exception | None) -> None:
        self._shoot()  # of no use to anybody, where it did not end already

    # -- inside ------------------------------------------------------------------------------------

    async def _open(self, command: Sequence[str]) -> None:
        """Beside the loop: uvloop copies the tables of the whole gateway's memory to start a program, which holds
        everybody up for 20 ms, and this does not."""
        self._process = await asyncio.to_thread(_started, command)
        threading.Thread(target=self._wait, daemon=True, name="translation-process").start()
        try:
            self._input, _ = await self._loop.connect_write_pipe(lambda: _Input(self._shoot), self._process.stdin)
            self._output, _ = await self._loop.connect_read_pipe(lambda: self, self._process.stdout)
        except BaseException:
            self.kill()
            raise

    def _wait(self) -> None:
        self._process.wait()
        with contextlib.suppress(RuntimeError):  # the loop has gone, and with it everybody who would want to know
            self._loop.call_soon_threadsafe(self._exited)

    def _exited(self) -> None:
        if not self._ready.done():
            self._ready.set_exception(ValueError("it ended before it was ready"))
        if not self._gone.done():
            self._gone.set_result(None)
            if not self._killed:
                self._ended()

    def _shoot(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _one(self, line: bytes) -> None:
        if self._ready.done():
            self._said(line)
        elif line == READY:
            self._ready.set_result(None)
        else:
            self._ready.set_exception(ValueError("not a process that translates"))
            self.kill()


def _heard(ready: asyncio.Future[None]) -> None:
    """Who gave up starting it does not wait to be told why it ended, and that is no failure that was overlooked."""
    if not ready.cancelled():
        ready.exception()


class _Input(asyncio.BaseProtocol):
    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost()


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, cwd=ROOT, start_new_session=True, bufsize=0,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
