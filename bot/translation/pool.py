"""Processes that translate, beside the event loop: started when needed, killed when they hang, started again."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.translation.errors import Reason, Unavailable
from bot.translation.wire import read, written

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = (sys.executable, "-m", "bot.translation.worker")
WAITING = 64
"""Requests that may wait; one more is refused at once rather than answered too late to matter."""
LONGEST_LINE = 8 * 1024 * 1024
LONGEST_SENTENCE = 4000
"""Characters of a translated sentence; ten times what a sentence is cut at."""
PAUSE = 2.0
"""Seconds before a process that ended is started again."""


@dataclass(order=True, slots=True)
class _Job:
    rank: int
    number: int
    steps: Sequence[str] = field(compare=False)
    sentences: list[str] = field(compare=False)
    alternatives: int = field(compare=False)
    done: asyncio.Future[list[list[str]]] = field(compare=False)
    meanwhile: Callable[[], object] = field(compare=False)


class Pool:
    """`size` processes with one queue. Each takes one request at a time; whoever waits for a person goes first.

    `program` is what is started, without its options.
    """

    def __init__(self, size: int, seconds: float, threads: int, program: Sequence[str] = PROGRAM) -> None:
        self._size = size
        self._seconds = seconds
        self._command = [*program, "--threads", str(threads)]
        self._queue: asyncio.PriorityQueue[_Job] = asyncio.PriorityQueue(WAITING)
        self._numbers = itertools.count()
        self._hands: list[asyncio.Task[None]] = []
        self._processes: set[asyncio.subprocess.Process] = set()
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return [process.pid for process in self._processes if process.returncode is None]

    async def run(
        self,
        steps: Sequence[str],
        sentences: list[str],
        alternatives: int,
        *,
        patient: bool,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> list[list[str]]:
        """`alternatives` translations of each sentence through the package folders `steps`. `patient`: after everybody
        who waits in front of a screen. `meanwhile`: a little work that is done while the process computes. Raises
        `Unavailable`."""
        if self._closed:
            raise Unavailable(Reason.BROKEN)
        if not self._hands:
            loop = asyncio.get_running_loop()
            self._hands = [loop.create_task(self._work(place)) for place in range(self._size)]
        # Half the places stay free for those who wait in front of a screen.
        if self._queue.full() or (patient and self._queue.qsize() >= WAITING // 2):
            raise Unavailable(Reason.BUSY)
        done: asyncio.Future[list[list[str]]] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Job(int(patient), next(self._numbers), steps, sentences, alternatives, done, meanwhile))
        try:
            return await asyncio.wait_for(done, self._seconds)
        except TimeoutError:
            log.warning("translation.late")
            raise Unavailable(Reason.SLOW) from None

    async def close(self) -> None:
        """Ends the processes; what waits is told."""
        self._closed = True
        for hand in self._hands:
            hand.cancel()
        await asyncio.gather(*self._hands, return_exceptions=True)
        while not self._queue.empty():
            _refuse(self._queue.get_nowait(), Reason.BROKEN)

    async def _work(self, place: int) -> None:
        process: asyncio.subprocess.Process | None = None
        try:
            while True:
                job = await self._queue.get()
                if job.done.done():  # nobody waits any more
                    continue
                try:
                    if process is None or process.returncode is not None:
                        process = await self._start(place)
                    await self._one(process, job)
                except Exception as error:  # noqa: BLE001 - whatever a process did, the next one must find this hand
                    log.error("translation.process_failed", extra={"error": type(error).__name__})
                    _refuse(job, Reason.SLOW if isinstance(error, TimeoutError) else Reason.BROKEN)
                    await self._end(process)
                    process = None
                    await asyncio.sleep(PAUSE if isinstance(error, OSError) else 0)
                finally:
                    _refuse(job, Reason.BROKEN)
        finally:
            await self._end(process)

    async def _one(self, process: asyncio.subprocess.Process, job: _Job) -> None:
        request = {
            "id": job.number, "steps": job.steps, "sentences": job.sentences, "alternatives": job.alternatives,
        }  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(written(request))
        await process.stdin.drain()
        job.meanwhile()
        # Twice the deadline: whoever asked has long been told, and a model that is only slow need not be loaded again.
        found = read(await asyncio.wait_for(_line(process), self._seconds * 2))
        if not isinstance(found, dict) or found.get("id") != job.number:
            raise ValueError("an answer to something else")
        if "error" in found:
            log.error("translation.failed", extra={"error": found["error"]})
            _refuse(job, Reason.BROKEN)
        elif not _fits(found.get("sentences"), job):
            raise ValueError("not what was asked for")
        elif not job.done.done():
            job.done.set_result(found["sentences"])

    async def _start(self, place: int) -> asyncio.subprocess.Process:
        environment = {"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
        process = await asyncio.create_subprocess_exec(
            *self._command, "--place", str(place), cwd=ROOT, env=environment, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
            limit=LONGEST_LINE,
        )  # fmt: skip
        self._processes.add(process)
        try:
            if read(await asyncio.wait_for(_line(process), 60)) != {"ready": True}:
                raise ValueError("not a worker")
        except BaseException:
            await self._end(process)
            raise
        log.info("translation.process_started")
        return process

    async def _end(self, process: asyncio.subprocess.Process | None) -> None:
        if process is None:
            return
        self._processes.discard(process)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None
    return await process.stdout.readuntil(b"\n")


def _fits(found: object, job: _Job) -> bool:
    """Whether there is a translation of each sentence, and nothing but texts that a sentence can be."""
    return (
        isinstance(found, list)
        and len(found) == len(job.sentences)
        and all(isinstance(options, list) and options and all(map(_is_sentence, options)) for options in found)
    )


def _is_sentence(found: object) -> bool:
    return isinstance(found, str) and len(found) <= LONGEST_SENTENCE


def _refuse(job: _Job, reason: Reason) -> None:
    if not job.done.done():
        job.done.set_exception(Unavailable(reason))
