"""Room that is kept for the day when the disk is full: with it the first things that matter still fit in, a message in
danger and a deletion, until somebody makes more."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

NAME = "ballast"
SIZE = 32 * 1024 * 1024
AMPLE = 20
"""So many times its size must be free before room is taken for it."""
LOW = 0.1
"""Share of the disk that should be free."""


def keep(folder: Path) -> None:
    """Make it where there is none and room is ample."""
    path = folder / NAME
    if path.exists() or shutil.disk_usage(folder).free < AMPLE * SIZE:
        return
    new = folder / f"{NAME}.{os.getpid()}"
    try:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
            os.posix_fallocate(out.fileno(), 0, SIZE)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def drop(folder: Path) -> bool:
    """Give its room away; whether there was any."""
    with contextlib.suppress(FileNotFoundError):
        (folder / NAME).unlink()
        return True
    return False


def free(folder: Path) -> float:
    """Share of the disk that is free."""
    disk = shutil.disk_usage(folder)
    return disk.free / disk.total


def is_low(folder: Path) -> bool:
    """Whether somebody should make room."""
    return free(folder) < LOW
