"""Processes that do not start, end, or fall silent: whoever waits is told, and none is left."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import psutil
import pytest
import uvloop

from bot.translation import Pool, Reason, Unavailable
from bot.translation.engine import pool as pools
from bot.translation.engine.process import Process

Of = Callable[..., Pool]
READY = "import json, os, sys, time\nprint('{\"ready\": true}', flush=True)\n"
ECHO = """
for line in sys.stdin:
    asked = json.loads(line)
    if asked['sentences'] == ['wait']:
        time.sleep(600)
    if asked['sentences'] == ['end']:
        sys.exit()
    print(json.dumps({'id': asked['id'], 'sentences': [[sentence] for sentence in asked['sentences']]}), flush=True)
"""


@pytest.fixture(params=[uvloop.EventLoopPolicy, asyncio.DefaultEventLoopPolicy], ids=["uvloop", "asyncio"])
def event_loop_policy(request: pytest.FixtureRequest) -> asyncio.AbstractEventLoopPolicy:
    """The gateway runs on the one, `inloop doctor` and the other commands on the other."""
    made: asyncio.AbstractEventLoopPolicy = request.param()
    return made


@pytest.fixture
async def pool_of() -> AsyncIterator[Callable[..., Pool]]:
    made: list[Pool] = []

    def pool_of(program: str, size: int = 1) -> Pool:
        made.append(Pool(size, 120, 1, (sys.executable, "-c", program)))
        return made[-1]

    yield pool_of
    for pool in made:
        await pool.close()


async def told(pool: Pool, sentence: str) -> list[list[str]] | Reason:
    try:
        return await pool.run([], [sentence], 1, patient=False)
    except Unavailable as unavailable:
        return unavailable.reason


async def until(found: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not found():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        "print('hello', flush=True); input()",
        "print('{\"ready\": false}', flush=True); input()",
        "import sys; sys.stdout.write('x' * 9_000_000); sys.stdout.flush(); input()",
        READY + "input(); os._exit(0)",
    ],
)
async def test_a_process_that_is_none_of_ours_is_told_at_once(
    pool_of: Of, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "PAUSE", 0.05)
    others, pool = set(psutil.Process().children()), pool_of(program)
    # Not SLOW: nobody waited until the time was over.
    assert [await told(pool, "a"), await told(pool, "b")] == [Reason.BROKEN, Reason.BROKEN]
    await pool.close()
    assert pool.pids == []
    assert set(psutil.Process().children()) <= others


NAMED = [("'ValueError'", "ValueError"), ("asked['sentences'][0]", "?"), ("7", "?")]


@pytest.mark.parametrize(("says", "logged"), NAMED)
async def test_what_a_process_calls_its_error_is_logged_only_as_a_name(
    pool_of: Of, says: str, logged: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = f"    print(json.dumps({{'id': asked['id'], 'error': {says}}}), flush=True)\n"
    pool = pool_of(READY + "for line in sys.stdin:\n    asked = json.loads(line)\n" + answer)
    assert await told(pool, "a secret that was written") is Reason.BROKEN
    assert [vars(record)["error"] for record in caplog.records if record.msg == "translation.failed"] == [logged]


@pytest.mark.parametrize("ours", [True, False])
async def test_only_a_process_that_ends_by_itself_says_so(ours: bool) -> None:
    """Else the end of one that was given up would be taken for the end of the next one."""
    ends: list[str] = []
    process = await Process.start([sys.executable, "-c", READY + ECHO], lambda _: None, lambda: ends.append("ended"))
    if ours:
        process.kill()
    else:
        psutil.Process(process.pid).kill()
        await until(lambda: ends)
    await process.end()
    assert ends == ([] if ours else ["ended"])


@pytest.mark.parametrize("rounds", [0, 1, 2, 3])
async def test_a_start_that_is_given_up_leaves_nothing_to_be_complained_about(rounds: int) -> None:
    """At whatever round of the loop: what nobody waits for any more is no failure, and none is printed."""
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context["message"]))
    starting = asyncio.ensure_future(Process.start([sys.executable, "-c", READY + ECHO], print, print))
    for _ in range(rounds):
        await asyncio.sleep(0)
    starting.cancel()
    await asyncio.wait([starting])
    assert starting.cancelled()
    del starting
    await asyncio.sleep(0)  # the loop lets go of it
    gc.collect()
    assert said == []


async def test_a_program_that_is_not_there_is_told_at_once(pool_of: Of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert await told(pool_of(""), "a") is Reason.BROKEN


async def test_while_a_process_is_started_everybody_else_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """To start a program takes as long as the system likes, and longer the more memory the gateway has."""
    served, opened = threading.Event(), subprocess.Popen
    waited: list[bool] = []

    def slow(*of: Any, **named: Any) -> subprocess.Popen[bytes]:
        waited.append(served.wait(20))
        return opened(*of, **named)

    monkeypatch.setattr(subprocess, "Popen", slow)
    starting = asyncio.ensure_future(Process.start([sys.executable, "-c", READY + ECHO], print, print))
    asyncio.get_running_loop().call_later(0.05, served.set)
    await (await starting).end()
    assert waited == [True]


async def test_one_that_ended_while_nobody_asked_is_replaced_at_the_next_question(pool_of: Of) -> None:
    pool = pool_of(READY + ECHO)
    assert await told(pool, "a") == [["a"]]
    (pid,) = pool.pids
    psutil.Process(pid).kill()
    await until(lambda: not pool.pids)
    assert await told(pool, "b") == [["b"]]


async def test_one_question_that_ends_a_process_takes_no_other_with_it(pool_of: Of) -> None:
    pool = pool_of(READY + ECHO)
    asked = [asyncio.ensure_future(told(pool, sentence)) for sentence in ("a", "end", "b", "c")]
    assert await asyncio.gather(*asked) == [[["a"]], Reason.BROKEN, [["b"]], [["c"]]]


async def test_a_second_process_is_started_when_the_first_has_its_hands_full_and_not_before(pool_of: Of) -> None:
    pool = pool_of(READY + ECHO, size=2)
    for sentence in "abc":
        assert await told(pool, sentence) == [[sentence]]
    assert len(pool.pids) == 1
    long = asyncio.ensure_future(told(pool, "wait"))
    await asyncio.sleep(0)  # it has asked
    assert await told(pool, "d") == [["d"]]
    assert len(pool.pids) == 2
    await pool.close()
    assert await long is Reason.BROKEN


async def test_an_answer_that_nobody_waits_for_any_more_is_not_given_to_another(pool_of: Of) -> None:
    pool = pool_of(READY + ECHO)
    assert await told(pool, "a") == [["a"]]
    gone = asyncio.ensure_future(told(pool, "b"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await told(pool, "c") == [["c"]]
    assert gone.cancelled()


@pytest.mark.parametrize("started", [False, True])
async def test_closing_tells_whoever_waits_and_leaves_no_process(pool_of: Of, started: bool) -> None:
    others, pool = set(psutil.Process().children()), pool_of(READY + ECHO)
    if started:
        assert await told(pool, "a") == [["a"]]
    asked = [asyncio.ensure_future(told(pool, sentence)) for sentence in ("wait", "b", "c")]
    await asyncio.sleep(0)
    await pool.close()
    assert await asyncio.gather(*asked) == [Reason.BROKEN] * 3
    assert await told(pool, "d") is Reason.BROKEN
    assert set(psutil.Process().children()) <= others
