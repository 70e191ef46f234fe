"""What waits while "are you safe to write now?" stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.content import Catalogue
from bot.conversation.forms import said
from bot.conversation.safety_question import alone, answers_of
from bot.conversation.sessions import Session
from bot.domain.forms import Form
from bot.domain.model import EngineReply, EngineTurn, Handoff
from bot.domain.speaker import Speaker
from bot.storage.database.part import Person
from bot.storage.sealing.envelopes import new_key_pair

BUTTONS = ({"intent": "affirm"}, {"intent": "deny"})
ANSWER = EngineReply("answer", {"topic": "police"}, ({"intent": "shelter"},))
BARE = EngineReply("answer", {"topic": "police", "bare": True}, ({"intent": "shelter"},))
OFFER = EngineReply("handoff.offer", {}, BUTTONS)
SLEEP = EngineReply("self_check.sleep", {}, BUTTONS)
PLEASE = EngineReply("forms.please_choose")
FORM = Form("self_check", "sleep", {"pay": "yes"})


def turn(*replies: EngineReply, form: Form | None = None) -> EngineTurn:
    return EngineTurn("police", 0.9, replies, ("report",), form=None if form is None else form.sent())


@pytest.mark.parametrize(
    ("replies", "said", "waits"),
    [
        ((ANSWER,), (BARE,), (ANSWER,)),
        ((ANSWER, OFFER), (BARE,), (ANSWER, OFFER)),
        ((EngineReply("both", {"topics": ["police", "cost"]}),), (), None),
        ((EngineReply("clarify", {}, BUTTONS),), (), None),
        ((EngineReply("handoff.cancelled"),), None, ()),
        ((), (), ()),
    ],
)
def test_what_is_said_without_a_form_and_what_waits(
    replies: tuple[EngineReply, ...], said: tuple[EngineReply, ...] | None, waits: tuple[EngineReply, ...] | None
) -> None:
    """None: all of them."""
    left, later = alone(turn(*replies), None)
    assert left.replies == (replies if said is None else said)
    assert later == (replies if waits is None else waits)
    assert left.requests == ("report",), "what must be done is done"


def test_a_question_of_a_form_is_asked_from_where_it_stands_and_counts_no_digression() -> None:
    left, later = alone(turn(PLEASE, SLEEP, form=replace(FORM, digressions=3, paused=True)), FORM)
    assert (left.replies, later, left.form) == ((), (), None)
    left, _ = alone(turn(ANSWER, EngineReply("forms.take_up", {}, BUTTONS), form=replace(FORM, paused=True)), FORM)
    assert (left.replies, left.form) == ((BARE,), None)


def test_somebody_who_may_be_in_danger_is_not_thanked() -> None:
    thanks = EngineReply("answer", {"topic": "thanks"}, ({"intent": "talk_to_human"},))
    left, later = alone(turn(thanks), None)
    assert (left.replies, later) == ((), ())


def test_the_buttons_of_an_answer_are_not_above_the_question_and_come_afterwards(words: Catalogue) -> None:
    answer = EngineReply("answer", {"topic": "report", "also": ["medical_care"], "more": ["police"]})
    left, later = alone(turn(answer), None)
    speaker = Speaker(words, "en")
    (above,), (offered,) = (said(speaker, EngineTurn("", 1.0, replies))[1] for replies in (left.replies, later))
    assert above.text == offered.text == words.answer("report", "en").text
    assert above.choices == ()
    assert words.label("choices.start_report", "en") in [choice.label for choice in offered.choices]


def test_the_question_comes_again_soon_while_it_is_not_answered_and_late_once_it_is() -> None:
    session = Session(Person(1, new_key_pair(), "en", Handoff.BOT), b"", [])
    session.waits = (OFFER,)
    assert [seq for seq in range(1, 12) if session.may_ask(seq)] == [1, 5, 9]
    assert session.is_safe(12) == (OFFER,)
    assert session.is_safe(13) == (), "what waited is asked once"
    assert [seq for seq in range(14, 40) if session.may_ask(seq)] == [25, 29, 33, 37]


def test_an_answer_that_moves_a_form_on_is_kept() -> None:
    """Words on how contact is safe, which end the form and sound of danger."""
    noted = EngineReply("handoff.noted")
    over = replace(turn(noted), form={"over": True, "answers": {"contact": "told"}})
    left, later = alone(over, Form("handoff", "contact"))
    assert (left, later) == (over, ())


def test_a_report_goes_on() -> None:
    asked = turn(EngineReply("report.where", {}, BUTTONS), form=Form("report", "where"))
    assert alone(asked, Form("report", "what")) == (asked, ())
    rests = Form("report", "what", paused=True)
    assert alone(turn(OFFER, form=rests), rests)[0].replies == ()


def test_of_a_turn_below_close_this_chat_only_answers_are_said_and_questions_wait() -> None:
    heard, asks = EngineReply("acknowledgements.heard.a"), EngineReply("acknowledgements.gentle.free.a", {}, BUTTONS)
    left, later = alone(turn(heard, ANSWER, asks), None)
    assert (answers_of(left).replies, later) == ((BARE,), (ANSWER, asks))
    assert answers_of(left).requests == ("report",)
