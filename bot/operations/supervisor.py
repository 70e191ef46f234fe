"""Start, watch and restart the engine's process. It is a child with an empty environment that ends when its
standard input closes, so nothing is left running even when this process is killed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
"""Seconds before the first restart, and at most: each pause is twice the last, until a process has run a minute."""
HEALTH_EVERY = 2.0
"""Seconds between two health checks of a process that is ready."""
DEAF_AFTER = 10
"""Health checks without an answer, once it had been ready, before a running process counts as stuck."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on now; another program may still take it first."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def new_secret() -> str:
    """Return a fresh secret, 32 random bytes as text that may stand in a URL."""
    return secrets.token_urlsafe(32)


class Supervisor:
    """Keeps one process alive, from `start` to `stop`.

    The secret goes in on standard input: never in the environment or the arguments. `ready` is set while the process
    answers (`healthy`), `restarts` counts how often it was started again, and what it prints goes to `log_file`.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        secret: str,
        healthy: Callable[[], Awaitable[bool]],
        log_file: Path,
    ) -> None:
        self._name = name
        self._command = list(command)
        self._cwd = cwd
        self._env = dict(env)
        self._secret = secret
        self._healthy = healthy
        self._log_file = log_file
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The process that runs now; None between two."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def start(self) -> None:
        """Begin to keep it; returns at once (`ready` says when it answers). Needs a running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        """End the process, and start no other: asked first, killed after five seconds."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._end()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._run_once()
            except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again: nobody else would
                log.error("engine.cannot_start", extra={"reason": type(error).__name__})
            finally:
                self.ready.clear()
            if asyncio.get_running_loop().time() - began > 60:
                pause = FIRST_PAUSE
            self.restarts += 1
            log.warning("engine.restarting", extra={"after_seconds": pause})
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run_once(self) -> None:
        with self._log_file.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, cwd=self._cwd, env=self._env, stdin=asyncio.subprocess.PIPE, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        assert self._process.stdin is not None
        # One that has died by now: uvloop says so with a RuntimeError.
        with contextlib.suppress(ConnectionError, RuntimeError):
            self._process.stdin.write(json.dumps({"secret": self._secret}).encode() + b"\n")
            await self._process.stdin.drain()
        watch = asyncio.get_running_loop().create_task(self._watch())
        try:
            code = await self._process.wait()
            log.warning("engine.ended", extra={"code": code})
        finally:
            watch.cancel()
            await self._end()

    async def _watch(self) -> None:
        silent = 0
        while True:
            if await self._healthy():
                silent = 0
                if not self.ready.is_set():
                    log.info("engine.ready")
                    self.ready.set()
            elif self.ready.is_set():
                silent += 1
                if silent >= DEAF_AFTER and self._process is not None:
                    log.error("engine.stuck")
                    self._signal(signal.SIGKILL)
                    return
            await asyncio.sleep(HEALTH_EVERY if self.ready.is_set() else 0.2)

    def _signal(self, number: signal.Signals) -> None:
        import os

        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    async def _end(self) -> None:
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            log.warning("engine.killed")
        # Whatever it started itself goes with it.
        self._signal(signal.SIGKILL)
        await process.wait()
