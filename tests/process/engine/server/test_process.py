"""The engine as a process: starting, ending, its action server dying, and what it prints and keeps."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.engine_process import PYTHON, ROOT, EngineProcess, running_engine
from tests.support.ports import free_port

CANARY = "kanariepiet"


def ended(process: psutil.Process, seconds: float) -> bool:
    _, alive = psutil.wait_procs([process], timeout=seconds)
    return not alive


@pytest.mark.night
def test_an_empty_environment_is_enough_and_nothing_written_is_printed(model: Path) -> None:
    with running_engine(model, environment={}) as engine:
        assert engine.turn("a", f"{CANARY} I need a place to sleep").status_code == 200
        assert engine.turn("a", f"/{CANARY}").status_code == 200
        assert engine.turn(CANARY, f"{CANARY}", vector="AAA=").status_code == 422
        assert (
            engine.turn(CANARY, f"{CANARY}", vector="AACAPw==").status_code == 500
        )  # one float: the wrong size
        engine.client.post("/webhooks/inloop/turn", content=f'{{"text": "{CANARY}'.encode())
        engine.client.get(f"/{CANARY}?{CANARY}={CANARY}")
        actions = f"http://127.0.0.1:{engine.actions_port}"
        for call in (
            {"next_action": "action_answer", "tracker": {"sender_id": CANARY}},
            {"next_action": CANARY},
        ):
            answer = httpx.post(f"{actions}/webhook", json=call, trust_env=False)
            assert answer.status_code >= 400
            assert "tracker" not in answer.text
        assert httpx.post(f"{actions}/webhook", content=CANARY, trust_env=False).status_code == 500
        printed = engine.printed()
    assert "turn failed" in printed
    assert "action failed" in printed
    assert CANARY not in printed


@pytest.mark.night
def test_it_ends_with_its_parent_and_takes_the_action_server_along(model: Path) -> None:
    with running_engine(model) as engine:
        actions = engine.actions()
        assert actions is not None
        me = psutil.Process(engine.process.pid)
        assert engine.process.stdin is not None
        engine.process.stdin.close()
        assert ended(me, 10)
        assert ended(actions, 10)


@pytest.mark.night
def test_the_action_server_ends_when_the_engine_is_killed(model: Path) -> None:
    with running_engine(model) as engine:
        actions = engine.actions()
        assert actions is not None
        engine.process.kill()
        engine.process.wait()
        assert ended(actions, 10)


@pytest.mark.night
def test_a_dead_action_server_is_an_error_at_once_and_comes_back(model: Path) -> None:
    with running_engine(model) as engine:
        assert engine.choose("a", "shelter").status_code == 200
        actions = engine.actions()
        assert actions is not None
        actions.suspend()  # alive and silent: the worst case
        began = time.monotonic()
        answer = engine.choose("a", "shelter")
        assert (answer.status_code, answer.json()) == (500, {"error": "turn failed"})
        assert time.monotonic() - began < 4
        actions.kill()
        began = time.monotonic()
        while engine.choose("a", "shelter").status_code != 200:
            assert time.monotonic() - began < 30
        again = engine.actions()
        assert again is not None
        assert again.pid != actions.pid


@pytest.mark.night
def test_a_failed_turn_changes_nothing_of_the_open_question(model: Path) -> None:
    with running_engine(model) as engine:
        engine.choose("a", "talk_to_human")
        actions = engine.actions()
        assert actions is not None
        actions.kill()
        while engine.choose("a", "affirm").status_code == 500:
            pass
        # The first yes that went through was the answer; the failed ones before it were not.
        assert engine.choose("a", "affirm").json()["requests"] == []


@pytest.mark.night
def test_conversations_have_a_cap_and_a_time_to_live(model: Path) -> None:
    arguments = ["--max-conversations", "2", "--conversation-seconds", "3600"]
    with running_engine(model, arguments=arguments) as engine:
        for name in ("a", "b", "c"):
            engine.choose(name, "talk_to_human")
        assert engine.forget("a").json() == {"forgotten": False}
        assert engine.forget("b").json() == {"forgotten": True}
        assert engine.choose("c", "affirm").json()["requests"] == ["handoff"]


@pytest.mark.parametrize("line", ["", "\n", "not json\n", '{"secret": "short"}\n', '{"secret": 5}\n', "[]\n"])
def test_without_a_secret_it_does_not_start(line: str) -> None:
    command = [
        str(PYTHON),
        "-m",
        "engine.server.serve",
        "--port",
        str(free_port()),
        "--actions-port",
        str(free_port()),
    ]
    done = subprocess.run(
        command, cwd=ROOT, input=line, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "secret" in done.stderr


@pytest.mark.night  # by the processor's clock
def test_memory_of_a_conversation_does_not_grow(engine: EngineProcess, conversation: str) -> None:
    process = psutil.Process(engine.process.pid)

    def hundred_turns() -> float:
        began = process.cpu_times()
        for _ in range(100):
            assert engine.choose(conversation, "shelter").status_code == 200
        ended = process.cpu_times()
        return (ended.user + ended.system) - (began.user + began.system)

    first = min(hundred_turns(), hundred_turns())
    for _ in range(3):
        hundred_turns()
    # With a growing tracker the sixth hundred costs several times the first.
    assert min(hundred_turns(), hundred_turns()) < 2 * first + 0.1


def test_unit_tests_inside_the_engines_own_environment() -> None:
    done = subprocess.run(
        [str(PYTHON), "-m", "unittest", "discover", "-s", "tests/process/engine/inside", "-t", "."],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Ran 0 tests" not in done.stderr
