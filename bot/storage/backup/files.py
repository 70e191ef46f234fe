"""The files of a folder of backups: their names, which there are, and when they go."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from bot.storage.database.errors import BackupError

_NAME = re.compile(r"inloop-(\d{8}T\d{6}Z)\.(keys|bodies)")
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file; `part` is `keys` or `bodies`. `made_at` is when what is in it was so."""

    path: Path
    part: str
    made_at: datetime


def path_of(folder: Path, part: str, made_at: datetime) -> Path:
    return folder / f"inloop-{made_at:{_TIME}}.{part}"


def found_in(folder: Path) -> list[BackupFile]:
    """Every backup, oldest first. A folder that is not there has none."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if match := _NAME.fullmatch(path.name):
            with contextlib.suppress(ValueError):  # a day that is none: it has the name of a backup and is none
                made_at = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC)
                found.append(BackupFile(path, match[2], made_at))
    return sorted(found, key=lambda file: (file.made_at, file.part))


def expire(folder: Path, now: datetime, keep: dict[str, timedelta]) -> int:
    """Removes what is older than `keep` says for its part, the last one too; how many files.

    The time after which a deleted conversation is gone from the backups is a promise; that there is a backup is
    for whoever looks after the machine, and `inloop doctor` says when there is none.
    """
    old = [file for file in found_in(folder) if file.made_at < now - keep[file.part]]
    for file in old:
        wipe(file.path)
    return len(old)


def wipe(path: Path) -> None:
    """Overwrites a file and removes it. What a file system or an SSD keeps below is beyond this program."""
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            blank(file)
        path.unlink()


def blank(file: IO[bytes]) -> None:
    """Overwrites a file that is open at its beginning, whether it has a name still or not."""
    size = os.fstat(file.fileno()).st_size
    for start in range(0, size, 1 << 20):
        file.write(bytes(min(1 << 20, size - start)))
    file.flush()
    os.fsync(file.fileno())


@contextlib.contextmanager
def workplace(beside: Path) -> Iterator[Path]:
    """A folder of this account alone, beside a file; what is in it is wiped at the end, and what a killed run left
    in it at the start."""
    folder = beside.parent / f"{beside.name}.work"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _empty(folder)
        yield folder
    except OSError as error:
        raise BackupError(f"no place to work in beside {beside.name}: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            _empty(folder)
            folder.rmdir()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        wipe(path)
