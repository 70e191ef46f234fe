"""Processes that translate, beside the event loop: started when needed, killed when they hang, started again."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.translation.engine.process import PROGRAM, Process
from bot.translation.engine.wire import read, written
from bot.translation.errors import Damaged, Reason, Unavailable

log = logging.getLogger(__name__)

WAITING = 64
"""Requests that may wait; one more is refused at once rather than answered too late to matter."""
LONGEST_SENTENCE = 4000
"""Characters of a translated sentence; ten times what a sentence is cut at."""
PAUSE = 2.0
"""Seconds before a process that could not be started is tried again."""


@dataclass(order=True, slots=True)
class _Job:
    rank: int
    number: int
    steps: Sequence[str] = field(compare=False)
    sentences: list[str] = field(compare=False)
    alternatives: int = field(compare=False)
    done: asyncio.Future[list[list[str]]] = field(compare=False)

    def refuse(self, why: Unavailable) -> None:
        if not self.done.done():
            self.done.set_exception(why)


class Pool:
    """`size` processes with one queue. Each takes one request at a time; whoever waits for a person goes first.

    `program` is what is started, without its options.
    """

    def __init__(self, size: int, seconds: float, threads: int, program: Sequence[str] = PROGRAM) -> None:
        self._seconds = seconds
        self._waiting: list[_Job] = []
        self._numbers = itertools.count()
        # Twice the deadline: whoever asked has long been told, and a model that is only slow need not be loaded again.
        self._hands = [
            _Hand([*program, "--threads", str(threads), "--place", str(place)], seconds * 2, self._freed)
            for place in range(size)
        ]
        self._free = self._hands[::-1]
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return [hand.process.pid for hand in self._hands if hand.process is not None]

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
        # Half the places stay free for those who wait in front of a screen.
        if len(self._waiting) >= (WAITING // 2 if patient else WAITING):
            raise Unavailable(Reason.BUSY)
        loop = asyncio.get_running_loop()
        job = _Job(int(patient), next(self._numbers), steps, sentences, alternatives, loop.create_future())
        heapq.heappush(self._waiting, job)
        self._hand_out()
        loop.call_soon(meanwhile)  # in the next round: a loop writes at the end of this one
        late = loop.call_later(self._seconds, self._late, job)
        try:
            return await job.done
        finally:
            late.cancel()

    async def close(self) -> None:
        """Ends the processes; what waits is told."""
        self._closed = True
        await asyncio.gather(*(hand.end() for hand in self._hands))
        for job in self._waiting:
            job.refuse(Unavailable(Reason.BROKEN))
        self._waiting.clear()

    def _hand_out(self) -> None:
        while self._waiting and self._free:
            job = heapq.heappop(self._waiting)
            if not job.done.done():  # else nobody waits any more
                self._free.pop().take(job)

    def _freed(self, hand: _Hand) -> None:
        if not self._closed:
            # The last one takes the next job: a process that runs goes before one that would have to be started.
            self._free.insert(0 if hand.process is None else len(self._free), hand)
            self._hand_out()

    @staticmethod
    def _late(job: _Job) -> None:
        log.warning("translation.late")
        job.refuse(Unavailable(Reason.SLOW))


class _Hand:
    """The place of one process, which is started for the first job and again when it has gone. `freed` is called when
    it can take another job; a job whose process took `longest` seconds loses it."""

    def __init__(self, command: Sequence[str], longest: float, freed: Callable[[_Hand], None]) -> None:
        self.process: Process | None = None
        self._command = command
        self._longest = longest
        self._freed = freed
        self._job: _Job | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._starting: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()

    def take(self, job: _Job) -> None:
        self._job = job
        if self.process is None:
            self._starting = self._besides(self._start(job))
        else:
            self._ask(self.process, job)

    async def end(self) -> None:
        """No process is left. The job is told."""
        if self._starting is not None:
            self._starting.cancel()
        process, self.process = self.process, None
        if process is not None:
            self._besides(process.end())
        await asyncio.gather(*self._beside, return_exceptions=True)
        self._settled(Reason.BROKEN)

    def _besides(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    async def _start(self, job: _Job) -> None:
        try:
            self.process = await Process.start(self._command, self._heard, self._lost)
            log.info("translation.process_started")
            self._ask(self.process, job)
        except Exception as error:  # noqa: BLE001 - whatever a system says to it
            log.error("translation.process_failed", extra={"error": type(error).__name__})
            self._settled(Reason.BROKEN)
            await asyncio.sleep(PAUSE)
            self._freed(self)

    def _ask(self, process: Process, job: _Job) -> None:
        self._limit = asyncio.get_running_loop().call_later(self._longest, self._give_up, Reason.SLOW, "TimeoutError")
        process.tell(
            written({
                "id": job.number, "steps": job.steps, "sentences": job.sentences, "alternatives": job.alternatives,
            })
        )  # fmt: skip

    def _heard(self, line: bytes) -> None:
        job = self._job
        try:
            found = read(line)
        except ValueError:
            found = None
        if job is None or not isinstance(found, dict) or found.get("id") != job.number:
            self._give_up(Reason.BROKEN, "an answer to something else")
        elif "error" in found:
            log.error("translation.failed", extra={"error": _kind(found["error"])})
            folder = found.get("damaged")
            if isinstance(folder, str) and folder in job.steps:
                job.refuse(Damaged(folder))
            self._settled(Reason.BROKEN)
            self._freed(self)
        elif not _fits(found.get("sentences"), job):
            self._give_up(Reason.BROKEN, "not what was asked for")
        else:
            if not job.done.done():
                job.done.set_result(found["sentences"])
            self._settled(Reason.BROKEN)
            self._freed(self)

    def _lost(self) -> None:
        """The process ended."""
        if self.process is not None:
            self._give_up(Reason.BROKEN, "it ended")

    def _give_up(self, reason: Reason, error: str) -> None:
        """Another process takes the next job."""
        log.error("translation.process_failed", extra={"error": error})
        process, self.process = self.process, None
        had = self._job is not None
        self._settled(reason)
        if process is not None:
            process.kill()  # now: what it still says or does must not be taken for the next one's
            self._besides(process.end())
        if had:
            self._freed(self)

    def _settled(self, reason: Reason) -> None:
        """No job is under way any more; one without an answer is refused."""
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        job, self._job = self._job, None
        if job is not None:
            job.refuse(Unavailable(reason))


def _fits(found: object, job: _Job) -> bool:
    """Whether there is a translation of each sentence, and nothing but texts that a sentence can be."""
    return (
        isinstance(found, list)
        and len(found) == len(job.sentences)
        and all(isinstance(options, list) and options and all(map(_is_sentence, options)) for options in found)
    )


def _is_sentence(found: object) -> bool:
    return isinstance(found, str) and len(found) <= LONGEST_SENTENCE


def _kind(error: object) -> str:
    """The name of an error, and nothing that could be a sentence."""
    return error if isinstance(error, str) and error.isascii() and error.isidentifier() and len(error) < 60 else "?"
