"""The page key. It opens the addresses at which caseworkers are paged, signs the links in those pages, and makes the
marks that vouch for rows of the database.

Every gateway needs the same, at two in the morning, without a caseworker who is logged in. It belongs where the other
secrets are (`INLOOP_PAGE_KEY`): then a stolen data folder does not contain it. A trial makes one in the data folder. An
installation that already has one there keeps it, and can move it unchanged.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from bot.settings import Settings, SettingsError

FILE = "page.key"
BYTES = 32
MOVED = "page-key-1:"
"""How the setting begins that holds a key itself, out of a data folder. Of any other text the key is derived."""


def page_key(settings: Settings) -> bytes:
    """32 bytes. A trial makes the file at the first start, readable by its owner alone. Raises `SettingsError`."""
    given = settings.page_key.get_secret_value()
    if given.startswith(MOVED):
        return _raw(given.removeprefix(MOVED), "INLOOP_PAGE_KEY", "take it from where it was written")
    if given:
        return hashlib.blake2b(given.encode(), digest_size=BYTES, person=b"inloop:page").digest()
    if (found := in_data_folder(settings)) is not None:
        return found
    if settings.secure:
        raise SettingsError("INLOOP_PAGE_KEY is not set, and no key is made in the data folder (docs/deploy.md)")
    _make(settings.data_dir)
    return page_key(settings)


def in_data_folder(settings: Settings) -> bytes | None:
    """The key that lies in the data folder, used or not. Raises `SettingsError`."""
    path = settings.data_dir / FILE
    if not path.exists():
        return None
    return _raw(path.read_text("ascii", "replace"), str(path), "take it from a copy of the data folder, or remove it")


def as_setting(key: bytes) -> str:
    """The text with which INLOOP_PAGE_KEY is this very key."""
    return MOVED + key.hex()


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    new = path.with_name(f"{FILE}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as out:
        out.write(secrets.token_hex(BYTES))
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the one
        os.link(new, path)
    new.unlink()


def _raw(text: str, name: str, advice: str) -> bytes:
    with contextlib.suppress(ValueError):
        if len(raw := bytes.fromhex(text.strip())) == BYTES:
            return raw
    raise SettingsError(f"{name} is damaged: {advice}")
