"""The commands of the contract, as a script calls them: the real command, JSON lines in and out."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.commands.doctor import findings
from bot.settings import Settings
from bot.storage.backup.paper import new_recovery_key
from bot.storage.database.schema import upgrade
from tests.support.gateway import INLOOP, ROOT

COMMANDS = (
    "up", "train", "card", "classify", "answer", "languages", "doctor", "evaluate", "caseworker add", "caseworker list",
    "caseworker page", "caseworker skills", "organisation list", "organisation add", "organisation rename",
    "organisation move", "rota show", "rota change", "rota undo", "purge", "backup", "backup-key",
    "restore", "recovery-key create", "recovery-key check", "recovery-key use", "page-key copy", "page-key remove",
    "access", "erase",
)  # fmt: skip


def run(arguments: str, given: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")}
    return subprocess.run(
        [str(INLOOP), *arguments.split()],
        input=given,
        capture_output=True,
        cwd=ROOT,
        env=clean | (env or {}),
        check=False,
    )


def lines(answer: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert answer.returncode == 0, answer.stderr[-2000:]
    return [json.loads(line) for line in answer.stdout.decode().splitlines()]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = run(f"{command} --help")
    assert answer.returncode == 0
    assert b"Example:" in answer.stdout


@pytest.mark.parametrize(
    "command",
    [
        "up --no-train", "purge", "purge --dry-run", "backup", "caseworker list", "caseworker add maria", "rota show",
        "doctor",
    ],
)  # fmt: skip
def test_a_newer_database_is_refused_by_every_command_and_not_touched(tmp_path: Path, command: str) -> None:
    path = tmp_path / "inloop.db"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with closing(sqlite3.connect(path)) as database:
        before = list(database.iterdump())
    tmp_path.chmod(0o700)
    env = {"INLOOP_DATA_DIR": str(tmp_path), "INLOOP_BACKUP_DIR": str(tmp_path / "b")}
    env["INLOOP_BACKUP_KEY"] = new_recovery_key(split=False)[0]
    answer = run(command, env=env)
    said = (answer.stdout + answer.stderr).decode()
    assert answer.returncode == 1, said
    why = "of another version than this program" if command == "backup" else "newer than this program"
    assert f"the database is {why}" in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("b/*"))
    with closing(sqlite3.connect(path)) as database:
        assert list(database.iterdump()) == before


def test_classify_answers_every_line_in_order_whatever_it_is() -> None:
    given = [
        b'{"id": "1", "text": "waar kan ik vannacht slapen"}',
        b'{"id": "2", "text": "he is hitting me right now", "lang": "en"}',
        b'{"id": "3", "text": ""}',
        b'{"id": 4, "text": 17}',
        b"not json",
        b'{"id": "6", "text": "' + b"a" * 100_000 + b'"}',
        b'{"id": "7", "text": "nul \\u0000 and half \\ud800 an emoji"}',
        b'{"id": "8", "text": "/restart"}',
        b'{"id": "9", "text": "est-ce gratuit ?", "lang": "xx"}',
        b'\xff\xfe{"id": "10"}',
        b'{"id": "11", "text": ["a"], "lang": 4}',
        b'{"id": "12"}',
        b"[" * 100_000,
    ]
    answer = run("classify", b"\n".join(given))
    found = lines(answer)
    assert len(found) == len(given)
    assert [f.get("id") for f in found] == ["1", "2", "3", 4, None, "6", "7", "8", "9", None, "11", "12", None]
    assert [n for n, f in enumerate(found) if "error" in f] == [2, 3, 4, 5, 9, 10, 11, 12]
    assert found[0]["topic"] == "shelter"
    assert found[0]["language"] == "nl"
    assert found[0]["urgency"] == "none"
    assert 0 < found[0]["confidence"] <= 1
    assert found[1]["urgency"] == "emergency"
    assert "violence_now" in found[1]["signals"]
    assert found[1]["language"] == "en"
    assert found[8]["language"] == "fr"
    topics = yaml.safe_load((ROOT / "content" / "topics.yml").read_text(encoding="utf-8"))
    for line in found:
        if "error" not in line:
            assert line["topic"] in topics["topics"]
            assert line["urgency"] in topics["urgency"]
            assert set(line["signals"]) <= set(topics["signals"])


def test_answer_gives_the_words_for_every_topic_and_signal_in_every_language() -> None:
    topics = yaml.safe_load((ROOT / "content" / "topics.yml").read_text(encoding="utf-8"))
    codes = [language["code"] for language in lines(run("languages --json"))[0]]  # type: ignore[call-overload]
    asked = [{"id": f"{t}.{c}", "topic": t, "lang": c} for t in topics["topics"] for c in codes]
    asked += [
        {"id": f"{s}.{c}", "urgency": "emergency", "signals": [s], "lang": c} for s in topics["signals"] for c in codes
    ]
    found = lines(run("answer", "\n".join(map(json.dumps, asked)).encode()))
    assert [f["id"] for f in found] == [a["id"] for a in asked]
    for line in found:
        assert line["text"], line
        assert "{" not in line["text"]
        assert line["choices"]
        assert line["reviewed"] in {"draft", "reviewed"}
        if "emergency" in line or line["id"].split(".")[0] in topics["signals"]:
            assert "112" in line["text"] or "1813" in line["text"], line
            assert line["sources"]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"topic": "nothing", "lang": "nl"}, "unknown topic"),
        ({"topic": "shelter", "lang": "xx"}, "unknown language"),
        ({"topic": "shelter"}, "unknown language"),
        ({"topic": ["shelter"], "lang": "nl"}, "unknown topic"),
        ({"urgency": "none", "signals": [], "lang": "nl"}, "unknown urgency"),
        ({"urgency": "emergency", "signals": ["x"], "lang": "nl"}, "unknown signal"),
        ({"urgency": "emergency", "signals": "confined", "lang": "nl"}, "unknown signal"),
    ],
)
def test_what_cannot_be_answered_is_an_error_of_its_line(given: dict[str, object], error: str) -> None:
    ok = {"id": "ok", "topic": "shelter", "lang": "nl"}
    found = lines(run("answer", "\n".join(json.dumps(x) for x in ({"id": "x"} | given, ok)).encode()))
    assert found[0] == {"id": "x", "error": error}
    assert found[1]["text"]


def test_the_doctor_finds_an_open_folder_and_a_missing_model(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    env = {"INLOOP_DATA_DIR": str(data), "INLOOP_MODELS_DIR": str(tmp_path / "none")}
    answer = run("doctor", env=env)
    assert answer.returncode == 1
    said = answer.stdout.decode()
    assert "open to others" in said
    assert "run inloop train" in said


async def test_the_doctor_names_every_fact_that_is_due_with_its_source(tmp_path: Path) -> None:
    checked = date(2026, 11, 24)
    settings = Settings(_env_file=None, data_dir=tmp_path, models_dir=tmp_path)

    async def due(today: date) -> list[str]:
        warnings = [said async for level, said in findings(settings, today) if level == "warning"]
        return [said for said in warnings if said.startswith("fact ")]

    assert await due(checked) == []
    later = await due(checked + timedelta(days=181))
    [stop] = [said for said in later if said.startswith("fact stop_phone is older")]
    assert "STOP helpline: werk.belgie.be" in stop
    assert not any(said.startswith("fact adult_age ") for said in later), "checked every other year"


def test_the_doctor_refuses_what_others_can_read_or_change(tmp_path: Path) -> None:
    data, models, backups = (tmp_path / name for name in ("data", "models", "backups"))
    for folder in (data, models, backups):
        folder.mkdir(mode=0o700)
    secret, database = tmp_path / "secret", data / "inloop.db"
    for path in (secret, database):
        path.write_text("x" * 20)
        path.chmod(0o600)
    env = {
        "INLOOP_DATA_DIR": str(data), "INLOOP_MODELS_DIR": str(models), "INLOOP_BACKUP_DIR": str(backups),
        "INLOOP_ENGINE_SECRET_FILE": str(secret),
    }  # fmt: skip
    said = run("doctor", env=env).stdout.decode()
    assert "open to others" not in said
    assert "can be changed" not in said
    database.chmod(0o644)
    backups.chmod(0o750)
    models.chmod(0o777)
    answer = run("doctor", env=env)
    assert answer.returncode == 1
    said = answer.stdout.decode()
    for path in (database, backups):
        assert f"{path} is open to others" in said
    assert "can be changed by others" in said
    secret.chmod(0o644)
    refused = run("doctor", env=env)
    assert refused.returncode == 2
    assert b"open to others" in refused.stderr


def test_unsafe_settings_end_every_command_with_the_fault_named() -> None:
    answer = run("up", env={"INLOOP_HOST": "0.0.0.0"})
    assert answer.returncode == 2
    assert b"INLOOP_PUBLIC_URL" in answer.stderr


def test_the_first_caseworker_can_be_added_without_the_server(tmp_path: Path) -> None:
    env = {"INLOOP_DATA_DIR": str(tmp_path / "data")}
    answer = run("caseworker add an", env=env)
    assert answer.returncode == 0
    assert b"/desk/invite/" in answer.stderr
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
