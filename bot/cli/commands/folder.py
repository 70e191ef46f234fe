"""The data folder: made once, readable by its owner alone."""

from __future__ import annotations

from pathlib import Path


class CannotStart(RuntimeError):
    """Something that has to be right before serving is not; the message says what to do."""


def prepare_folder(folder: Path) -> None:
    """The data folder, readable by its owner alone. Raises `CannotStart`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
    except OSError as error:
        raise CannotStart(f"the data folder {folder} cannot be made private: {error.strerror}") from None
