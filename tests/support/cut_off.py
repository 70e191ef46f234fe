"""A machine whose network is cut: `python -m tests.support.cut_off COMMAND...` runs it in a network of its own, in
which there is a loopback device and nothing else, and says at the end how often something there asked for outside."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_SET_FLAGS, _UP = 0x8914, 1
_SAYS = "asked for outside:"
_COUNTS = {"Ip:OutNoRoutes", "Udp:NoPorts", "Ip6OutNoRoutes", "Udp6NoPorts"}


def cut() -> None:
    """From here on this process and its children reach only each other. Raises `OSError` where that may not be."""
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))


def must_cut() -> None:
    """Where the kernel does not allow it (some let only root) the test is skipped, but not in CI: nobody would see it
    there."""
    without = pytest.fail if "CI" in os.environ else pytest.skip
    command = [sys.executable, "-m", "tests.support.cut_off", "true"]
    if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode != 0:
        without("this kernel lets nobody have a network of their own")


def asked_outside() -> int:
    """How often anything in this network asked for another one, as the kernel counts it: what has no way out, and what
    goes to a port of loopback where nobody listens for datagrams (a look-up, where the names' server is local).

    So nothing is missed that does not go through Python: uvloop connects and looks names up in libuv, where no audit
    hook hears of it, and a library in C does as it likes.
    """
    four = [line.split() for line in Path("/proc/net/snmp").read_text(encoding="utf-8").splitlines()]
    counted = {
        names[0] + name: int(value)
        for names, values in zip(four[::2], four[1::2], strict=True)
        for name, value in zip(names[1:], values[1:], strict=True)
    }
    if (six := Path("/proc/net/snmp6")).exists():
        counted |= {name: int(value) for name, value in map(str.split, six.read_text(encoding="utf-8").splitlines())}
    return sum(value for name, value in counted.items() if name in _COUNTS)


def in_a_cut_network(*command: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """A Python program in a network of its own, and how often something there asked for outside."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.cut_off", sys.executable, *command], cwd=ROOT, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    said = re.search(rf"^{_SAYS} (\d+)$", done.stderr, re.MULTILINE)
    assert said, done.stderr[-3000:]
    return done, int(said[1])


if __name__ == "__main__":
    cut()
    code = subprocess.run(sys.argv[1:], check=False).returncode
    print(f"\n{_SAYS} {asked_outside()}", file=sys.stderr)
    raise SystemExit(code)
