"""Push messages are those of the standards."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec

from bot.security.push_message import CURVE, base64url, encrypt, is_point, public_bytes, vapid_header, vapid_key
from tests.support.push_service import Browser, signed

# RFC 8291, Appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_message_is_that_of_the_standard() -> None:
    sender = ec.derive_private_key(int.from_bytes(raw(SENDER), "big"), CURVE)
    made = encrypt(PLAIN, raw(RECEIVER), raw(AUTH), sender=sender, salt=raw(SALT), length=0)
    assert base64url(made) == BODY


def test_every_message_is_as_long_as_another_and_opens_in_its_browser_alone() -> None:
    browser = Browser("an")
    short, long = (encrypt(text, browser.public, browser.auth) for text in (b'{"a":1}', b'{"a":"%s"}' % (b"x" * 90)))
    assert len(short) == len(long)
    assert browser.opened(short) == {"a": 1}
    assert encrypt(b"{}", browser.public, browser.auth) != encrypt(b"{}", browser.public, browser.auth)


def test_the_sender_is_known_by_a_key_that_every_gateway_derives() -> None:
    key = vapid_key(b"k" * 32)
    head, claims, public = signed(vapid_header(key, "https://push.example.org", 1000, "https://chat.example.org"))
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims == {"aud": "https://push.example.org", "exp": 1000, "sub": "https://chat.example.org"}
    assert public == public_bytes(vapid_key(b"k" * 32)) != public_bytes(vapid_key(b"l" * 32))


def test_a_point_off_the_curve_is_no_key() -> None:
    assert is_point(raw(RECEIVER))
    for wrong in (b"", b"\x04" + b"\x01" * 64, raw(RECEIVER)[:-1], b"\x00", b"\x02" + raw(RECEIVER)[1:33]):
        assert not is_point(wrong)
