"""The commands of the contract, as a script calls them: the real command, JSON lines in and out."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.gateway import INLOOP, ROOT

COMMANDS = ("up", "train", "classify", "answer", "languages", "doctor", "evaluate", "caseworker add", "caseworker list")


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
