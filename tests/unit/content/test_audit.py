"""`inloop content check`: scripts, languages, texts that nobody says; and the words of the project, which are clean."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.content.audit import audit
from bot.content.language_check import language_faults, script_faults
from tests.unit.content.conftest import CONTENT

CODES = ("nl", "fr", "en", "ro", "tr", "ar", "bg", "es", "ru", "vi", "pl", "uk", "zh", "de", "pt", "hu", "sq")
CHECKED = date(2026, 11, 24)


def test_the_words_of_the_project_are_whole_and_in_their_languages() -> None:
    found = audit(CONTENT, CHECKED)
    assert found.faults == ()
    assert set(found.languages) >= set(CODES)
    assert not [note for note in found.notes if note.startswith("fact ")]


def test_facts_past_their_review_are_noted_and_no_fault(copy: Path) -> None:
    found = audit(copy, CHECKED + timedelta(days=400))
    assert found.faults == ()
    assert any(note.startswith("fact stop_phone: to be compared") for note in found.notes)


@pytest.mark.parametrize(
    ("text", "script", "found"),
    [
        ("Vous pouvez écrire à {stop_phone}.", "Latn", ""),
        ("Vous pouvеz écrire.", "Latn", "letters of another script: е (cyrillic small letter ie)"),
        ("Можете да пишете на Payoke.", "Cyrl", ""),
        ("Мoжете да пишете.", "Cyrl", "mixes scripts within a word: Мoжете"),
        ("Можете το пишете.", "Cyrl", "letters of another script"),
        ("You can write to us at any time, day and night.", "Cyrl", "mostly in Latin"),
        ("يمكنك الكتابة إلى Payoke في أي وقت.", "Arab", ""),
        ("你可以写给Payoke。", "Hans", ""),
        ("你可以かいて。", "Hans", "letters of another script"),
        ("anything", "Zyyy", ""),
    ],
)
def test_letters_of_another_script_are_found_and_names_are_none(text: str, script: str, found: str) -> None:
    faults = script_faults(text, script)
    assert bool(faults) is bool(found)
    assert found in "".join(faults)


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("A caseworker can look at it with you, when you want it.", "en", ""),
        ("A caseworker can look at it with you, when you want it.", "nl", "another language: en"),
        ("Ви можете написати нам, коли буде безпечно. Ми прочитаємо.", "ru", "another language: uk"),
        ("Yes", "nl", ""),
        ("{emergency_phone} {police_phone} {stop_phone} {payoke_phone} {child_focus_phone}", "nl", ""),
        ("A caseworker can look at it with you, when you want it.", "xx", ""),
    ],
)
def test_a_text_in_another_language_is_found_when_it_is_long_enough(text: str, code: str, found: str) -> None:
    faults = language_faults(text, code, CODES)
    assert bool(faults) is bool(found)
    assert found in "".join(faults)


def test_a_language_that_stands_in_the_folder_of_another_is_found(copy: Path) -> None:
    shutil.copy(copy / "en" / "answers.yml", copy / "fr" / "answers.yml")
    faults = audit(copy, CHECKED).faults
    english = [fault for fault in faults if fault.startswith("fr/answers.yml") and "another language: en" in fault]
    assert len(english) >= 45
    assert not [fault for fault in faults if not fault.startswith("fr/")]


def test_texts_that_nobody_says_and_facts_that_no_text_needs_are_named(copy: Path, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.mkdir()
    said_there = 'say("handoff.offer"); say(f"errors.{code}"); words["close_reason_" + x]; ask("language", "ask")'
    (program / "a.py").write_text(said_there)
    (program / "a.js").write_text('node.textContent = words.send; show(from + "_label")')
    fact = '  spare: {value: "9", kind: number, source: x, source_date: undated, checked: 2026-11-24, confidence: HIGH, review_days: 9}\n'  # noqa: E501
    with (copy / "facts.yml").open("a", encoding="utf-8") as file:
        file.write(fact)
    notes = audit(copy, CHECKED, sources=(program,)).notes
    unsaid = {note.split(":")[0].removeprefix("text ") for note in notes if note.endswith("nothing says it")}
    assert {"system.handoff.joined", "labels.visitor.title", "system.welcome"} <= unsaid
    said = {"system.handoff.offer", "system.errors.empty", "labels.desk.close_reason_helped", "labels.visitor.send"}
    elsewhere = {"system.language.ask", "labels.visitor.bot_label", "safety.emergency_card", "safety.signals.weapon"}
    assert not unsaid & (said | elsewhere)
    assert "fact spare: no text shows it or leans on it" in notes
    assert not [note for note in notes if note.startswith("fact stop_phone")]


def test_what_the_program_says_is_found_to_be_said() -> None:
    unsaid = {note.split(":")[0].removeprefix("text ") for note in audit(CONTENT, CHECKED).notes}
    said = {"system.welcome", "system.handoff.waiting", "labels.visitor.send", "labels.desk.facts_due"}
    assert not unsaid & said
