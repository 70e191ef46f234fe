"""Ports of loopback for servers that tests start."""

from __future__ import annotations

import os
import random
import socket

FIRST, EACH = 12_000, 3_000
"""Below the ports that outgoing connections are given, so that a server that is killed gets its own back."""


def free_port() -> int:
    """A free one, from a range that the other workers of this run leave alone."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    begin = FIRST + (worker % 6) * EACH
    for _ in range(100):
        port = random.randrange(begin, begin + EACH)
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("no port is free")
