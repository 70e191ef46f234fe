"""Each check is shown to find its fault in a copy of the real words with one place broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.content import ContentError, load
from tests.unit.content.conftest import CONTENT

FaultsAfter = Callable[[str, str, str], tuple[str, ...]]
ROOT = Path(__file__).parents[3]
STRUCTURE = (CONTENT / "structure.yml").read_text(encoding="utf-8")
RULES = yaml.safe_load(STRUCTURE)["topics"]
STOP = '  stop_phone: {value: "078 055 800"'


def answer(lang: str, topic: str) -> str:
    """The text of a topic as its file has it today."""
    texts: dict[str, dict[str, str]] = yaml.safe_load((CONTENT / lang / "answers.yml").read_text(encoding="utf-8"))
    return texts[topic]["text"]


def rule(topic: str) -> str:
    """What structure.yml has of a topic today, whole lines."""
    found = re.search(rf"^  {topic}:.*?\n(?=  \w|\n)", STRUCTURE, re.MULTILINE | re.DOTALL)
    assert found
    return found[0]


def up_to(topic: str, field: str) -> str:
    """The same, from its beginning up to where the entries of a list begin."""
    assert RULES[topic][field], f"{topic} has no {field} any more: this test proves nothing"
    before, opened, _ = rule(topic).partition(f"{field}: [")
    assert opened
    return before + opened


THANKS = answer("en", "thanks")
CHOICES = up_to("shelter", "choices")
CHOICE = CHOICES + RULES["shelter"]["choices"][0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call 0476 11 22 33.", "bare digit"),
        ("It takes ٤٥ days.", "bare digit"),
        ("Look at www.example.org.", "bare site or e-mail"),
        ("Look at payoke.be for more.", "bare site or e-mail"),
        ("Write to help@example.", "bare site or e-mail"),
        ("You are <b>welcome</b>.", "HTML"),
        ("You are welcome &amp; safe.", "HTML"),
        ("You are **welcome**.", "HTML"),
        ("You are \u202ewelcome.", "invisible control character"),
        ("Call {no_such_phone}.", "unknown placeholder {no_such_phone}"),
        ("Call {shelter_full}.", "no value"),
        ("Call {stop_phone.", "brace"),
        ("Call {Stop Phone}.", "brace"),
        ("We PROMISE to help.", "may never be said"),
        ("Everything is guaranteed.", "may never be said"),
        ("Text {emergency_phone} now.", "may never be said"),
        ("Word " * 91 + "end.", "too long"),
        ("One thought. " + "And another one, " * 8 + "in one breath.", "a sentence of 27 words, at most 26"),
        ("", "empty"),
        (" Space at the start.", "space"),
    ],
)
def test_a_faulty_answer_is_found(faults_after: FaultsAfter, text: str, found: str) -> None:
    faults = faults_after("en/answers.yml", THANKS, text)
    assert any(fault.startswith("en/answers.yml: thanks: text") and found in fault for fault in faults)


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("en/answers.yml", 'label: "Thank you"', 'label: "Thank you for all of the good help"', "at most 28"),
        ("en/answers.yml", 'label: "Thank you"', 'label: "Yes"', "stands twice"),
        ("en/answers.yml", "thanks:\n", "thank_you:\n", "en/answers.yml: thanks is missing"),
        ("en/answers.yml", "thanks:\n", "thank_you:\n", "thank_you is no topic"),
        (
            "en/answers.yml",
            'label: "Thank you"\n',
            'label: "Thank you"\n  choices: [police]\n',
            "a label and a text",
        ),
        (
            "nl/answers.yml",
            "{reflection_days} dagen om te rusten, weg",
            "dagen om te rusten, weg",
            "must show {reflection_days}",
        ),
        (
            "fr/safety.yml",
            "Appelez le {emergency_phone} ou le {police_phone}.",
            "Appelez.",
            "must show {emergency_phone}",
        ),
        ("fr/safety.yml", '  weapon: "', '  gun: "', "fr/safety.yml: signals.weapon is missing"),
        ("fr/safety.yml", '  weapon: "', '  gun: "', "gun is no signal"),
        ("en/safety.yml", 'violence_now: "If you', 'violence_now: "' + "Run " * 41 + "If you", "at most 40"),
        ("nl/system.yml", "  joined:", "  came:", "nl/system.yml: handoff.joined is missing"),
        ("nl/system.yml", "  joined:", "  came:", "fr/system.yml: handoff.came is missing"),
        ("nl/labels.yml", "  claim:", "  take:", "nl/labels.yml: desk.claim is missing"),
        ("nl/labels.yml", '  "no": "Nee"', '  no: "Nee"', "the key False is not text"),
        ("nl/labels.yml", '  send: "Versturen"', "  send: 7", "empty or not text"),
        ("nl/labels.yml", '  send: "Versturen"', '  send: "A"\n  send: "B"', "stands twice"),
        ("nl/labels.yml", "visitor:\n", "visitor: [\n", "cannot be read"),
        ("en/meta.yml", "never_say:", "status: reviewed\nnever_say:", "only never_say"),
        ("en/meta.yml", "never_say:", "never:", "at least 10 promises"),
        ("languages.yml", "{code: fr,", "{code: nl,", "stands twice"),
        ("languages.yml", "{code: fr,", "{code: FR,", "without capitals"),
        ("languages.yml", "{code: fr,", "{code: no,", "as text"),
        (
            "languages.yml",
            "rtl: false, understanding: native",
            "rtl: none, understanding: native",
            "rtl: true|false",
        ),
        ("languages.yml", "{code: en,", "{code: xx,", "xx/answers.yml: the file is missing"),
        (
            "structure.yml",
            CHOICE,
            f"{CHOICES}castle",
            "castle is no topic",
        ),
        (
            "structure.yml",
            CHOICE,
            f"{CHOICES}shelter/castle",
            "shelter/castle is no topic",
        ),
        (
            "structure.yml",
            CHOICE,
            f"{CHOICES}shelter",
            "offers itself",
        ),
        ("structure.yml", CHOICES, f"{CHOICES}about_us, ", "at most 3 choices"),
        (
            "structure.yml",
            up_to("shelter", "facts"),
            up_to("shelter", "facts") + "shelter_open, ",
            "unknown fact shelter_open",
        ),
        (
            "structure.yml",
            up_to("shelter", "shows"),
            up_to("shelter", "shows") + "shelter_full, ",
            "shelter: shows shelter_full, which has no value",
        ),
        ("structure.yml", rule("thanks"), "", "structure.yml: topics: thanks is missing"),
        ("structure.yml", "alone: [discovered]", "alone: [found_out]", "found_out is not a signal"),
        ("structure.yml", "  emergency: {text:", "  alarm: {text:", "alarm is no urgency"),
        ("structure.yml", "signal_lines: 2", "signal_lines: 0", "signal_lines of 1 or more"),
        ("structure.yml", "values: [language]", "values: [stop_phone]", "a fact's name"),
        (
            "structure.yml",
            rule("thanks"),
            "  thanks: {choice: police}\n",
            "thanks: may have choices, shows, facts and values only",
        ),
        ("structure.yml", "no_claim: [change_language, ", "no_claim: [", "change_language: shows no fact"),
        ("structure.yml", "weapon: {facts: [own_risk, emergency_location]}", "weapon: {}", "weapon: shows no fact"),
        ("structure.yml", "no_claim: [", "no_claim: [shelter, ", "no_claim: shelter has facts"),
        ("structure.yml", "no_claim: [", "no_claim: [castle, ", "no_claim: castle is no topic and no signal"),
        ("topics.yml", "  shelter: ", "  house: ", "shelter is no topic of topics.yml"),
        ("facts.yml", STOP, '  stop_phone: {value: "8112"', "must never be shown"),
        ("facts.yml", STOP, '  stop_phone: {value: "+32 800 32 745"', "must never be shown"),
        ("facts.yml", STOP, "  stop_phone: {value: 78", "quote numbers"),
        ("facts.yml", STOP, '  stop_phone: {statement: "It exists."', "shows stop_phone, which has no value"),
        (
            "facts.yml",
            STOP,
            '  stop_phone: {statement: "x", value: "078 055 800"',
            "either a value or a statement",
        ),
        ("facts.yml", STOP + ", kind: phone", STOP + ", kind: fax", "kind must be one of"),
        (
            "facts.yml",
            "value: {nl: stopmensenhandel.be,",
            "value: {xx: 1, nl: stopmensenhandel.be,",
            "map per language",
        ),
        (
            "facts.yml",
            "checked: 2026-11-24, confidence: HIGH",
            "checked: soon, confidence: HIGH",
            "checked must be a date",
        ),
        ("facts.yml", "review_days: 365", "review_days: 0", "review_days must be"),
        ("facts.yml", "source_date: undated", "date: undated", "source_date must be text"),
        ("facts.yml", "source_date: undated", "date: undated", "unknown field date"),
    ],
)
def test_a_broken_place_is_found(
    faults_after: FaultsAfter, file: str, old: str, new: str, found: str
) -> None:
    faults = faults_after(file, old, new)
    assert any(found in fault for fault in faults), faults


@pytest.mark.parametrize("confidence", ["LOW", "GK"])
def test_what_is_not_sure_is_neither_shown_nor_leaned_on(copy: Path, confidence: str) -> None:
    path = copy / "facts.yml"
    lines = path.read_text(encoding="utf-8").splitlines()
    doubted = ("  stop_phone:", "  shelter_full:")
    lines = [
        line.replace("confidence: HIGH", f"confidence: {confidence}") if line.startswith(doubted) else line
        for line in lines
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load(copy)
    for fact in ("stop_phone", "shelter_full"):
        assert any(f"uses {fact}, whose confidence is {confidence}" in fault for fault in caught.value.faults)


def test_all_faults_come_at_once(copy: Path) -> None:
    for lang in ("nl", "fr", "en"):
        (copy / lang / "labels.yml").unlink()
    with pytest.raises(ContentError) as caught:
        load(copy)
    missing = [fault for fault in caught.value.faults if fault.endswith("labels.yml: the file is missing")]
    assert len(missing) == 3
    assert all(fault in str(caught.value) for fault in caught.value.faults)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError):
        load(tmp_path)


def test_a_new_language_can_be_checked_before_it_is_registered(copy: Path) -> None:
    shutil.copytree(copy / "en", copy / "xx")
    assert [language.code for language in load(copy).languages][-1] != "xx"
    assert [language.code for language in load(copy, also=["xx"]).languages][-1] == "xx"
    (copy / "xx" / "safety.yml").unlink()
    load(copy)
    with pytest.raises(ContentError):
        load(copy, also=["xx"])


def test_the_check_command_says_what_is_wrong(copy: Path) -> None:
    def check() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot.content", str(copy)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert check().returncode == 0
    (copy / "en" / "system.yml").unlink()
    broken = check()
    assert broken.returncode == 1
    assert "en/system.yml: the file is missing" in broken.stdout
