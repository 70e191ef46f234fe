"""An answer with its buttons: what may be meant besides comes first, and a person stays one tap away."""

from __future__ import annotations

import pytest

from bot import content
from bot.domain.model import EngineReply, Urgency
from bot.domain.speaker import ASKED_MORE, MAX_CHOICES, Speaker, Unsayable, is_minor


def buttons(words: content.Catalogue, **values: object) -> list[str]:
    (said,) = Speaker(words, "nl").engine(EngineReply("answer", values))
    return [str(choice.action.get("intent") or choice.action["command"]) for choice in said.choices]


def test_what_may_be_meant_besides_comes_first_and_the_person_last(words: content.Catalogue) -> None:
    plain = buttons(words, topic="cost")
    more = buttons(words, topic="cost", also=["shelter", "police"])
    assert more[:2] == ["shelter", "police"]
    assert plain[-1] == more[-1] == "talk_to_human"
    assert len(plain) == MAX_CHOICES and len(more) == MAX_CHOICES + 1
    assert len(set(more)) == len(more)
    one = buttons(words, topic="cost", also=["shelter"])
    assert one == ["shelter", *plain], "no usual next question is lost for it"


def test_who_may_want_a_person_has_that_button_once(words: content.Catalogue) -> None:
    assert buttons(words, topic="cost", also=["talk_to_human"]) == buttons(words, topic="cost")


def test_who_asked_something_else_too_has_a_button_before_the_person(words: content.Catalogue) -> None:
    plain, more = buttons(words, topic="cost"), buttons(words, topic="cost", more=["police"])
    assert more == [*plain[:-1], ASKED_MORE, "talk_to_human"], "no usual next question is lost for it"
    besides = buttons(words, topic="cost", also=["shelter", "police"], more=[])
    assert besides == ["shelter", "police", *plain[:2], ASKED_MORE, "talk_to_human"]


def test_of_two_buttons_that_are_called_alike_one_stands_there(words: content.Catalogue) -> None:
    alike = [{"intent": "am_i_a_victim/is_it_normal"}, {"intent": "talk/is_this_normal"}, {"intent": "police"}]
    chosen = Speaker(words, "nl").choices(alike)
    assert [choice.action for choice in chosen] == [alike[0], alike[2]]


def test_what_may_be_asked_too_is_offered_when_it_is_pressed(words: content.Catalogue) -> None:
    asked = Speaker(words, "nl").asked_more(["police", "debt"])
    assert (asked.key, asked.text) == ("asked_more", words.say("asked_more", "nl"))
    assert [choice.action["intent"] for choice in asked.choices] == ["police", "debt", "talk_to_human"]


@pytest.mark.parametrize("name", ["also", "more"])
@pytest.mark.parametrize("topics", [5, ["no_such_topic"], [None]])
def test_what_nobody_has_words_for_is_not_offered(words: content.Catalogue, name: str, topics: object) -> None:
    with pytest.raises(Unsayable):
        buttons(words, topic="cost", **{name: topics})


def test_what_is_no_answer_stands_in_the_second_rank(words: content.Catalogue) -> None:
    speaker = Speaker(words, "nl")
    (asked,) = speaker.engine(
        EngineReply(
            "self_check.movement", {}, tuple({"intent": i} for i in ("affirm", "deny", "form_skip", "form_back"))
        )
    )
    assert [is_minor(choice) for choice in asked.choices] == [False, False, True, True]
    assert [is_minor(choice) for choice in speaker.card(Urgency.EMERGENCY, []).choices] == [False, True]
    named = speaker.languages("language.ask", {"fr": "Français"}).choices
    assert not any(map(is_minor, named)), "a language by its name is an answer"


def test_a_yes_says_that_somebody_is_safe_whoever_it_is_about(words: content.Catalogue) -> None:
    for of_others in (False, True):
        for asked in (0, 1):
            said = Speaker(words, "nl").safety_question(asked, of_others=of_others)
            assert [choice.action["command"] for choice in said.choices] == ["safe", "unsafe", "unsure"]
            assert said.key.endswith(("_seen", "_seen_b")) is of_others
    labels = [choice.label for choice in Speaker(words, "nl").safety_question(of_others=True).choices]
    assert labels[:2] == ["Ja", "Nee"]
