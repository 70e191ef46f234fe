"""The recovery key as it is printed: letters and digits in groups, with a checksum, whole or in two halves.

A half alone says nothing about the key: it is random, and the other is what is missing to the whole.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from bot.storage.backup.stream import origin_of
from bot.storage.database.errors import BackupError
from bot.storage.sealing.envelopes import KEY_BYTES, KeyPair, digest, new_key_pair, pair_of

_WHOLE, _FIRST, _SECOND = b"\x00", b"\x01", b"\x02"
_CHECK = 4
_GROUP = 4


def origin_text(pair: KeyPair) -> str:
    """The origin key as the settings have it: with it a backup says who made it, and nothing opens."""
    return public_text(origin_of(pair.private))


def read_origin(text: str) -> bytes:
    """The origin key of a setting, empty without one; raises `BackupError`."""
    return _raw(text, "INLOOP_BACKUP_ORIGIN") if text.strip() else b""


def new_recovery_key(*, split: bool) -> tuple[str, list[str]]:
    """The public half, for the settings, and the private one as one line for paper, or as two (`split`)."""
    pair = new_key_pair()
    if not split:
        return public_text(pair.public), [_printed(_WHOLE, pair.private)]
    half = secrets.token_bytes(KEY_BYTES)
    return public_text(pair.public), [_printed(_FIRST, half), _printed(_SECOND, _xor(pair.private, half))]


def read_recovery_key(lines: Sequence[str]) -> KeyPair:
    """The key from what was typed: one line, or both halves. Raises `BackupError`, which holds nothing of it."""
    found = dict(_read(line) for line in lines)
    if found.keys() == {_WHOLE}:
        return pair_of(found[_WHOLE])
    if found.keys() == {_FIRST, _SECOND}:
        return pair_of(_xor(found[_FIRST], found[_SECOND]))
    raise BackupError("the recovery key is one line, or the two different halves of one key")


def public_text(public: bytes) -> str:
    """The public half as the settings have it."""
    return base64.urlsafe_b64encode(public).decode().rstrip("=")


def read_public(text: str) -> bytes:
    """The public half of a setting; raises `BackupError`."""
    return _raw(text, "INLOOP_BACKUP_KEY")


def _raw(text: str, setting: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text.strip() + "=")
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise BackupError(f"{setting} is not a key: make one with inloop backup-key")
    return raw


def _printed(kind: bytes, raw: bytes) -> str:
    body = kind + raw
    text = base64.b32encode(body + _checksum(body)).decode().rstrip("=")
    return " ".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def _read(line: str) -> tuple[bytes, bytes]:
    plain = "".join(line.split()).replace("-", "").upper().replace("0", "O").replace("1", "I")
    try:
        raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError:  # which binascii's error is too
        raise BackupError("the recovery key has letters that do not belong there") from None
    body, check = raw[:-_CHECK], raw[-_CHECK:]
    if len(body) != 1 + KEY_BYTES or check != _checksum(body):
        raise BackupError("the recovery key is not complete, or a letter is wrong")
    return body[:1], body[1:]


def _checksum(body: bytes) -> bytes:
    return digest(body.hex(), b"inloop:paper")[:_CHECK]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
