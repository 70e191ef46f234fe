"""Keep trained models outside the checkout, each under the hash of everything it was learned from.

An entry is written once, whole, and never changed. Only what was learned from nothing is kept: a model that was brought
up to date by a few sentences depends on what was there before, and its hash does not say so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

KEPT = 4
"""Entries of a part that are kept; the one that was used longest ago goes first."""


class ModelCache:
    """A folder of models, ``<part>/<hash>/<file>``; without a folder nothing is found and nothing is kept.

    Raises ``ValueError`` when others can write there: they would decide what is answered.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o022:
                raise ValueError(f"{folder} can be changed by others")
        self._folder = folder

    def restore(self, part: str, mark: str, into: Path, names: Sequence[str]) -> bool:
        """Put the files of an entry in their place and return True; without such an entry return False.

        The first is the model itself and is replaced at once. What is said of it is removed before and comes after, so
        a copy that breaks off is a model that nothing is known of, and it is learned again.
        """
        entry = self._entry(part, mark)
        if entry is None or not all((entry / name).is_file() for name in names):
            return False
        into.mkdir(parents=True, exist_ok=True)
        for name in names[1:]:
            (into / name).unlink(missing_ok=True)
        for name in names:
            shutil.copyfile(entry / name, into / f"new-{name}")
            (into / f"new-{name}").replace(into / name)
        os.utime(entry)
        return True

    def keep(self, part: str, mark: str, found: Path, names: Sequence[str]) -> None:
        """Copy the files of a model that was just learned; a no-op when one of them is not there, or the entry is."""
        entry = self._entry(part, mark)
        if entry is None or entry.is_dir() or not all((found / name).is_file() for name in names):
            return
        entry.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".new-", dir=entry.parent))
        try:
            for name in names:
                shutil.copyfile(found / name, work / name)
            with contextlib.suppress(OSError):  # another process was quicker
                work.rename(entry)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        self._prune(entry.parent)

    def replace(self, part: str, mark: str, found: Path, names: Sequence[str]) -> None:
        """Keep what has grown since: the entry goes, and this one comes."""
        entry = self._entry(part, mark)
        if entry is not None and entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        self.keep(part, mark, found, names)

    def _entry(self, part: str, mark: str) -> Path | None:
        return self._folder / part / mark if self._folder is not None else None

    def _prune(self, part: Path) -> None:
        entries = [path for path in part.iterdir() if path.is_dir() and not path.name.startswith(".")]
        for old in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


NO_CACHE = ModelCache()
