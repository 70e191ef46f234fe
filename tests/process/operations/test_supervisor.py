"""The engine is started again whatever became of the one before, on the loop that the gateway runs on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import uvloop

from bot.operations.supervisor import Supervisor


def test_an_engine_that_is_dead_before_it_is_told_its_secret_is_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a machine that is short of memory: it is killed before the gateway has written to it. Here an engine is
    well when it repeats its secret."""
    real, started = asyncio.create_subprocess_exec, 0

    async def busy(*command: str, **options: Any) -> asyncio.subprocess.Process:
        nonlocal started
        process = await real(*command, **options)
        started += 1
        if started <= 2:
            process.kill()
            await process.wait()
            assert process.stdin is not None
            process.stdin.close()
            await asyncio.sleep(0)
        return process

    async def healthy() -> bool:
        return "s" * 20 in (tmp_path / "engine.log").read_text(encoding="utf-8")

    async def night() -> int:
        monkeypatch.setattr(asyncio, "create_subprocess_exec", busy)
        supervisor = Supervisor(
            "engine", ["/bin/cat"], cwd=tmp_path, env={}, secret="s" * 20, healthy=healthy,
            log_file=tmp_path / "engine.log",
        )  # fmt: skip
        supervisor.start()
        try:
            async with asyncio.timeout(120):
                await supervisor.ready.wait()
            return supervisor.restarts
        finally:
            await supervisor.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(night()) == 2
