"""`inloop page-key`: out of the data folder, without becoming another key."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from bot.cli.commands.asking import Refused
from bot.settings import Settings
from bot.settings.page_key import FILE, as_setting, in_data_folder, page_key
from bot.settings.secret_files import open_to_others


def copy(settings: Settings, to: Path, console: Console) -> int:
    """Writes the key into a file of its own. Nothing uses it yet; the one in the data folder stays."""
    try:
        if settings.page_key.get_secret_value():
            raise Refused("INLOOP_PAGE_KEY is set already: that is the key in use.")
        if (key := in_data_folder(settings)) is None:
            raise Refused(f"There is no {FILE} in the data folder.")
        if in_folder(to, settings.data_dir):
            raise Refused(f"{to} lies in the data folder: who takes the folder had it too.")
        _write(as_setting(key), to)
    except Refused as error:
        console.print(str(error))
        return 1
    setting = f"INLOOP_PAGE_KEY_FILE={to.absolute()}"
    console.print(
        f"It is the same key. Set {setting} for all that runs here, start it again, then: inloop page-key remove"
    )
    return 0


def remove(settings: Settings, console: Console) -> int:
    """Takes the file out of the data folder, when what the setting gives is the same key."""
    key = in_data_folder(settings)
    if key is None:
        console.print(f"There is no {FILE} in the data folder.")
        return 0
    if not settings.page_key.get_secret_value():
        console.print("INLOOP_PAGE_KEY is not set: this is the key in use. First: inloop page-key copy FILE")
        return 1
    if page_key(settings) != key:
        console.print(f"INLOOP_PAGE_KEY is another key than {FILE}: nothing is removed.")
        return 1
    (settings.data_dir / FILE).unlink()
    console.print(f"{FILE} is gone. Copies of the data folder that were made before have it still.")
    return 0


def in_folder(path: Path, folder: Path) -> bool:
    return folder.resolve() in path.resolve().parents


def _write(text: str, to: Path) -> None:
    """Into a file that is absent, or empty and nobody else's. Raises `Refused`."""
    try:
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w", encoding="ascii") as out:
            if os.fstat(out.fileno()).st_size:
                raise Refused(f"{to} is not empty: name another file.")
            if open_to_others(to):
                raise Refused(f"{to} is open to others: chmod 600, and owned by this account.")
            out.write(text + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise Refused(f"{to} cannot be written: {error.strerror}.") from None
