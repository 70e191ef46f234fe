"""What is said about danger at once, without the engine: the card, and the lines of the safety mode."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import content
from bot.conversation.danger_talk import DangerTalk, InDanger
from bot.domain.conversation_state import START, ConversationState
from bot.domain.forms import Sheet
from bot.domain.model import Assessment, Urgency
from bot.domain.speaker import Speaker
from bot.settings import CONTENT
from bot.understanding.acts.model import Acts
from bot.understanding.context import InContext
from bot.understanding.service import Understood

WORDS = content.load(CONTENT)
TALK = DangerTalk(WORDS)


def begins(text: str, *signals: str, told: tuple[str, ...] = (), state: ConversationState = START) -> InDanger:
    found = Assessment(Urgency.EMERGENCY, signals, (), 0.95)
    return TALK.begins(Speaker(WORDS, "en"), Sheet(state=state), found, text, Acts(told=told))


def goes_on(sheet: Sheet, text: str, act: str, lang: str = "en") -> InDanger:
    understood = Understood(
        Assessment(confidence=0.5), None, lang, text, acts=Acts(safety=(act, 0.99)), seen=InContext(0.9, 0.9, 0.0)
    )
    said = TALK.answer(Speaker(WORDS, lang), sheet, text, understood, owned=False, plain=None)
    assert said is not None
    return said


def test_the_next_message_is_read_after_what_was_said_in_danger() -> None:
    said = begins("he locked me in and has a knife", "confined")
    assert said.sheet.state.question == "he locked me in and has a knife"
    later = goes_on(said.sheet, "behind the bakery, a green door", "place")
    assert later.sheet.state.question == "behind the bakery, a green door"


def test_a_child_stands_in_what_is_said_only_where_one_was_told_of() -> None:
    assert begins("i ran, they look for me", "child_at_risk").sheet.state.kind == "violence"
    assert begins("they hit my son", "child_at_risk", told=("children_with_me",)).sheet.state.kind == "child"
    neighbour = replace(START, told={"is_neighbour": "i live next door"})
    assert begins("they beat the boy", "child_at_risk", state=neighbour).sheet.state.kind == "bystander"


def test_a_nurse_is_not_told_to_close_the_chat_because_he_comes_in() -> None:
    nurse = replace(START, told={"is_nurse": "i am a nurse"})
    card, *_ = begins("he is in the corridor now", "discovered", state=nurse).replies
    assert card.text == WORDS.card("emergency", ["witnessed_now"], "en").text
    assert begins("he is in the corridor now", "discovered").replies[0].text.startswith("Close this chat")


@pytest.mark.parametrize(("about", "kind"), [(-2.0, "violence"), (0.3, "violence"), (2.0, "bystander")])
def test_nobody_who_writes_of_themselves_is_told_to_keep_their_distance(about: float, kind: str) -> None:
    assert begins("two men want my van", "witnessed_now", state=replace(START, about=about)).sheet.state.kind == kind


def test_who_writes_of_themselves_stays_so_when_a_neighbour_calls() -> None:
    sheet = begins("he breaks the door", "confined", state=replace(START, about=-2.0)).sheet
    found = Assessment(Urgency.EMERGENCY, ("witnessed_now", "confined"), (), 0.95)
    understood = Understood(found, None, "en", "the neighbour shouts", alone=True, seen=InContext(0.9, 0.9, 0.0))
    said = TALK.answer(Speaker(WORDS, "en"), sheet, understood.reading, understood, owned=False, plain=None)
    assert said is not None and said.sheet.state.kind == "violence"


def test_nobody_says_in_their_own_language_that_they_do_not_speak_it() -> None:
    said = goes_on(begins("help", "confined").sheet, "Carnotstraat 45", "place", "fr").replies[-1].text.split("\n")
    assert [line.endswith(end) for line, end in zip(said, ("Nederlands.", "français.", "well."), strict=True)] == [
        True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(("danger", "answered"), [(0.1, False), (0.9, True)])
def test_a_question_in_the_mode_is_answered_as_one_where_little_of_danger_is_left(
    danger: float, answered: bool
) -> None:
    sheet = begins("he locked me in", "confined").sheet
    understood = Understood(
        Assessment(confidence=0.02), None, "en", "will the police lock me up?", own=0.02,
        acts=Acts(safety=("no_police", 0.97), does={"ask": 1.0}), seen=InContext(danger, danger, 0.0),
    )  # fmt: skip
    said = TALK.answer(Speaker(WORDS, "en"), sheet, "will the police lock me up?", understood, owned=False, plain=None)
    assert said is not None
    assert bool(said.replies) is answered
