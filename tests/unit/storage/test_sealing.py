"""Sealed bytes open with the right key in the right row, and in no other case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.sealing import return_codes
from bot.storage.sealing.envelopes import (
    KeyPair,
    PasswordCost,
    SealingError,
    TokenKeys,
    derive_password,
    derive_return_code,
    derive_token,
    new_key_pair,
    normalise_code,
    open_envelope,
    pair_of,
    seal,
    unwrap,
    wrap,
)

PAIR = new_key_pair()
KEY = b"k" * 32
SALT = b"s" * 16
ROW = "message:1:2:person"

Opens = Callable[[bytes, str], bytes]


def closed(how: str, plaintext: bytes) -> tuple[bytes, Opens]:
    """The plaintext closed as an envelope or as a wrap, and what opens it."""
    if how == "envelope":
        return seal(PAIR.public, plaintext, ROW), lambda raw, row: open_envelope(PAIR, raw, row)
    return wrap(KEY, plaintext, ROW), lambda raw, row: unwrap(KEY, raw, row)


both = pytest.mark.parametrize("how", ["envelope", "wrap"])


@both
@given(plaintext=st.binary(max_size=2000))
def test_what_was_closed_opens(how: str, plaintext: bytes) -> None:
    raw, opens = closed(how, plaintext)
    assert opens(raw, ROW) == plaintext
    assert plaintext not in raw or len(plaintext) < 8


@both
@given(plaintext=st.binary(max_size=200), where=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_any_changed_bit_is_refused(how: str, plaintext: bytes, where: int, bit: int) -> None:
    raw, opens = closed(how, plaintext)
    changed = bytearray(raw)
    changed[where % len(raw)] ^= 1 << bit
    with pytest.raises(SealingError):
        opens(bytes(changed), ROW)


@both
@given(plaintext=st.binary(max_size=200), keep=st.integers(0, 10_000))
def test_anything_cut_off_is_refused(how: str, plaintext: bytes, keep: int) -> None:
    raw, opens = closed(how, plaintext)
    with pytest.raises(SealingError):
        opens(raw[: keep % len(raw)], ROW)


@both
def test_every_single_byte_is_protected(how: str) -> None:
    raw, opens = closed(how, b"hello")
    for where in range(len(raw)):
        changed = bytearray(raw)
        changed[where] ^= 0xFF
        with pytest.raises(SealingError):
            opens(bytes(changed), ROW)


@both
@given(row=st.text(max_size=40).filter(lambda row: row != ROW and row.isascii()))
def test_another_row_is_refused(how: str, row: str) -> None:
    raw, opens = closed(how, b"hello")
    with pytest.raises(SealingError):
        opens(raw, row)


def test_another_key_is_refused() -> None:
    with pytest.raises(SealingError):
        open_envelope(new_key_pair(), seal(PAIR.public, b"hello", ROW), ROW)
    with pytest.raises(SealingError):
        unwrap(b"x" * 32, wrap(KEY, b"hello", ROW), ROW)


def test_a_wrap_is_not_an_envelope_and_nothing_raises_anything_else() -> None:
    for raw in (b"", b"\x01", b"\x02" + b"0" * 200, b"\x01" + b"0" * 200, wrap(KEY, b"hello", ROW)):
        with pytest.raises(SealingError):
            open_envelope(PAIR, raw, ROW)
    for bad in (b"", b"short"):
        with pytest.raises(SealingError):
            seal(bad, b"hello", ROW)
        with pytest.raises(SealingError):
            unwrap(bad, wrap(KEY, b"hello", ROW), ROW)
        with pytest.raises(SealingError):
            pair_of(bad)


def test_two_envelopes_of_one_text_differ() -> None:
    assert seal(PAIR.public, b"hello", ROW) != seal(PAIR.public, b"hello", ROW)


def test_the_public_key_is_computed_from_the_private_one() -> None:
    assert pair_of(PAIR.private) == PAIR


def test_lookup_and_wrap_say_nothing_of_each_other() -> None:
    keys = derive_token("a token")
    assert keys == derive_token("a token")
    assert keys.lookup != keys.wrap
    assert derive_token("another token").lookup != keys.lookup
    code = derive_return_code("one two", SALT)
    assert code.lookup != code.wrap
    assert len(code.lookup) == len(code.wrap) == 32
    assert derive_return_code("one two", b"t" * 16).lookup != code.lookup


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  Please-Pudding LIAR ", "please pudding liar"),
        ("equerre FUITE", "équerre fuite"),
        ("KISKANÇ", "kıskanç"),
        ("pleasepudding", "please pudding"),
    ],
)
def test_a_return_code_forgives_case_accents_and_spaces(written: str, meant: str) -> None:
    assert derive_return_code(written, SALT).lookup == derive_return_code(meant, SALT).lookup


@pytest.mark.parametrize("language", sorted(return_codes.LISTS))
def test_words_stay_different_after_normalising(language: str) -> None:
    words = return_codes.words_of(language)
    assert len({normalise_code(word) for word in words}) == 2048
    code = return_codes.new_return_code(language).split(" ")
    assert len(code) == return_codes.WORDS
    assert set(code) <= set(words)


@pytest.mark.parametrize("language", [None, "so", "uk-UA", ""])
def test_a_language_without_a_list_gets_english_words(language: str | None) -> None:
    assert set(return_codes.new_return_code(language).split()) <= set(return_codes.words_of("en"))


def test_a_password_key_depends_on_password_salt_and_cost() -> None:
    cheap = PasswordCost(passes=1, memory_mib=1)
    key = derive_password("pässword", SALT, cheap)
    assert key == derive_password("pa\u0308ssword", SALT, cheap)
    assert key != derive_password("password", SALT, cheap)
    assert key != derive_password("pässword", b"t" * 16, cheap)
    assert key != derive_password("pässword", SALT, PasswordCost(passes=2, memory_mib=1))
    assert PasswordCost().memory_mib >= 64
    assert PasswordCost().passes >= 3


def test_no_secret_is_in_a_repr_or_an_error() -> None:
    assert repr(KeyPair(b"PUBLIC", b"PRIVATE")) == "KeyPair(...)"
    assert repr(TokenKeys(b"LOOKUP", b"WRAP")) == "TokenKeys(...)"
    with pytest.raises(SealingError) as caught:
        open_envelope(new_key_pair(), seal(PAIR.public, b"hello", "row-name"), "row-name")
    assert "row-name" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
