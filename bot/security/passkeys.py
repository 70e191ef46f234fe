"""Passkeys (WebAuthn): what browsers are asked, and whether what they answer is right. The rules of the protocol are
the library's (py_webauthn); the challenges are ours.

A challenge is signed and not kept, so that asking for one costs no row: it names its purpose, whom it was given to (a
session, or one browser's attempt to log in) and when it ends. The store writes down those that were handed in.

No list of credentials goes out: the passkey itself knows whose it is, so a log-in page says the same whatever name is
typed. The person is always verified (finger, face or PIN of the device).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.domain.ports import Clock

LASTS = timedelta(minutes=3)
_NONCE, _MARK, _TIME = 16, 32, 8
RP_NAME = "Inloop"


class ChallengeOver(Exception):
    """A challenge that has expired, was given to somebody else or for something else, or was never given."""


class PasskeyRefused(Exception):
    """What the browser sent is no new passkey of this place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys are good: the name of the host, and the page's origin."""

    host: str
    origin: str


def place_of(public_url: str, host: str) -> Place | None:
    """The place of a gateway; without a public address that of `localhost` (`host`: the request's own). None where
    browsers have no passkeys: without TLS, or under a number in place of a name."""
    url = urlsplit(public_url or f"http://{host}")
    try:
        name, port = (url.hostname or "").lower(), url.port
    except ValueError:  # a port that is none
        return None
    if not (url.scheme == "https" and public_url) and name != "localhost":
        return None
    try:
        ip_address(name)
    except ValueError:
        standard = {"https": 443, "http": 80}[url.scheme]
        shown = name if port in {None, standard} else f"{name}:{port}"
        return Place(name, f"{url.scheme}://{shown}") if name else None
    return None


class Challenges:
    """Gives out challenges and knows them again. Every gateway has the same `key` (32 bytes)."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = hashlib.blake2b(key, digest_size=32, person=b"inloop:passkeys").digest()
        self._clock = clock

    def new(self, purpose: str, bound_to: str) -> bytes:
        """56 bytes, good for three minutes."""
        ends = int((self._clock() + LASTS).timestamp())
        said = ends.to_bytes(_TIME, "big") + secrets.token_bytes(_NONCE)
        return said + self._mark(said, purpose, bound_to)

    def ends(self, challenge: bytes, purpose: str, bound_to: str) -> datetime:
        """When it ends. Raises `ChallengeOver`."""
        said, mark = challenge[:-_MARK], challenge[-_MARK:]
        if len(said) != _TIME + _NONCE or not hmac.compare_digest(mark, self._mark(said, purpose, bound_to)):
            raise ChallengeOver
        ends = datetime.fromtimestamp(int.from_bytes(said[:_TIME], "big"), UTC)
        if ends <= self._clock():
            raise ChallengeOver
        return ends

    def _mark(self, said: bytes, purpose: str, bound_to: str) -> bytes:
        bound = hashlib.sha256(f"{purpose}\0{bound_to}".encode()).digest()
        return hmac.digest(self._key, said + bound, "sha256")


def challenge_in(client_data: str) -> bytes:
    """The challenge that a browser says it was given. Raises `ChallengeOver` for what is none."""
    try:
        said = json.loads(_bytes(client_data))
        return _bytes(said["challenge"])
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error):
        raise ChallengeOver from None


@dataclass(frozen=True, slots=True, repr=False)
class Signed:
    """What a passkey signed, as a browser sent it; see `storage.people.second_factors.Assertion`."""

    sent: dict[str, Any]
    place: Place
    challenge: bytes
    expires_at: datetime

    @property
    def credential(self) -> str:
        return str(self.sent["id"])

    def check(self, public: bytes, count: int) -> int | None:
        try:
            found = webauthn.verify_authentication_response(
                credential=self.sent,
                expected_challenge=self.challenge,
                expected_rp_id=self.place.host,
                expected_origin=self.place.origin,
                credential_public_key=public,
                credential_current_sign_count=count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError, IndexError, RecursionError):
            return None
        return found.new_sign_count


def to_sign(place: Place, challenge: bytes) -> dict[str, Any]:
    """What a browser is asked to have signed."""
    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        timeout=int(LASTS.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    said: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return said


def to_make(place: Place, challenge: bytes, user: bytes, name: str, there: Sequence[str]) -> dict[str, Any]:
    """What a browser is asked to make. `there`: ids of the passkeys this caseworker has."""
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=RP_NAME,
        user_id=user,
        user_name=name,
        challenge=challenge,
        timeout=int(LASTS.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=_bytes(one)) for one in there],
    )
    said: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return said


def made(sent: dict[str, Any], place: Place, challenge: bytes) -> tuple[str, bytes, int]:
    """The id, the public key and the count of a new passkey. Blocking. Raises `PasskeyRefused`."""
    try:
        found = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise PasskeyRefused from None
    credential = bytes_to_base64url(found.credential_id)
    if credential != sent["id"]:  # the library looks at either alone
        raise PasskeyRefused
    return credential, found.credential_public_key, found.sign_count


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
