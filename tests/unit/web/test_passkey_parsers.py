"""What browsers send of passkeys, bent in every way: refused, and never an error."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.security.passkeys import (
    ChallengeOver,
    Challenges,
    PasskeyRefused,
    Place,
    Signed,
    challenge_in,
    made,
    to_make,
    to_sign,
)
from tests.support.passkey import Passkey, text

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
HERE = Place("localhost", "http://localhost:8080")
GIVEN = Challenges(b"k" * 32, lambda: NOW)
CHALLENGE = GIVEN.new("log in", "attempt")
KEY = Passkey(HERE.origin, HERE.host)
MADE = KEY.made(to_make(HERE, CHALLENGE, b"u" * 32, "Noor", []))
SIGNED = KEY.signed(to_sign(HERE, CHALLENGE))
_, PUBLIC, _ = made(MADE, HERE, CHALLENGE)
QUICK = settings(max_examples=300, deadline=None, database=None, derandomize=True)

letters = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", max_size=300)
raw = st.binary(max_size=300).map(text)
anything = st.recursive(st.none() | st.text() | st.integers(), lambda s: st.lists(s) | st.dictionaries(st.text(), s))


def raw_of(sent: str) -> bytes:
    return base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4))


def bent(sent: dict[str, Any], part: str, place: int, bit: int) -> dict[str, Any]:
    """With one bit of a part turned over."""
    there = bytearray(raw_of(sent["response"][part]))
    there[place % len(there)] ^= 1 << bit
    return sent | {"response": sent["response"] | {part: text(bytes(there))}}


def check(sent: dict[str, Any]) -> int | None:
    return Signed(sent, HERE, CHALLENGE, NOW).check(PUBLIC, 0)


def test_what_is_right_is_taken() -> None:
    assert check(SIGNED) == 1
    assert challenge_in(SIGNED["response"]["clientDataJSON"]) == CHALLENGE
    assert GIVEN.ends(CHALLENGE, "log in", "attempt") > NOW


@QUICK
@given(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), st.integers(0, 5000), st.integers(0, 7))
def test_any_changed_bit_of_a_signature_is_refused(part: str, place: int, bit: int) -> None:
    assert check(bent(SIGNED, part, place, bit)) is None


@QUICK
@given(letters | raw, letters | raw, letters | raw)
def test_anything_in_place_of_a_signature_is_refused(client: str, told: str, signature: str) -> None:
    said = {"clientDataJSON": client, "authenticatorData": told, "signature": signature, "userHandle": None}
    assert check(SIGNED | {"response": said}) is None
    assert check(SIGNED | {"response": said | {"clientDataJSON": SIGNED["response"]["clientDataJSON"]}}) is None


@QUICK
@given(st.integers(0, 5000), st.integers(0, 7))
def test_a_bent_new_passkey_is_refused_or_is_one(place: int, bit: int) -> None:
    """Without attestation its own bytes are its own; what is taken still belongs to this place and this challenge."""
    try:
        found = made(bent(MADE, "attestationObject", place, bit), HERE, CHALLENGE)
    except PasskeyRefused:
        return
    assert found[0] == MADE["id"]


@QUICK
@given(letters | raw, letters | raw)
def test_anything_in_place_of_a_new_passkey_is_refused(client: str, attested: str) -> None:
    for said in ({"clientDataJSON": client}, {"clientDataJSON": MADE["response"]["clientDataJSON"]}):
        with pytest.raises(PasskeyRefused):
            made(MADE | {"response": said | {"attestationObject": attested}}, HERE, CHALLENGE)


@QUICK
@given(letters | raw | anything.map(lambda value: text(json.dumps(value).encode())))
def test_anything_in_place_of_what_a_browser_was_asked_is_no_challenge(client: str) -> None:
    with pytest.raises(ChallengeOver):
        GIVEN.ends(challenge_in(client), "log in", "attempt")


@QUICK
@given(st.integers(0, 55), st.integers(0, 7))
def test_any_changed_bit_of_a_challenge_is_refused(place: int, bit: int) -> None:
    there = bytearray(CHALLENGE)
    there[place] ^= 1 << bit
    with pytest.raises(ChallengeOver):
        GIVEN.ends(bytes(there), "log in", "attempt")


@pytest.mark.parametrize(("purpose", "bound_to"), [("confirm", "attempt"), ("log in", "another"), ("log in", "")])
def test_a_challenge_is_for_one_purpose_and_one_attempt(purpose: str, bound_to: str) -> None:
    with pytest.raises(ChallengeOver):
        GIVEN.ends(CHALLENGE, purpose, bound_to)
