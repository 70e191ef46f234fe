"""What is in `deploy/` fits the program: settings, paths and commands are real, and the box of the engine is shut."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
WORST = {"inloop.service": 1.5, "inloop-engine.service": 1.0, "inloop-onion.service": 1.5}
"""Exposure as `systemd-analyze security` counts it, 0 to 10; what a later change may not go above."""


def values(unit: Path, key: str) -> list[str]:
    return [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith(f"{key}=")]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_is_shut_where_it_can_be(unit: Path) -> None:
    assert values(unit, "NoNewPrivileges") == ["yes"]
    assert values(unit, "ProtectSystem") == ["strict"]
    assert values(unit, "CapabilityBoundingSet") == [""]
    assert values(unit, "LimitCORE") == ["0"]
    assert values(unit, "UMask") == ["0077"]
    assert values(unit, "User")[0] not in {"", "root"}


def test_the_engine_has_no_way_out_and_another_account() -> None:
    engine, gateway = DEPLOY / "systemd/inloop-engine.service", DEPLOY / "systemd/inloop.service"
    assert values(engine, "IPAddressDeny") == ["any"]
    assert values(engine, "IPAddressAllow") == ["localhost"]
    assert values(engine, "User") != values(gateway, "User")
    assert "/var/lib/inloop" in values(engine, "InaccessiblePaths")[0]
    assert not values(engine, "ReadWritePaths")
    assert not values(engine, "EnvironmentFile")


def test_every_setting_that_is_named_exists() -> None:
    known = {f"INLOOP_{name.upper()}" for name in Settings.model_fields}
    for path in [*DEPLOY.rglob("*"), ROOT / "docs/deploy.md"]:
        if path.is_file():
            found = set(re.findall(r"INLOOP_[A-Z_]+[A-Z]", path.read_text())) - {"INLOOP_NAME_FILE"}
            assert {name.removesuffix("_FILE") for name in found} <= known, path
    for unit in UNITS:
        for credential in values(unit, "LoadCredential"):
            name = credential.partition(":")[0]
            assert name == "engine" or name.removeprefix("inloop_") in Settings.model_fields


def test_the_page_key_lies_where_no_data_is() -> None:
    """And where the engine sees nothing; each unit of the gateway and each command by hand takes the same settings."""
    page = (ROOT / "docs/deploy.md").read_text()
    [key, in_container] = re.findall(r"INLOOP_PAGE_KEY_FILE=(\S+)", page)
    assert Path(key) == Path("/etc/inloop/secrets/page-key") and f"> {Path(key).parent}/$name" in page
    assert "for name in engine page-key;" in page and f"chown inloop:inloop {key}" in page
    assert in_container == "/run/secrets/inloop_page_key" and f"--secret {Path(in_container).name},uid=10001" in page
    assert "--uid 10001" in (DEPLOY / "Containerfile").read_text()
    for unit in UNITS:
        if values(unit, "User") == ["inloop"]:
            assert values(unit, "EnvironmentFile") == ["/etc/inloop/settings"], unit
            written = " ".join(values(unit, "ReadWritePaths") + values(unit, "StateDirectory"))
            assert "/etc" not in written
        else:
            assert "-/etc/inloop" in values(unit, "InaccessiblePaths")[0].split(), unit


def test_no_proxy_puts_what_people_write_on_its_disk() -> None:
    """Seen with nginx 1.26: a request larger than this buffer (8 KiB as it comes, by HTTP/2) goes to a file."""
    said = (DEPLOY / "nginx.conf").read_text()
    server, included = said.split("# /etc/nginx/inloop_proxy.conf:")
    largest = f"{Settings.model_fields['max_body'].default // 1024}k"
    for part in (server, included):
        assert re.findall(r"client_max_body_size (\w+);", part) == [largest]
        assert re.findall(r"client_body_buffer_size (\w+);", part) == [largest]
    assert "proxy_max_temp_file_size 0;" in included and "proxy_buffering off;" in included
    for proxy in (said, (DEPLOY / "Caddyfile").read_text()):
        assert not re.search(r"^\s*(?!access_log off;)(?:access_log|log)\b", proxy, re.MULTILINE)


def test_the_onion_service_leads_to_the_proxy_and_not_to_the_desk(tmp_path: Path) -> None:
    torrc = DEPLOY / "onion/torrc"
    said = [line.split(" ", 1) for line in torrc.read_text().splitlines() if line and not line.startswith("#")]
    told = dict(said)
    assert len(told) == len(said)
    assert told["SocksPort"] == told["ControlPort"] == "0"
    server = (DEPLOY / "onion/nginx.conf").read_text()
    [listens] = re.findall(r"^ *listen (\S+);", server, re.MULTILINE)
    assert told["HiddenServicePort"] == f"80 {listens}" == "80 127.0.0.1:8081", "loopback: nobody's account"
    assert "location ^~ /desk { return 404; }" in server
    assert "include /etc/nginx/inloop_proxy.conf;" in server
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in (DEPLOY / "nginx.conf").read_text()
    largest = f"{Settings.model_fields['max_body'].default // 1024}k"
    assert re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", server) == [largest, largest]
    assert re.findall(r"^ *(?:access|error)_log .*$", server, re.MULTILINE) == [
        "    access_log off;", "    error_log /dev/null crit;",
    ]  # fmt: skip
    unit = DEPLOY / "systemd/inloop-onion.service"
    [state] = values(unit, "StateDirectory")
    for folder in ("DataDirectory", "HiddenServiceDir"):
        assert told[folder].startswith(f"/var/lib/{state}/")
    for command in values(unit, "ExecStart") + values(unit, "ExecStartPre"):
        assert "/opt/inloop/deploy/onion/torrc" in command
    assert "-/var/lib/inloop" in values(unit, "InaccessiblePaths")[0].split()
    if (tor := shutil.which("tor")) is not None:
        own = tmp_path / "torrc"
        own.write_text(torrc.read_text().replace("/var/lib/inloop-onion", str(tmp_path)))
        command = [tor, "--defaults-torrc", "/dev/null", "-f", str(own), "--verify-config"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", WORST)
def test_the_exposure_is_not_above_what_the_docs_say(name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(DEPLOY / "systemd" / name)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    score = re.search(r"exposure level for \S+: ([\d.]+)", said)
    if score is None:
        pytest.skip("this systemd cannot look at a file")
    assert float(score[1]) <= WORST[name]


@pytest.mark.parametrize(
    "folder",
    [
        ".venv/lib/python3*/site-packages/sqlalchemy/dialects/oracle", ".venv/lib/python3*/site-packages/alembic",
        "engine/.venv/lib/python3.10/site-packages/rasa/core", "bot", "encoder", "engine", "actions",
    ],
)  # fmt: skip
def test_what_is_installed_is_compiled_once_and_not_at_every_start(folder: str) -> None:
    """The units and the container may write nothing: there each process would compile all its libraries anew. Some of
    these no test ever loads."""
    [found] = ROOT.glob(folder)
    sources = [path for path in found.rglob("*.py") if ".venv" not in path.relative_to(found).parts]
    assert len(sources) >= 3
    for source in sources:
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.cpython-*.pyc")), source
