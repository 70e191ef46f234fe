"""The key of the pages: it opens where caseworkers are paged, and signs the links of pages.

Every gateway needs the same, at two in the morning, without a caseworker who is logged in. So it comes from the
settings (`INLOOP_PAGE_KEY`, best from the service manager's credential store), or lies in the data folder, apart
from the database and its backups.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets

from bot.settings import Settings, SettingsError

FILE = "page.key"


def page_key(settings: Settings) -> bytes:
    """32 bytes. Makes the file at the first start, readable by its owner alone. Raises `SettingsError`."""
    given = settings.page_key.get_secret_value()
    if given:
        return hashlib.blake2b(given.encode(), digest_size=32, person=b"inloop:page").digest()
    path = settings.data_dir / FILE
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f"{FILE}.{os.getpid()}")
        with os.fdopen(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its key is the one
            os.link(new, path)
        new.unlink()
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        raise SettingsError(f"{path} is damaged: take it from a backup of the data folder, or remove it") from None
