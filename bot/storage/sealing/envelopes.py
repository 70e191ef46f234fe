"""Sealing: every key and every envelope, libsodium (PyNaCl) only.

An *envelope* is closed with a public key and opened with the private one::

    version (1) | content key in a sealed box (80) | nonce (24) | XChaCha20-Poly1305 text and tag (n + 16)

A *wrap* is closed and opened with one symmetric key::

    version (1) | nonce (24) | XChaCha20-Poly1305 secret and tag (n + 16)

Both are bound to their row: `bound_to` is authenticated, so bytes moved to another row do not open. What does
not open raises `SealingError`, without saying why: the reason would only help whoever tampers.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import nacl.bindings as sodium
import nacl.exceptions
import nacl.hash
import nacl.utils
from nacl.encoding import RawEncoder
from nacl.pwhash import argon2id

from bot.storage.database.errors import SealingError

__all__ = [
    "KeyPair",
    "PasswordCost",
    "SealingError",
    "TokenKeys",
    "derive_password",
    "derive_return_code",
    "derive_token",
    "new_key_pair",
    "open_envelope",
    "pair_of",
    "seal",
    "unwrap",
    "wrap",
]

KEY_BYTES = sodium.crypto_aead_xchacha20poly1305_ietf_KEYBYTES
SALT_BYTES = argon2id.SALTBYTES
_VERSION = b"\x01"
_NONCE = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_BOX = KEY_BYTES + sodium.crypto_box_SEALBYTES
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """An X25519 key pair, 32 bytes each."""

    public: bytes
    private: bytes

    def __repr__(self) -> str:
        return "KeyPair(...)"


@dataclass(frozen=True, slots=True, repr=False)
class TokenKeys:
    """What a secret becomes: `lookup` finds its row and may be stored, `wrap` opens it and may not."""

    lookup: bytes
    wrap: bytes

    def __repr__(self) -> str:
        return "TokenKeys(...)"


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """What one guess of a password costs: Argon2id passes, and memory in MiB. Stored with each caseworker."""

    passes: int = 3
    memory_mib: int = 64


def new_key_pair() -> KeyPair:
    """A fresh random pair."""
    public, private = sodium.crypto_box_keypair()
    return KeyPair(public, private)


def pair_of(private: bytes) -> KeyPair:
    """The pair of a private key. The public part is computed: a stored one could have been exchanged."""
    try:
        return KeyPair(sodium.crypto_scalarmult_base(_key(private)), private)
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise SealingError("not a private key") from None


def seal(public: bytes, plaintext: bytes, bound_to: str) -> bytes:
    """An envelope that only the private key opens, in the row named by `bound_to` only."""
    key = nacl.utils.random(KEY_BYTES)
    try:
        box = sodium.crypto_box_seal(key, _key(public))
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise SealingError("not a public key") from None
    return _VERSION + box + _encrypt(key, plaintext, b"envelope:" + bound_to.encode())


def open_envelope(pair: KeyPair, envelope: bytes, bound_to: str) -> bytes:
    """The plaintext; raises `SealingError` for a wrong key, wrong row, unknown version, or damaged bytes."""
    body = _body(envelope)
    try:
        key = sodium.crypto_box_seal_open(body[:_BOX], pair.public, pair.private)
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise SealingError("the envelope does not open") from None
    return _decrypt(key, body[_BOX:], b"envelope:" + bound_to.encode())


def wrap(key: bytes, secret: bytes, bound_to: str) -> bytes:
    """A secret under a symmetric key of 32 bytes, bound to its row."""
    return _VERSION + _encrypt(key, secret, b"wrap:" + bound_to.encode())


def unwrap(key: bytes, wrapped: bytes, bound_to: str) -> bytes:
    """The secret again; raises `SealingError`."""
    return _decrypt(key, _body(wrapped), b"wrap:" + bound_to.encode())


def derive_token(token: str) -> TokenKeys:
    """Keys of a random secret of 256 bits (browser token, invitation, desk cookie): a hash is enough."""
    return TokenKeys(digest(token, b"inloop:lookup"), digest(token, b"inloop:wrap"))


def digest(secret: str, purpose: bytes) -> bytes:
    """BLAKE2b-256 of a secret for one purpose (at most 16 bytes); two purposes say nothing of each other."""
    raw: bytes = nacl.hash.blake2b(
        secret.encode("utf-8", "surrogatepass"), digest_size=32, person=purpose, encoder=RawEncoder
    )
    return raw


def derive_return_code(code: str, salt: bytes) -> TokenKeys:
    """Keys of a return code (66 bits): a guess costs 16 MiB, about 15 ms. The salt is the installation's."""
    raw = _argon2(normalise_code(code), salt, 2 * KEY_BYTES, PasswordCost(passes=1, memory_mib=16))
    return TokenKeys(raw[:KEY_BYTES], raw[KEY_BYTES:])


def derive_password(password: str, salt: bytes, cost: PasswordCost) -> bytes:
    """The key of a password, 32 bytes. Takes a few hundred milliseconds on purpose: call it in a thread."""
    return _argon2(unicodedata.normalize("NFKC", password), salt, KEY_BYTES, cost)


def normalise_code(code: str) -> str:
    """A return code as it is compared: letters only, so case, accents, spaces and hyphens do not matter."""
    plain = unicodedata.normalize("NFKD", code.casefold()).replace("ı", "i")
    return "".join(c for c in plain if c.isalpha())


def _argon2(secret: str, salt: bytes, size: int, cost: PasswordCost) -> bytes:
    raw: bytes = argon2id.kdf(
        size,
        secret.encode("utf-8", "surrogatepass"),
        salt,
        opslimit=cost.passes,
        memlimit=cost.memory_mib * _MIB,
    )
    return raw


def _key(raw: bytes) -> bytes:
    if len(raw) != KEY_BYTES:  # not every binding looks, and libsodium would read past the end
        raise ValueError("a key has 32 bytes")
    return raw


def _body(sealed: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise SealingError("unknown version of a sealed value")
    return sealed[1:]


def _encrypt(key: bytes, plaintext: bytes, bound: bytes) -> bytes:
    nonce = nacl.utils.random(_NONCE)
    text: bytes = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, _VERSION + bound, nonce, key)
    return nonce + text


def _decrypt(key: bytes, body: bytes, bound: bytes) -> bytes:
    try:
        plain: bytes = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
            body[_NONCE:], _VERSION + bound, body[:_NONCE], key
        )
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise SealingError("the sealed value does not open") from None
    return plain
