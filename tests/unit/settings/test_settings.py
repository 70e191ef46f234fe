"""Settings refuse what is unsafe, name every fault at once, never show a value, and are all documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import ROOT, Settings, SettingsError, read


def test_the_defaults_are_safe() -> None:
    settings = read(_env_file=None)
    assert settings.host == "127.0.0.1"
    assert settings.database.startswith("sqlite+aiosqlite:////")
    assert not settings.secure


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"host": "0.0.0.0"}, "INLOOP_HOST is not loopback"),
        ({"host": "0.0.0.0", "public_url": "http://chat.example.org"}, "INLOOP_HOST is not loopback"),
        ({"port": 70000}, "INLOOP_PORT"),
        ({"port": "eighty"}, "INLOOP_PORT"),
        ({"database_url": "mysql://root:hunter2@db/x"}, "INLOOP_DATABASE_URL"),
        ({"exit_url": "javascript:alert(1)"}, "INLOOP_EXIT_URL"),
        ({"engine_url": "http://10.0.0.9:5005"}, "INLOOP_ENGINE_SECRET"),
        ({"max_text": 10**9}, "INLOOP_MAX_TEXT"),
        ({"log_level": "LOUD"}, "INLOOP_LOG_LEVEL"),
        ({"prot": 8080}, "INLOOP_PROT"),
        ({"onion_url": "https://chat.example.org"}, "INLOOP_ONION_URL"),
        ({"onion_url": "http://" + "a" * 55 + ".onion"}, "INLOOP_ONION_URL"),
        ({"embed_sites": ["*"]}, "INLOOP_EMBED_SITES"),
        ({"embed_sites": ["https://*.example.org"]}, "INLOOP_EMBED_SITES"),
        ({"embed_sites": ["http://www.example.org"]}, "INLOOP_EMBED_SITES"),
        ({"embed_sites": ["https://www.example.org/"]}, "INLOOP_EMBED_SITES"),
        ({"embed_sites": ["https://a.example; script-src *"]}, "INLOOP_EMBED_SITES"),
    ],
)
def test_what_is_unsafe_or_unknown_is_refused_by_name(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(_env_file=None, **wrong)
    assert named in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_sites_and_an_onion_address_that_are_right_are_taken() -> None:
    sites = ["https://www.example.org", "https://help.example.be:8443", "http://localhost:8000"]
    settings = read(_env_file=None, embed_sites=sites, onion_url="http://" + "a2" * 28 + ".onion/")
    assert settings.embed_sites == sites


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read(_env_file=None, port=-1, max_text=1, log_level="x")
    for name in ("INLOOP_PORT", "INLOOP_MAX_TEXT", "INLOOP_LOG_LEVEL"):
        assert name in str(refused.value)


def test_behind_a_tls_proxy_it_may_listen_elsewhere_and_cookies_are_secure() -> None:
    settings = read(_env_file=None, host="10.0.0.5", public_url="https://chat.example.org")
    assert settings.secure


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        line = next((row for row in page.splitlines() if row.startswith(f"| `INLOOP_{name.upper()}` |")), None)
        assert line is not None, name
        assert field.description is not None
        assert field.description in line
        if isinstance(field.default, int | float | str) and field.default != "":
            assert f"`{field.default}`" in line


def test_a_secret_comes_out_of_a_file_and_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, pages = tmp_path / "engine", tmp_path / "pages"
    secret.write_text("hunter2-hunter2\n")
    pages.write_text('["json://localhost/x"]')
    for path in (secret, pages):
        path.chmod(0o600)
    monkeypatch.setenv("INLOOP_ENGINE_SECRET_FILE", str(secret))
    monkeypatch.setenv("INLOOP_PAGE_URLS_FILE", str(pages))
    settings = read(_env_file=None)
    assert settings.engine_secret.get_secret_value() == "hunter2-hunter2"
    assert settings.page_urls == ["json://localhost/x"]
    assert "hunter2" not in repr(settings)


def test_a_credential_of_systemd_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inloop_engine_secret").write_text("from-the-credential")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read(_env_file=None).engine_secret.get_secret_value() == "from-the-credential"


def test_a_file_of_a_secret_that_is_not_right_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "engine"
    monkeypatch.setenv("INLOOP_ENGINE_SECRET_FILE", str(secret))
    with pytest.raises(SettingsError, match="cannot be read"):
        read(_env_file=None)
    for content, mode, why in (
        (b"hunter2", 0o640, "open to others"), (b"hunter2", 0o604, "open to others"), (b"\xff", 0o600, "not text"),
        (b"hunter2" * 10_000, 0o600, "too large"),
    ):  # fmt: skip
        secret.write_bytes(content)
        secret.chmod(mode)
        with pytest.raises(SettingsError, match=why) as refused:
            read(_env_file=None)
        assert "hunter2" not in str(refused.value)
    secret.write_bytes(b"hunter2")
    secret.chmod(0o600)
    monkeypatch.setenv("INLOOP_ENGINE_SECRET", "another")
    with pytest.raises(SettingsError, match="set twice"):
        read(_env_file=None)
