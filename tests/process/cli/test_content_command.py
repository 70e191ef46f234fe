"""`inloop content` and `inloop answer` as an operator calls them: the real command, files in and out."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import polib
import pytest
import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from tests.process.cli.test_cli import lines, run
from tests.support.gateway import ROOT

CONTENT = ROOT / "content"
VOCABULARY = yaml.safe_load((CONTENT / "topics.yml").read_text(encoding="utf-8"))
SCRIPTS = {"ar": "ARABIC", "bg": "CYRILLIC", "ru": "CYRILLIC", "uk": "CYRILLIC", "zh": "CJK"}
COMMANDS = ("content check", "content status", "content export", "content import")
STRUCTURE = yaml.safe_load((CONTENT / "structure.yml").read_text(encoding="utf-8"))
FACTS = yaml.safe_load((CONTENT / "facts.yml").read_text(encoding="utf-8"))["facts"]
TALK = {  # answers that say nothing of the world: only what this chat is and does
    "change_language", "delete_my_data", "are_you_human", "not_understood", "greet", "thanks", "affirm", "deny",
    "out_of_scope",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a content folder of its own."""
    shutil.copytree(CONTENT, tmp_path / "content")
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = run(f"{command} --help")
    assert answer.returncode == 0
    assert b"Example:" in answer.stdout


def test_a_language_goes_out_is_read_and_comes_back(project: Path) -> None:
    where = f"--root {project}"
    assert run(f"content export ro --to {project} {where}").returncode == 0
    assert "<article" in (project / "ro.html").read_text(encoding="utf-8")
    file = polib.pofile(str(project / "ro.po"))
    for entry in file:
        if entry.msgctxt.startswith("answers."):
            entry.flags.remove("fuzzy")
    file.save()
    taken = run(f"content import ro {project}/ro.po --reviewer Ana --date 2026-11-24 {where}")
    assert taken.returncode == 0, taken.stderr
    assert f"{2 * len(VOCABULARY['topics'])} read, 0 of them changed" in taken.stdout.decode()
    [romanian] = lines(run(f"content status --json --language ro {where}"))[0]  # type: ignore[misc]
    assert (romanian["reviewed"], romanian["missing"], romanian["answers"]) == (100, 0, "draft")
    facts = project / "content" / "facts.yml"
    facts.write_text(facts.read_text(encoding="utf-8").replace('"078 055 800"', '"078 055 801"'), encoding="utf-8")
    [romanian] = lines(run(f"content status --json --language ro {where}"))[0]  # type: ignore[misc]
    assert romanian["why"]["answers.shelter.text"] == ["fact stop_phone"]
    assert "answers.shelter.text" in romanian["keys"]["stale"]
    table = run(f"content status --language ro {where}").stdout.decode()
    assert "stale: answers.shelter.text: fact stop_phone changed" in table
    assert run(f"content check {where}").returncode == 0


def test_a_file_with_a_fault_is_refused_with_the_list_and_writes_nothing(project: Path) -> None:
    where = f"--root {project}"
    run(f"content export vi --to {project} {where}")
    file = polib.pofile(str(project / "vi.po"))
    for entry in file:
        entry.flags.remove("fuzzy")
        if entry.msgctxt == "answers.shelter.text":
            entry.msgstr = re.sub(r"\{stop_phone\}", "0800 1234", entry.msgstr)
    file.save()
    refused = run(f"content import vi {project}/vi.po --reviewer Linh --date 2026-11-24 {where}")
    assert refused.returncode == 1
    said = refused.stdout.decode()
    assert "vi/answers.yml: shelter: text: has lost the placeholder {stop_phone}" in said
    assert "bare digit" in said
    assert b"nothing was written" in refused.stderr
    for path in CONTENT.rglob("*.yml"):
        assert (project / "content" / path.relative_to(CONTENT)).read_bytes() == path.read_bytes()
    assert not (project / "content" / "vi" / "review.yml").exists()


def test_check_ends_with_one_and_names_the_place(project: Path) -> None:
    labels = project / "content" / "sq" / "labels.yml"
    text = re.sub(r'\n  send: ".*"', '\n  send: "Отправить"', labels.read_text(encoding="utf-8"))
    labels.write_text(text, encoding="utf-8")
    answer = run(f"content check --root {project}")
    assert answer.returncode == 1
    assert "sq/labels.yml: visitor.send: has letters of another script" in answer.stdout.decode()


@pytest.mark.parametrize(
    "arguments",
    ["content export xx", "content status --language xx",
     "content export ro --beside ro", "content export ro --beside xx",
     "content import ro nothing.po --reviewer A --date 2026-11-24",
     "content import ../x a.po --reviewer A --date 2026-11-24"],
)  # fmt: skip
def test_what_is_not_there_is_said(project: Path, arguments: str) -> None:
    answer = run(f"{arguments} --root {project}" + (f" --to {project}" if "export" in arguments else ""))
    assert answer.returncode == 1
    assert answer.stderr.strip()
    assert b"Traceback" not in answer.stderr


def test_answer_says_whether_its_text_was_reviewed(project: Path) -> None:
    """Of the words in the repository: reviewed exactly where a record stands and still holds."""
    asked = [{"id": topic, "topic": topic, "lang": "nl"} for topic in VOCABULARY["topics"]]
    found = lines(run("answer", "\n".join(map(json.dumps, asked)).encode()))
    [dutch] = lines(run("content status --json --language nl"))[0]  # type: ignore[misc]
    drafts = {key for keys in dutch["keys"].values() for key in keys}
    for line in found:
        assert line["reviewed"] == ("draft" if f"answers.{line['id']}.text" in drafts else "reviewed")


# -- every topic and every signal, in every language ---------------------------------------------------


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    """What `inloop answer` says of 50 topics and 11 signals at both urgencies in each language, with what was asked."""
    codes = [language["code"] for language in lines(run("languages --json"))[0]]  # type: ignore[call-overload]
    assert len(VOCABULARY["topics"]) >= 50 and len(VOCABULARY["signals"]) >= 11 and len(codes) >= 17
    asked = [
        what | {"lang": code}
        for code in codes
        for what in (
            *({"topic": topic} for topic in VOCABULARY["topics"]),
            *({"urgency": u, "signals": [s]} for s in VOCABULARY["signals"] for u in ("emergency", "urgent")),
        )
    ]
    given = "\n".join(json.dumps({"id": str(n)} | one) for n, one in enumerate(asked))
    found = lines(run("answer", given.encode()))
    assert [line["id"] for line in found] == [str(n) for n in range(len(asked))]
    return [one | {"got": line} for one, line in zip(asked, found, strict=True)]


def test_every_answer_is_complete(answers: list[dict[str, Any]]) -> None:
    for one in answers:
        got = one["got"]
        assert "error" not in got, one
        assert got["lang"] == one["lang"]
        assert len(got["text"]) >= 6 and not re.search(r"[{}<>]|\b[a-z]+_[a-z_]+\b", got["text"]), one
        assert 1 <= len(got["choices"]) <= 5 and all(got["choices"]), one
        assert len(set(got["choices"])) == len(got["choices"]), one
        if "signals" in one:
            assert got["sources"], one
            numbers = re.sub("[\u2066\u2069]", "", got["text"])
            assert "112" in numbers or "101" in numbers, one


def test_every_answer_is_in_its_language_and_script(answers: list[dict[str, Any]]) -> None:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted({str(one["lang"]) for one in answers}))
    told = 0
    for one in answers:
        text = re.sub(r"[\u2066-\u2069\d]|Payoke|PAG-ASA|Sürya|OCMW|CPAS|[a-z]+\.be", "", one["got"]["text"])
        letters = [c for c in text if c.isalpha()]
        script = SCRIPTS.get(str(one["lang"]), "LATIN")
        own = sum(unicodedata.name(c, "").startswith(script) for c in letters)
        assert own / len(letters) > (0.999 if script == "LATIN" else 0.6), one
        if len(letters) * (3 if script == "CJK" else 1) >= 40:
            told += 1
            assert identifier.classify(text)[0] == one["lang"], one
    assert told >= 0.9 * len(answers)


def test_every_claim_leads_to_a_fact_with_a_dated_source(answers: list[dict[str, Any]]) -> None:
    confidence: dict[str, str] = {}
    for fact in FACTS.values():
        told = f"{fact['source']} ({fact['source_date']}; checked {fact['checked']})"
        confidence[told] = fact["confidence"]
    for one in answers:
        sources = one["got"]["sources"]
        assert bool(sources) is (one.get("topic") not in TALK), one
        for source in sources:
            assert re.search(r"\S.* \((undated|\d{4}[-\d]*); checked \d{4}-\d\d-\d\d\)$", source), source
            assert confidence[source] in {"HIGH", "MED"}, source


def test_the_list_of_what_claims_nothing_is_short_and_each_signal_has_a_fact_of_its_own() -> None:
    assert set(STRUCTURE["no_claim"]) == TALK
    for signal in VOCABULARY["signals"]:
        rule = STRUCTURE["texts"][f"safety.signals.{signal}"]
        behind = [FACTS[name]["confidence"] for name in (*rule.get("shows", ()), *rule.get("facts", ()))]
        assert behind and set(behind) <= {"HIGH", "MED"}, signal


def test_no_two_languages_give_the_same_answer(answers: list[dict[str, Any]]) -> None:
    said: dict[str, str] = {}
    for one in answers:
        text = str(one["got"]["text"])
        if "topic" in one and len(text) > 40:
            assert said.setdefault(text, str(one["lang"])) == one["lang"], one
