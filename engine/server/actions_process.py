"""The action server as a child of the engine: started with it, started again when it dies, gone when the
engine is.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

log = logging.getLogger("engine.actions")

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0
HEALTHY_SECONDS = 10.0


class ActionsProcess:
    """Watches one ``python -m engine.server.actions_serve``."""

    def __init__(self, host: str, port: int) -> None:
        self._arguments = [sys.executable, "-m", "engine.server.actions_serve", "--host", host, "--port", str(port)]
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="actions", daemon=True)

    def start(self) -> None:
        """Start the server and the watching of it."""
        self._process = self._spawn()
        self._thread.start()

    def stop(self) -> None:
        """Stop both. The child also stops by itself when its standard input closes."""
        self._stopping.set()
        process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # Our own end of the pipe closes however this process ends; that is the child's sign to end as well.
        return subprocess.Popen(self._arguments, stdin=subprocess.PIPE)

    def _watch(self) -> None:
        wait = FIRST_WAIT_SECONDS
        while not self._stopping.is_set() and self._process is not None:
            began = time.monotonic()
            status = self._process.wait()
            if self._stopping.is_set():
                return
            wait = (
                FIRST_WAIT_SECONDS
                if time.monotonic() - began > HEALTHY_SECONDS
                else min(wait * 2, LONGEST_WAIT_SECONDS)
            )
            log.error("action server ended with status %d, starting it again", status)
            if self._stopping.wait(wait):
                return
            self._process = self._spawn()
