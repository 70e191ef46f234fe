"""What the gateway keeps of forms, and what it takes from an engine that may be wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.forms import EMPTY, Form, Sheet, answers_form, form_of, plain, step
from bot.domain.model import EngineTurn

WHERE = {"name": "report", "at": "where", "answers": {"danger": "no", "what": "told"}, "digressions": 0}


def turn(*requests: str, form: dict[str, Any] | None = None) -> EngineTurn:
    return EngineTurn("report", 1.0, (), requests, form=form)


def test_own_words_are_kept_and_shown_to_a_caseworker_only_once_they_are_told() -> None:
    kept = EMPTY.after(turn("keep:report.what", form=WHERE), "four men in a cellar")
    assert kept.form == Form("report", "where", {"danger": "no", "what": "told"})
    assert kept.lines("report") == []
    told = kept.after(turn("told:report", form=WHERE), "")
    assert told.lines("report") == [("danger", "no", ""), ("what", "", "four men in a cellar")]


def test_words_of_danger_are_added_and_a_correction_takes_words_away() -> None:
    sheet = EMPTY.after(turn("keep:report.what", form=WHERE), "a cellar")
    sheet = sheet.after(turn("add:report.what", form=WHERE), "she screams")
    assert sheet.words == {"report.what": "a cellar\nshe screams"}
    assert sheet.after(turn("drop:report.what", form=WHERE), "").words == {}


def test_a_skipped_question_shows_what_was_said_at_it_all_the_same() -> None:
    skipped = {"over": True, "answers": {"where": "skip", "when": "skip"}}
    sheet = Sheet(words={"report.where": "Antwerp"}).after(turn("told:report", form=skipped), "")
    assert sheet.form is None
    assert sheet.lines("report") == [("where", "", "Antwerp"), ("when", "skip", "")]


def test_an_engine_that_says_nothing_of_forms_changes_nothing() -> None:
    sheet = EMPTY.after(turn(form=WHERE), "")
    assert sheet.after(turn(), "hello") == sheet


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "survey", "at": "where"},
        {"name": "report", "at": "Where was it?"},
        {"name": "report", "at": 7},
        {"name": ["report"], "at": "where"},
        {"name": "report", "at": "where", "over": True},
        {},
    ],
)
def test_a_form_that_is_none_is_not_kept(wrong: dict[str, Any]) -> None:
    assert form_of(wrong) is None


def test_only_codes_are_kept_of_what_the_engine_calls_answers() -> None:
    form = form_of({**WHERE, "answers": {"what": "four men in a cellar", "x y": "no", "when": "skip"}})
    assert form is not None and form.answers == {"when": "skip"}
    wrong = form_of({**WHERE, "answers": "no", "digressions": "many"})
    assert wrong is not None and (wrong.answers, wrong.digressions) == ({}, 0)


def test_an_engine_cannot_have_words_kept_under_another_name() -> None:
    assert EMPTY.after(turn("keep:passwords.all", "keep:", "add:x.y", form=WHERE), "words").words == {}


def test_a_sheet_survives_being_written_down() -> None:
    sheet = EMPTY.after(turn("keep:report.what", "told:report", "handoff", form=WHERE), "a cellar, “quoted”\n")
    data = json.loads(json.dumps(sheet.dumped()))
    assert Sheet.loaded(data, asking=True) == sheet
    closed = Sheet.loaded(data, asking=False)
    assert (closed.form, closed.due) == (None, False)
    assert closed.lines("report") == sheet.lines("report")


def test_who_wants_no_caseworker_is_asked_nothing_about_one() -> None:
    asked = Sheet(Form("handoff", "mode"), due=True).withdrawn()
    assert (asked.form, asked.due) == (None, False)
    report = Sheet(Form("report", "what"), due=True).withdrawn()
    assert report.form == Form("report", "what")


@pytest.mark.parametrize(("tag", "form"), [("report.where", True), ("handoff", False), ("x.y", False), (None, False)])
def test_which_buttons_belong_to_a_form(tag: object, form: bool) -> None:
    assert answers_form(tag) is form


def test_nothing_of_a_person_is_in_the_repr() -> None:
    assert "cellar" not in repr(Sheet(words={"report.what": "a cellar"}))


def test_a_turkish_capital_is_the_letter_that_it_is() -> None:
    assert plain("İSTEMİYORUM!") == plain("istemiyorum")


def test_a_question_knows_its_place_among_how_many() -> None:
    assert step("self_check.pay") == (5, 9)
    assert step("report.danger") == (1, 6)
    for other in ("self_check.start", "answer.cost", "safety.safety_question", "report", ""):
        assert step(other) is None
