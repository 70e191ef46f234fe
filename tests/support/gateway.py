"""A whole Inloop as a child process: the real command, the real engine, a data folder of its own."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
INLOOP = ROOT / ".venv" / "bin" / "inloop"


PATIENT = {"INLOOP_ENGINE_TIMEOUT": "60"}
"""A gateway that gives up on its engine only when it hangs, however busy the machine is."""
HANGS_SECONDS = 120.0
"""What takes so long does not come any more. It decides no test: whatever is waited for is an event."""

OPEN: list[httpx.Client] = []
"""Clients of people in these tests, closed together at the end."""


def client(url: str) -> httpx.Client:
    """A browser's connection to `url`, without the browser."""
    # No TLS here: reading all authorities takes 10 ms.
    made = httpx.Client(base_url=url, timeout=HANGS_SECONDS, verify=False)
    OPEN.append(made)
    return made


def wait_for(what: str, condition: Any, seconds: float = HANGS_SECONDS) -> Any:
    """Until `condition()` is true; its value. Fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if value := condition():
                return value
        except (httpx.HTTPError, OSError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


@contextmanager
def memory_may_be_left() -> Iterator[None]:
    """What is started in this block may leave its memory when it dies, unless it forbids that itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


class Gateway:
    """`inloop up` on `port`. `log` is everything it printed."""

    def __init__(self, folder: Path, port: int, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log_path = folder / "gateway.log"
        self._env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")},
            "INLOOP_PORT": str(port),
            "INLOOP_DATA_DIR": str(folder / "data"),
            "INLOOP_MESSAGES_PER_MINUTE": "100000",
            "INLOOP_CONVERSATIONS_PER_MINUTE": "100000",
            "INLOOP_TRANSLATION_TIMEOUT": "120",
            # somebody can be called at whatever hour the tests run, and no page goes anywhere
            "INLOOP_QUIET_PAGE_HOURS": "00:00-24:00",
            "INLOOP_PAGE_URLS": '["json://127.0.0.1:9/"]',
            **(env or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, engine: bool = True, seconds: float = HANGS_SECONDS) -> None:
        """Serving, and (unless `engine` is False) with an engine that answers."""
        with self.log_path.open("ab") as out, memory_may_be_left():
            self.process = subprocess.Popen(
                [str(INLOOP), "up", "--no-train"], cwd=ROOT, env=self._env, stdout=out, stderr=out,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        with httpx.Client(base_url=self.url, verify=False) as http:
            wait_for("the gateway answers", lambda: http.get("/health").status_code == 200, seconds)
        if engine:
            self.wait_for_engine(seconds)

    def wait_for_engine(self, seconds: float = HANGS_SECONDS, times: int | None = None) -> None:
        """Until the log says that the engine is ready (again: `times`)."""
        wanted = times or self.engine_starts() + (0 if self.engine_starts() else 1)
        wait_for("the engine is ready", lambda: self.engine_starts() >= wanted, seconds)

    def engine_starts(self) -> int:
        return self.log.count('"event": "engine.ready"')

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def engine_processes(self) -> list[psutil.Process]:
        return [p for p in self.children() if any("engine." in part for part in p.cmdline())]

    @contextmanager
    def without_engine(self) -> Iterator[None]:
        """No engine answers in this block. Whatever the supervisor starts is killed again, long before it answers:
        killed once, the engine could be back on a busy machine before anything was asked of it."""
        ended = threading.Event()

        def kill_all() -> None:
            while not ended.is_set():
                with contextlib.suppress(psutil.Error):  # one that ended by itself while we looked
                    for process in self.engine_processes():
                        process.kill()
                ended.wait(0.05)

        running_now = self.engine_processes()
        assert len(running_now) >= 2, "the engine and its action server"
        killer = threading.Thread(target=kill_all)
        killer.start()
        try:
            _, alive = psutil.wait_procs(running_now, 15)
            assert not alive
            yield
        finally:
            ended.set()
            killer.join()

    def kill(self) -> None:
        """`kill -9` of the gateway, as a crash is."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(HANGS_SECONDS)


@contextmanager
def running(folder: Path, port: int, *, engine: bool = True, env: Mapping[str, str] | None = None) -> Iterator[Gateway]:
    """A gateway for the length of a block."""
    gateway = Gateway(folder, port, env)
    try:
        gateway.start(engine=engine)
        yield gateway
    except BaseException:
        sys.stderr.write(gateway.log[-3000:] if gateway.log_path.exists() else "")
        raise
    finally:
        if gateway.process is not None and gateway.process.poll() is None:
            gateway.stop()


class Visitor:
    """A person's browser, without the browser: the visitor API as the contract has it."""

    def __init__(self, url: str, language: str | None = "en") -> None:
        self.http = client(url)
        opened = self.http.post("/api/conversations", json={"language": language})
        assert opened.status_code == 201, opened.text
        self.token = opened.json()["token"]
        self.return_code = opened.json()["return_code"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def come_back(self) -> None:
        """Opens the conversation with the return code; the old token is no good from here on."""
        opened = self.http.post("/api/conversations/restore", json={"return_code": self.return_code})
        assert opened.status_code == 201, opened.text
        self.token = opened.json()["token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def write(self, text: str, number: str | None = None) -> int:
        answer = self.http.post("/api/messages", json={"id": number or str(uuid4()), "text": text})
        assert answer.status_code == 202, answer.text
        seq: int = answer.json()["seq"]
        return seq

    def choose(self, label: str, *, newest: bool = True) -> int:
        """Presses the newest (or the oldest) button with this label."""
        choices = [c for m in self.messages() for c in m["choices"] if c["label"] == label]
        assert choices, f"no button {label!r}"
        answer = self.http.post(
            "/api/choices", json={"id": str(uuid4()), "choice": choices[-1 if newest else 0]["token"]}
        )
        assert answer.status_code == 202, answer.text
        seq: int = answer.json()["seq"]
        return seq

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        answer = self.http.get("/api/messages", params={"after": after})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def wait_for_answer(self, after: int, seconds: float = HANGS_SECONDS) -> list[dict[str, Any]]:
        """What came after message `after`, as soon as there is something that is not from the person."""
        return wait_for("an answer", lambda: [m for m in self.messages(after) if m["from"] != "person"], seconds)

    def ask(self, text: str) -> list[dict[str, Any]]:
        return self.wait_for_answer(self.write(text))
