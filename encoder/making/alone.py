"""One process at a time learns a model: a second one waits, and then finds it learned."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".learning"


@contextmanager
def alone(folder: Path, tell: Callable[[str], object]) -> Iterator[None]:
    """Hold ``folder`` (made if it is not there); ``tell`` says so when another process holds it. The system lets go of
    it when a process dies, however it does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"{folder.name}: another process is learning it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
