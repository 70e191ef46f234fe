"""The delivery key: what finds and opens a chat, and nothing else of this installation has.

It is never beside the database. Where it is from, the first that is there:

* the file of `INLOOP_DELIVERY_KEY_FILE`;
* `inloop-delivery-key` in the service manager's credential store (`$CREDENTIALS_DIRECTORY`);
* the memory of this machine: a file on a file system that is only memory (`$XDG_RUNTIME_DIR`, `/dev/shm`), so that it
  outlives this process and not the machine;
* the memory of this process.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import time
from pathlib import Path

from bot.settings import SettingsError
from bot.storage.conversations.telegram_chats import Mark
from bot.storage.sealing.envelopes import SealingError, unwrap, wrap

log = logging.getLogger(__name__)

BYTES = 32
CREDENTIAL = "inloop-delivery-key"


class DeliveryKey:
    """32 bytes, of which three keys are made: for looking up, for sealing, for tokens."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != BYTES:
            raise ValueError("a delivery key has 32 bytes")
        self._look_up, self._seal, self._tokens = (
            hashlib.blake2b(raw, digest_size=32, person=purpose).digest()
            for purpose in (b"inloop:chat", b"inloop:seal", b"inloop:token")
        )

    def __repr__(self) -> str:
        return "DeliveryKey(...)"

    def lookup(self, chat: int) -> bytes:
        """What a chat is found by; without the key nobody can tell whose it is."""
        return hashlib.blake2b(str(chat).encode(), key=self._look_up, digest_size=32).digest()

    def seal_chat(self, chat: int, lookup: bytes) -> bytes:
        """The chat's number, sealed. Padded: its length would tell how old an account is."""
        return wrap(self._seal, f"{chat:024d}".encode(), f"telegram:chat:{lookup.hex()}")

    def open_chat(self, sealed: bytes, lookup: bytes) -> int:
        """The chat's number again; raises `SealingError`, for instance under another key."""
        return int(unwrap(self._seal, sealed, f"telegram:chat:{lookup.hex()}"))

    def token(self, chat: int, salt: bytes) -> str:
        """The secret that opens the conversation of a chat; the salt is another one for every conversation."""
        mixed = hashlib.blake2b(salt + str(chat).encode(), key=self._tokens, digest_size=32)
        return mixed.hexdigest()

    def mark(self, chat_row: int, message: int) -> Mark:
        """The number of a message in a chat, sealed."""
        found = hashlib.blake2b(f"{chat_row}:{message}".encode(), key=self._look_up, digest_size=16).digest()
        return Mark(found, wrap(self._seal, f"{message:020d}".encode(), f"telegram:message:{chat_row}"), chat_row)

    def message(self, mark: Mark) -> int:
        """The number of a marked message; raises `SealingError`."""
        return int(unwrap(self._seal, mark.sealed, f"telegram:message:{mark.chat}"))


def load(file: Path | None, data_dir: Path) -> DeliveryKey:
    """The delivery key of the installation whose data is in `data_dir`. Raises `SettingsError` for a file that was
    named and holds no key."""
    file = file or _credential()
    if file is not None:
        return DeliveryKey(_read(file))
    name = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:16]
    for folder in filter(None, (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm")):  # noqa: S108 - memory, mode 0700
        with contextlib.suppress(OSError, SettingsError):
            return DeliveryKey(_in_memory(Path(folder) / f"inloop-{os.getuid()}", name))
    log.warning("delivery_key.in_process", extra={"kept": False})
    return DeliveryKey(secrets.token_bytes(BYTES))


def is_kept(file: Path | None) -> bool:
    """Whether the key outlives the machine."""
    return (file or _credential()) is not None


def _credential() -> Path | None:
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    found = Path(given) / CREDENTIAL if given else None
    return found if found is not None and found.exists() else None


def _read(file: Path) -> bytes:
    try:
        text = file.read_text(encoding="ascii").strip()
        raw = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise SettingsError(f"INLOOP_DELIVERY_KEY_FILE: cannot be read ({type(error).__name__})") from None
    if len(raw) != BYTES:
        raise SettingsError("INLOOP_DELIVERY_KEY_FILE: needs 64 hexadecimal digits")
    return raw


def _in_memory(folder: Path, name: str) -> bytes:
    """The key of this name, made if it is not there. Raises `OSError`, also for a folder that is somebody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or folder.is_symlink():
        raise OSError("not ours")
    path = folder / name
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        for _ in range(20):  # another gateway is writing it at this moment
            with contextlib.suppress(SettingsError):
                return _read(path)
            time.sleep(0.05)
        return _read(path)
    raw = secrets.token_bytes(BYTES)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(raw.hex())
    return raw


__all__ = ["DeliveryKey", "SealingError", "load"]
