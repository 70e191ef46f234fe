"""A file that only the recovery key opens: libsodium's sealed box for a key, and its secret stream under that.

::

    magic (8) | sealed box of the key (80) | header (24) | chunks of 64 KiB + 17, the last one marked as the last

Inside: the length of a manifest (4 bytes), the manifest (JSON), the content. What is cut off, changed or put in
another order does not open; a file is read to its marked end before anything of it is used.

Everybody who has the public half of the recovery key can write such a file. So the manifest says under the origin key,
which the installation has and the paper yields, that it was made here: over the key and the header of this stream, so
that it is good for no other content (`origin_of`).
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import nacl.bindings as sodium
import nacl.exceptions

from bot.storage.database.errors import BackupError
from bot.storage.sealing.envelopes import KeyPair, digest

MAGIC = b"INLOOPB1"
CHUNK = 64 * 1024
LARGEST_MANIFEST = 64 * 1024 * 1024
ORIGIN = "origin"
"""The place in the manifest."""
_BOX = sodium.crypto_secretstream_xchacha20poly1305_KEYBYTES + sodium.crypto_box_SEALBYTES
_HEADER = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_TAG = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_MORE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def origin_of(recovery_private: bytes) -> bytes:
    """The origin key of a recovery key."""
    return digest(recovery_private.hex(), b"inloop:origin")


def _mark(origin: bytes, key: bytes, header: bytes) -> str:
    return blake2b(key + header, digest_size=32, key=origin, person=b"inloop:made").hexdigest()


class SealedWriter:
    """Writes a new file, readable by its owner alone. `finish` marks its end and brings it to the disk; left
    without that, the file is removed. `origin`: the key that says who made it; empty: nobody says so."""

    def __init__(self, path: Path, public: bytes, manifest: Mapping[str, Any], origin: bytes = b"") -> None:
        self._path = path
        key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._file = os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        self._file.write(MAGIC + sodium.crypto_box_seal(key, public) + header)
        self._left = b""
        self._done = False
        made = {ORIGIN: _mark(origin, key, header)} if origin else {}
        raw = json.dumps(dict(manifest) | made).encode()
        self.write(len(raw).to_bytes(4, "big") + raw)

    def write(self, plain: bytes) -> None:
        self._left += plain
        while len(self._left) > CHUNK:  # the last one stays: it is marked
            self._push(self._left[:CHUNK], _MORE)
            self._left = self._left[CHUNK:]

    def write_all(self, source: IO[bytes]) -> None:
        """Everything that `source` holds, to its end."""
        while part := source.read(CHUNK):
            self.write(part)

    def finish(self) -> None:
        self._push(self._left, _LAST)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._done = True

    def _push(self, plain: bytes, tag: int) -> None:
        push = sodium.crypto_secretstream_xchacha20poly1305_push
        self._file.write(push(self._state, plain, tag=tag))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self._done:
            self._path.unlink(missing_ok=True)


class SealedReader:
    """A file of `SealedWriter`, opened. `manifest` is read and authenticated at once, the content by `content`."""

    def __init__(self, path: Path, recovery: KeyPair) -> None:
        self._path = path
        self._recovery = recovery
        self.manifest: dict[str, Any] = {}
        self._expected = ""
        for _ in self.content():
            break

    def content(self) -> Iterator[bytes]:
        """The content in parts. Raises `BackupError` at what does not open, also when the end is missing: nothing
        that was read before may be used then."""
        parts = self._plain()
        try:
            start = next(parts)
            size = int.from_bytes(start[:4], "big")
            if size > LARGEST_MANIFEST:
                raise BackupError(f"{self._path.name} is damaged")
            while len(start) < 4 + size:
                start += next(parts)
        except StopIteration:
            raise BackupError(f"{self._path.name} is damaged") from None
        self.manifest = self._read_manifest(start[4 : 4 + size])
        yield start[4 + size :]
        yield from parts

    def _read_manifest(self, raw: bytes) -> dict[str, Any]:
        """Whoever has the public half of the recovery key, which is no secret, can have written it (`ours`)."""
        try:
            found = json.loads(raw)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise BackupError(f"{self._path.name} is damaged")
        return found

    @property
    def ours(self) -> bool:
        """Whether who made it has the origin key."""
        return hmac.compare_digest(str(self.manifest.get(ORIGIN, "")).encode(), self._expected.encode())

    def verify(self) -> None:
        """Reads to the marked end; raises `BackupError`."""
        for _ in self.content():
            pass

    def _plain(self) -> Iterator[bytes]:
        try:
            file = self._path.open("rb")
        except OSError as error:
            raise BackupError(f"{self._path.name} cannot be read: {error.strerror}") from None
        with file:
            if file.read(len(MAGIC)) != MAGIC:
                raise BackupError(f"{self._path.name} is not a backup of this program")
            state = sodium.crypto_secretstream_xchacha20poly1305_state()
            try:
                box = file.read(_BOX)
                key = sodium.crypto_box_seal_open(box, self._recovery.public, self._recovery.private)
                header = file.read(_HEADER)
                sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
            except (nacl.exceptions.CryptoError, ValueError, TypeError):
                raise BackupError(f"{self._path.name} does not open with this recovery key") from None
            self._expected = _mark(origin_of(self._recovery.private), key, header)
            tag = _MORE
            while sealed := file.read(CHUNK + _TAG):
                if tag == _LAST:
                    raise BackupError(f"{self._path.name} goes on after its end")
                try:
                    plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed)
                except (nacl.exceptions.CryptoError, ValueError, TypeError):
                    raise BackupError(f"{self._path.name} is damaged") from None
                yield plain
            if tag != _LAST:
                raise BackupError(f"{self._path.name} is cut off")
