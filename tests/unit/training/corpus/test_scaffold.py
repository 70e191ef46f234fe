"""The files of a new language: of the right shape, empty, and named as missing place by place."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bot import content
from bot.training.corpus import ScaffoldError, check, scaffold
from encoder.making.corpus import sentences
from tests.support.gateway import INLOOP, ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("INLOOP_")}
    return subprocess.run(
        [str(INLOOP), *arguments], capture_output=True, text=True, encoding="utf-8", cwd=ROOT, env=clean, check=False
    )


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def uncomment(path: Path) -> None:
    """What a writer does who takes every English text for their own."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    path.write_text("".join(f"{re.sub('^# ?', '', line)}\n" for line in lines), encoding="utf-8")


def test_the_scaffold_is_of_the_right_shape_and_only_empty(project: Path) -> None:
    before = list(sentences(project / "data"))
    made = scaffold(project, "el", "Ελληνικά", "Grek")
    found = check(project, "el").faults
    assert {fault.kind for fault in found} == {"missing"}
    places = {fault.where for fault in found}
    assert {path for path in made.files if path.startswith("data/")} <= places
    assert places - set(made.files) == {"content/languages.yml"}
    assert (project / "tests/nlu/el.jsonl").read_bytes() == b""
    ids = yaml.safe_load((project / "content/topics.yml").read_text(encoding="utf-8"))
    for signal in ids["signals"]:
        assert f"no line with the signal {signal}" in {fault.what for fault in found}
    assert list(sentences(project / "data")) == before, "nothing is trained on that nobody wrote"
    assert check(project, "nl").faults == ()


def test_a_scaffold_that_was_written_in_is_whole(project: Path) -> None:
    made = scaffold(project, "xx", "Xx")
    for path in sorted((project / "data/nlu/xx").iterdir()):
        lines = "".join(f"    - {path.stem} qa{number} qb{number} qc{number}\n" for number in range(15))
        path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
    target = project / "data/danger/xx.yml"
    text = target.read_text(encoding="utf-8")
    shown = [line.removeprefix("#").strip() for line in text.splitlines() if '{text: "..."' in line]
    assert [set(yaml.safe_load(line)[0]) for line in shown] == [
        {"text", "urgency", "signals", "style"},
        {"text", "kind"},
    ]
    dutch = yaml.safe_load((project / "data/danger/nl.yml").read_text(encoding="utf-8"))
    for part in ("danger", "safe"):
        own = [entry | {"text": f"q{part}{number}"} for number, entry in enumerate(dutch[part])]
        text = text.replace(f"\n{part}:\n", f"\n{yaml.safe_dump({part: own}, sort_keys=False)}")
    target.write_text(text, encoding="utf-8")
    tests = "".join(f'{{"id": "xx-{number}", "text": "z{number}"}}\n' for number in range(80))
    (project / "tests/nlu/xx.jsonl").write_text(tests, encoding="utf-8")
    assert [fault.what for fault in check(project).faults] == ["no line for xx"]
    register = project / "content/languages.yml"
    register.write_text(f"{register.read_text(encoding='utf-8')}{made.line}\n", encoding="utf-8")
    assert check(project).faults == ()


def test_every_word_of_the_scaffold_is_missing_until_it_is_written(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    scaffold(tmp_path, "el", "Ελληνικά", "Grek")
    with pytest.raises(content.ContentError) as caught:
        content.load(tmp_path / "content", also=["el"])
    assert all(fault.startswith("el/") for fault in caught.value.faults)
    missing = {fault for fault in caught.value.faults if fault.endswith(" is missing")}
    topics = yaml.safe_load((ROOT / "content/topics.yml").read_text(encoding="utf-8"))["topics"]
    assert {f"el/answers.yml: {topic} is missing" for topic in topics} <= missing
    assert "el/safety.yml: emergency_card is missing" in missing
    assert "el/system.yml: handoff.waiting is missing" in missing
    assert "el/labels.yml: visitor.send is missing" in missing
    for part in ("answers", "questions", "acknowledgements", "safety", "safety_mode", "system", "labels"):
        uncomment(tmp_path / "content/el" / f"{part}.yml")
    meta = tmp_path / "content/el/meta.yml"
    phrases = "".join(f"  - phrase number {number}\n" for number in range(10))
    meta.write_text(meta.read_text(encoding="utf-8") + phrases, encoding="utf-8")
    words = content.load(tmp_path / "content", also=["el"])
    assert words.language("el").answers == "draft"


@pytest.mark.parametrize(
    ("code", "name", "script"),
    [
        ("nl", "Nederlands", "Latn"),
        ("vls", "West-Vlaams", "Latn"),
        ("NL", "Nederlands", "Latn"),
        ("../x", "X", "Latn"),
        ("", "X", "Latn"),
        ("mul", "X", "Latn"),
        ("en", "English", "Latn"),
        ("el", " ", "Grek"),
        ("el", "Ελληνικά\0", "Grek"),
        ("el", "Ελληνικά", "Greek"),
        ("el", "Ελληνικά", "Zyyy"),
    ],
)
def test_a_language_that_is_there_or_is_none_is_refused_and_nothing_is_made(
    project: Path, code: str, name: str, script: str
) -> None:
    before = snapshot(project)
    with pytest.raises(ScaffoldError):
        scaffold(project, code, name, script)
    assert snapshot(project) == before


@pytest.mark.parametrize("there", ["data/nlu/el/cost.yml", "data/danger/el.yml", "content/el/answers.yml"])
def test_what_somebody_wrote_is_never_written_over(project: Path, there: str) -> None:
    (project / there).parent.mkdir(parents=True, exist_ok=True)
    (project / there).write_text("mine", encoding="utf-8")
    before = snapshot(project)
    with pytest.raises(ScaffoldError, match="exists already"):
        scaffold(project, "el", "Ελληνικά", "Grek")
    assert snapshot(project) == before


@pytest.mark.parametrize(
    ("code", "name", "script", "rtl", "expected"),
    [
        ("no", "Norsk", "Latn", False, False),
        ("fa", "فارسی", "Arab", False, True),
        ("ks", "कॉशुर: x, y", "Deva", True, True),
    ],
)
def test_the_line_for_the_register_can_be_read_there(
    project: Path, code: str, name: str, script: str, rtl: bool, expected: bool
) -> None:
    made = scaffold(project, code, name, script, rtl=rtl)
    register = yaml.safe_load((project / "content/languages.yml").read_text(encoding="utf-8") + made.line)
    entry = {"code": code, "name": name, "script": script, "rtl": expected, "understanding": "native"}
    assert register["languages"][-1] == entry
    assert yaml.safe_load((project / f"data/danger/{code}.yml").read_text(encoding="utf-8"))["language"] == code


@pytest.mark.parametrize(
    ("code", "name", "script"), [("el", "Ελληνικά", "Grek"), ("xx", "xx", "Latn"), ("no", "'no'", "Latn")]
)
def test_a_code_is_enough(project: Path, code: str, name: str, script: str) -> None:
    made = run("languages", "scaffold", code, "--root", str(project))
    assert made.returncode == 0, made.stderr
    quoted = f"'{code}'" if code == "no" else code
    assert f"{{code: {quoted}, name: {name}, script: {script}, rtl: false, understanding: native}}" in made.stdout
    assert {fault.kind for fault in check(project, code).faults} == {"missing"}
    assert check(project, "nl").faults == ()


def test_test_sentences_that_are_there_are_kept(project: Path) -> None:
    there = project / "tests/nlu/el.jsonl"
    there.write_text('{"id": "el-1", "text": "πόσο κοστίζει"}\n', encoding="utf-8")
    made = scaffold(project, "el")
    assert "tests/nlu/el.jsonl" not in made.files
    assert there.read_text(encoding="utf-8").startswith('{"id": "el-1"')


# -- the commands ----------------------------------------------------------------------------------------------------


def test_the_commands_make_check_and_refuse(project: Path) -> None:
    root = ("--root", str(project))
    assert run("data", "check", *root).returncode == 0
    made = run("languages", "scaffold", "el", "--name", "Ελληνικά", "--script", "Grek", *root)
    assert made.returncode == 0
    assert "{code: el, name: Ελληνικά, script: Grek, rtl: false, understanding: native}" in made.stdout
    assert "inloop data check --language el" in made.stdout
    missing = run("data", "check", "--language", "el", *root)
    assert missing.returncode == 1
    assert "data/nlu/el/cost.yml: 0 of at least 15 sentences\n" in missing.stdout
    again = run("languages", "scaffold", "el", "--name", "Ελληνικά", *root)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert again.stdout == ""


@pytest.mark.parametrize("command", [("data", "check"), ("languages", "scaffold"), ("languages",)])
def test_the_commands_have_help_with_an_example(command: tuple[str, ...]) -> None:
    assert "Example:" in run(*command, "--help").stdout
