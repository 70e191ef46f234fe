"""The trained Rasa model's understanding of many messages, as a child process over pipes (`engine/server/parse.py`)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from bot.dialogue.engine_process import ENGINE_PYTHON, engine_environment
from bot.settings import ROOT


class BatchFailed(RuntimeError):
    """The child ended or answered nonsense."""


class EngineBatch:
    """Use as a context manager; the child ends with it."""

    def __init__(self, model: Path, encoder_dir: Path) -> None:
        command = [str(ENGINE_PYTHON), "-m", "engine.server.parse", "--model", str(model.absolute())]
        self._child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=engine_environment(encoder_dir),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def __enter__(self) -> EngineBatch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()

    def parse(self, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """`[{"id", "text", "vector"}]` -> `[{"id", "topic", "confidence", "ranking"}]` in the same order. Raises
        `BatchFailed`."""
        stdin, stdout = self._child.stdin, self._child.stdout
        assert stdin is not None and stdout is not None
        answers = []
        try:
            for request in requests:
                stdin.write(json.dumps(request) + "\n")
            stdin.flush()
            for _ in requests:
                answers.append(json.loads(stdout.readline()))
        except (OSError, ValueError) as error:
            raise BatchFailed(f"the engine's understanding ended early ({type(error).__name__})") from None
        return answers
