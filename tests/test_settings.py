"""Settings refuse what is unsafe, name every fault at once, never show a value, and are all documented."""

from __future__ import annotations

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
    ],
)
def test_what_is_unsafe_or_unknown_is_refused_by_name(wrong: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(_env_file=None, **wrong)
    assert named in str(refused.value)
    assert "hunter2" not in str(refused.value)


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
