"""A machine whose network is cut: `python -m tests.support.cut_off COMMAND...` runs it in a network of its own, in
which there is a loopback device and nothing else."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys

_SET_FLAGS, _UP = 0x8914, 1


def cut() -> None:
    """From here on this process and its children reach only each other. Raises `OSError` where that may not be."""
    os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))


def may_cut() -> bool:
    """Whether the kernel allows it (some let only root)."""
    return subprocess.run([sys.executable, "-m", __name__, "true"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    cut()
    os.execvp(sys.argv[1], sys.argv[1:])
