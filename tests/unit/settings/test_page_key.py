"""The key of the pages: where it lies, and that it is the same wherever it lies."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError
from bot.settings.page_key import as_setting, in_data_folder, page_key


def settings(folder: Path, given: str = "", public_url: str = "") -> Settings:
    return Settings(_env_file=None, data_dir=folder, page_key=given, public_url=public_url)


def test_a_trial_makes_its_key_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = page_key(settings(folder))
    assert len(key) == 32 and page_key(settings(folder)) == key
    assert [(path.name, path.stat().st_mode & 0o777) for path in folder.iterdir()] == [("page.key", 0o600)]


def test_a_real_installation_makes_no_key_in_the_data_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="INLOOP_PAGE_KEY is not set"):
        page_key(settings(tmp_path, public_url="https://chat.example.org"))
    assert list(tmp_path.iterdir()) == []
    assert page_key(settings(tmp_path, "a secret", "https://chat.example.org"))
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_before_goes_on_and_is_the_same_when_it_is_moved(tmp_path: Path) -> None:
    (tmp_path / "page.key").write_text("0b" * 32)
    key = page_key(settings(tmp_path, public_url="https://chat.example.org"))
    assert key == bytes([11]) * 32
    assert page_key(settings(tmp_path / "elsewhere", as_setting(key), "https://chat.example.org")) == key


def test_a_secret_that_was_set_before_is_the_key_that_it_was(tmp_path: Path) -> None:
    for given in ("0b" * 32, "a secret"):
        derived = hashlib.blake2b(given.encode(), digest_size=32, person=b"inloop:page").digest()
        assert page_key(settings(tmp_path, given)) == derived


@pytest.mark.parametrize(
    "text", ["", "0b", "0b" * 31, "0b" * 33, "xx" * 32, "\N{LATIN SMALL LETTER E WITH ACUTE}" * 64]
)
def test_what_is_no_key_is_told_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.key").write_text(text)
    for found in (
        lambda: in_data_folder(settings(tmp_path)),
        lambda: page_key(settings(tmp_path, f"page-key-1:{text}")),
    ):
        with pytest.raises(SettingsError, match="is damaged") as refused:
            found()
        assert not text or text not in str(refused.value)
