"""A real engine for tests: `engine/.venv/bin/python -m engine.server.serve` with a trained model, and its door."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "engine/.venv/bin/python"
SECRET = "a-secret-that-only-the-tests-know"
READY_SECONDS = 90.0


def trained_model() -> Path:
    """The model of the real data, trained now if it is not up to date."""
    out = ROOT / "models/rasa"
    done = subprocess.run(
        [str(PYTHON), "-m", "engine.training.train", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return out / "inloop.tar.gz"


@dataclass
class EngineProcess:
    """A running engine. `log` is a file with everything it and its action server printed."""

    url: str
    actions_port: int
    process: subprocess.Popen[bytes]
    log: Path
    client: httpx.Client = field(repr=False)

    def turn(self, conversation: str, text: str, **metadata: Any) -> httpx.Response:
        """A written message."""
        body = {"conversation": conversation, "text": text, "metadata": metadata}
        return self.client.post("/webhooks/inloop/turn", json=body)

    def choose(self, conversation: str, intent: str) -> httpx.Response:
        """A pressed button."""
        body = {"conversation": conversation, "choice": {"intent": intent, "entities": {}}}
        return self.client.post("/webhooks/inloop/turn", json=body)

    def forget(self, conversation: str) -> httpx.Response:
        """Everything of a conversation is dropped."""
        return self.client.post("/webhooks/inloop/forget", json={"conversation": conversation})

    def actions(self) -> psutil.Process | None:
        """The action server, found by its command."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "engine.server.actions_serve" in child.cmdline():
                    return child
        return None

    def printed(self) -> str:
        """What was printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def running_engine(
    model: Path, *, arguments: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[EngineProcess]:
    """An engine that is ready; stopped at the end as `inloop up` stops it, by closing its standard input."""
    port, actions_port = free_port(), free_port()
    command = [str(PYTHON), "-m", "engine.server.serve", "--port", str(port), "--actions-port", str(actions_port)]
    command += ["--model", str(model), *arguments]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(os.environ if environment is None else environment),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps({"secret": SECRET}).encode() + b"\n")
            process.stdin.flush()
            headers = {"X-Inloop-Secret": SECRET}
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20, trust_env=False
            ) as client:
                _wait(client, process, log)
                yield EngineProcess(str(client.base_url), actions_port, process, log, client)
        finally:
            with contextlib.suppress(BrokenPipeError, OSError):
                process.stdin.close()  # type: ignore[union-attr]
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the engine says that it is ready."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        with contextlib.suppress(httpx.TransportError):
            if client.get("/webhooks/inloop/health").json()["ready"]:
                return
        time.sleep(0.05)
    raise AssertionError("the engine was not ready in time: " + log.read_text(errors="replace")[-2000:])
