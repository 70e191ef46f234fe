"""The baseline: what `rasa init` makes, behind its REST channel, in the engine's own environment."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from bot.operations.supervisor import free_port
from bot.settings import ROOT
from encoder.runtime.processor import known_kernels

RASA = ROOT / "engine" / ".venv" / "bin" / "rasa"


def environment() -> dict[str, str]:
    return {
        **known_kernels(),  # as our engine's processes compute
        "PATH": os.environ["PATH"],
        "HOME": str(ROOT / ".cache" / "engine-home"),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def prepare(folder: Path) -> Path:
    """Makes and trains the project once; kept in `.cache`, since it never changes."""
    if not any((folder / "models").glob("*.tar.gz")):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [str(RASA), "init", "--no-prompt", "--init-dir", str(folder)],
            env=environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return folder


@contextmanager
def running(folder: Path) -> Iterator[tuple[str, psutil.Process, float]]:
    """(address, process, seconds to start) of stock Rasa."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(RASA), "run", "--interface", "127.0.0.1", "--port", str(port)],
        cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                if httpx.post(
                    address + "/webhooks/rest/webhook", json={"sender": "x", "message": "hello"}, timeout=30
                ).json():
                    break
            except httpx.HTTPError:
                pass
            if process.poll() is not None or time.perf_counter() - began > 240:
                raise RuntimeError("stock Rasa did not start")
            time.sleep(0.2)
        yield address, psutil.Process(process.pid), time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)
