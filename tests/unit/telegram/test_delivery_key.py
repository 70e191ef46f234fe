"""The delivery key: where it is from, and that without it nothing of a chat can be told."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.settings import SettingsError, read
from bot.storage.sealing.return_codes import LISTS, from_link, new_return_code, to_link
from bot.telegram import delivery_key
from bot.telegram.delivery_key import DeliveryKey, SealingError

CHAT = 7_318_264_905


def test_a_chat_is_found_and_opened_with_its_key_only() -> None:
    ours, other = DeliveryKey(b"a" * 32), DeliveryKey(b"b" * 32)
    lookup = ours.lookup(CHAT)
    sealed = ours.seal_chat(CHAT, lookup)
    assert ours.open_chat(sealed, lookup) == CHAT
    assert other.lookup(CHAT) != lookup
    with pytest.raises(SealingError):
        other.open_chat(sealed, lookup)
    with pytest.raises(SealingError):
        ours.open_chat(sealed, ours.lookup(CHAT + 1))
    assert len(sealed) == len(ours.seal_chat(-5, ours.lookup(-5))), "a length would tell how old an account is"
    assert ours.token(CHAT, b"1") != ours.token(CHAT, b"2") != other.token(CHAT, b"2")
    assert str(CHAT) not in repr(ours)


def test_the_number_of_a_message_is_bound_to_its_chat() -> None:
    key = DeliveryKey(b"a" * 32)
    mark = key.mark(3, 412)
    assert key.message(mark) == 412
    moved = type(mark)(mark.lookup, mark.sealed, 4)
    with pytest.raises(SealingError):
        key.message(moved)


def test_it_is_kept_in_the_memory_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    first = delivery_key.load(None, Path("var"))
    assert delivery_key.load(None, Path("var")).lookup(CHAT) == first.lookup(CHAT)
    assert delivery_key.load(None, Path("other")).lookup(CHAT) != first.lookup(CHAT)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in files} == {0o700}


def test_the_service_managers_credential_and_a_named_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / delivery_key.CREDENTIAL).write_text("ab" * 32 + "\n", encoding="ascii")
    named = tmp_path / "named"
    named.write_text("cd" * 32, encoding="ascii")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert delivery_key.load(None, Path("var")).lookup(CHAT) == DeliveryKey(b"\xab" * 32).lookup(CHAT)
    assert delivery_key.load(named, Path("var")).lookup(CHAT) == DeliveryKey(b"\xcd" * 32).lookup(CHAT)
    for wrong in ("", "zz" * 32, "ab" * 31):
        named.write_text(wrong, encoding="ascii")
        with pytest.raises(SettingsError, match="INLOOP_DELIVERY_KEY_FILE"):
            delivery_key.load(named, Path("var"))


def test_unsafe_settings_are_refused(tmp_path: Path) -> None:
    for wrong, named in (
        ({"delivery_key_file": tmp_path / "data" / "key", "data_dir": tmp_path / "data"}, "INLOOP_DELIVERY_KEY_FILE"),
        ({"telegram_webhook_url": "http://chat.example.org"}, "INLOOP_TELEGRAM_WEBHOOK_URL"),
        ({"telegram_api_url": "ftp://x"}, "INLOOP_TELEGRAM_API_URL"),
    ):
        with pytest.raises(SettingsError, match=named) as refused:
            read(_env_file=None, **wrong)
        assert "hunter2" not in str(refused.value)


def test_the_token_can_come_out_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tmp_path / "token"
    token.write_text(" 1:hunter2\n", encoding="ascii")
    token.chmod(0o600)
    monkeypatch.setenv("INLOOP_TELEGRAM_TOKEN_FILE", str(token))
    assert read(_env_file=None).telegram == "1:hunter2"
    token.chmod(0o644)
    with pytest.raises(SettingsError, match="open to others"):
        read(_env_file=None)


@pytest.mark.parametrize("language", [*LISTS, "ar", None])
def test_a_return_code_fits_in_a_deep_link(language: str | None) -> None:
    code = new_return_code(language)
    link = to_link(code)
    assert link is not None
    assert len(link) <= 64
    assert link.isascii()
    assert from_link(link) == code


@pytest.mark.parametrize("wrong", ["", "en_", "en_!!!!!!!!!!!!", "xx_AAAAAAAAAAAA", "en_____________", "a b c d e f"])
def test_what_is_no_link_is_none(wrong: str) -> None:
    assert from_link(wrong) is None
    assert to_link(wrong) is None
