"""The encryption of a push message (RFC 8291, `aes128gcm`) and the signature that says who sends it (VAPID, RFC 8292).

The key that signs is derived from the page key: every gateway has it, no file holds it, and it changes with the key
that opens the subscriptions made for it. See `docs/decisions/0111-web-push.md`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
PLAIN_BYTES = 256
"""Every message is made as long as this: its length says nothing of its urgency."""
AUTH_BYTES = 16
SALT_BYTES = 16
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""


def vapid_key(page_key: bytes) -> ec.EllipticCurvePrivateKey:
    """The installation's key towards push services."""
    wide = int.from_bytes(hashlib.blake2b(page_key, digest_size=64, person=b"inloop:vapid").digest(), "big")
    return ec.derive_private_key(wide % (_ORDER - 1) + 1, CURVE)


def public_bytes(key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) -> bytes:
    """The public half as browsers take it: an uncompressed point."""
    public = key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_point(public: bytes) -> bool:
    """Whether these bytes are a public key that a message can be encrypted to."""
    try:
        return len(public) == 65 and bool(ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public))
    except (ValueError, UnsupportedAlgorithm):
        return False


def encrypt(
    plain: bytes,
    public: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
    length: int = PLAIN_BYTES,
) -> bytes:
    """The body of the request: `plain`, padded to `length`, for the browser that has `public` and `auth`. `sender` and
    `salt` are made anew for each message; a test gives those of the standard. Raises `ValueError`."""
    sender, salt = sender or ec.generate_private_key(CURVE), salt or secrets.token_bytes(SALT_BYTES)
    own = public_bytes(sender)
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public))
    key, nonce = content_keys(shared, auth, salt, public, own)
    padded = plain + b"\x02" + bytes(max(0, length - len(plain)))
    sealed = AESGCM(key).encrypt(nonce, padded, None)
    return salt + (4096).to_bytes(4, "big") + bytes([len(own)]) + own + sealed


def content_keys(shared: bytes, auth: bytes, salt: bytes, receiver: bytes, sender: bytes) -> tuple[bytes, bytes]:
    """Return the key and the nonce of a message, from what both sides share."""
    root = _expand(_extract(auth, shared), b"WebPush: info\x00" + receiver + sender, 32)
    pseudorandom = _extract(salt, root)
    return (
        _expand(pseudorandom, b"Content-Encoding: aes128gcm\x00", 16),
        _expand(pseudorandom, b"Content-Encoding: nonce\x00", 12),
    )


def vapid_header(key: ec.EllipticCurvePrivateKey, audience: str, ends: int, contact: str) -> str:
    """The `Authorization` with which a push service knows the sender; good at `audience` alone, until `ends`."""
    claims = {"aud": audience, "exp": ends, "sub": contact}
    said = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(said.encode(), ec.ECDSA(SHA256())))
    signature = base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={said}.{signature}, k={base64url(public_bytes(key))}"


def base64url(raw: bytes) -> str:
    """Return bytes as the standards of the web write them."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _json(what: dict[str, object]) -> str:
    return base64url(json.dumps(what, separators=(",", ":")).encode())


def _extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, secret, "sha256")


def _expand(key: bytes, info: bytes, length: int) -> bytes:
    """One block of HKDF is enough here."""
    return hmac.digest(key, info + b"\x01", "sha256")[:length]
