"""What is said: the actions and the rules, through the door."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest

import encoder
from tests.support.engine_process import ROOT, EngineProcess

MIXED = (
    "where can I sleep tonight",
    "how long does the court case take",
    "must I talk to the police",
    "I have to pay back the debt for my visa",
    "is it free of charge",
    "I need an interpreter",
    "how can I report a suspicion",
    "can I get compensation",
    "I need a doctor",
    "may I work with these papers",
    "they watch my phone",
    "I want to go back to my country",
)


@pytest.fixture(scope="session")
def unclear() -> dict[str, str]:
    """A message between twelve topics, whatever the model of the day has learned. Its letters say nothing: nobody
    wrote such a sign."""
    vector = encoder.load(ROOT / "models/encoder").encode(MIXED).mean(axis=0)
    vector /= np.linalg.norm(vector)
    sent = base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return {"text": "\N{BRAILLE PATTERN DOTS-123456}", "vector": sent}


def reply(answer: Any) -> dict[str, Any]:
    (only,) = answer.json()["replies"]
    return only


@pytest.mark.parametrize("yes", ["ja graag", "yes please", "oui"])
def test_a_person_is_offered_and_comes_on_yes(engine: EngineProcess, conversation: str, yes: str) -> None:
    conversation += yes
    offered = reply(engine.turn(conversation, "I want to talk to a person"))
    assert offered == {
        "key": "handoff.offer",
        "values": {},
        "choices": [{"intent": "affirm"}, {"intent": "deny"}],
    }
    answer = engine.turn(conversation, yes).json()
    assert (answer["requests"], answer["replies"]) == (["handoff"], [])


def test_a_person_does_not_come_on_no(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "talk_to_human")
    answer = engine.choose(conversation, "deny")
    assert answer.json()["requests"] == []
    assert reply(answer)["key"] == "handoff.cancelled"
    assert engine.choose(conversation, "affirm").json()["requests"] == []


def test_a_late_button_still_brings_the_person(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "talk_to_human")
    engine.choose(conversation, "cost")
    assert engine.choose(conversation, "affirm").json()["requests"] == ["handoff"]


def test_a_late_written_yes_brings_nobody(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "talk_to_human")
    engine.choose(conversation, "cost")
    answer = engine.turn(conversation, "yes")
    assert answer.json()["requests"] == []
    assert reply(answer) == {"key": "answer", "values": {"topic": "affirm"}, "choices": []}


def test_forgetting_is_asked_and_done_on_yes(engine: EngineProcess, conversation: str) -> None:
    asked = reply(engine.choose(conversation, "delete_my_data"))
    assert asked["key"] == "forget.question"
    assert asked["choices"] == [{"intent": "affirm"}, {"intent": "deny"}]
    assert engine.choose(conversation, "affirm").json()["requests"] == ["forget"]
    assert engine.choose(conversation, "affirm").json()["requests"] == []


def test_forgetting_is_not_done_on_no(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "delete_my_data")
    assert reply(engine.choose(conversation, "deny"))["key"] == "forget.cancelled"
    assert engine.choose(conversation, "affirm").json()["requests"] == []


@pytest.mark.parametrize("between", ["cost", "thanks", "not_understood"])
def test_a_late_yes_deletes_nothing(engine: EngineProcess, conversation: str, between: str) -> None:
    conversation += between
    engine.choose(conversation, "delete_my_data")
    engine.choose(conversation, between)
    assert engine.choose(conversation, "affirm").json()["requests"] == []


@pytest.mark.parametrize("intent", ["affirm", "deny"])
def test_yes_and_no_to_nothing_get_a_gentle_answer(
    engine: EngineProcess, conversation: str, intent: str
) -> None:
    answer = engine.choose(conversation + intent, intent)
    assert reply(answer) == {"key": "answer", "values": {"topic": intent}, "choices": []}


def test_the_language_is_changed_by_the_gateway(engine: EngineProcess, conversation: str) -> None:
    answer = engine.choose(conversation, "change_language").json()
    assert (answer["replies"], answer["requests"]) == ([], ["change_language"])


def test_not_understood_offers_the_last_topic_again_and_a_person(
    engine: EngineProcess, conversation: str
) -> None:
    first = reply(engine.choose(conversation, "not_understood"))
    assert first == {"key": "answer", "values": {"topic": "not_understood"}, "choices": []}
    engine.choose(conversation, "reflection_period")
    engine.choose(conversation, "thanks")
    again = reply(engine.choose(conversation, "not_understood"))
    assert again["choices"] == [{"intent": "reflection_period"}, {"intent": "talk_to_human"}]


def test_not_ready_is_left_in_peace(engine: EngineProcess, conversation: str) -> None:
    for _ in range(3):
        assert reply(engine.choose(conversation, "not_ready")) == {
            "key": "answer",
            "values": {"topic": "not_ready"},
            "choices": [],
        }


def test_what_is_unclear_is_asked_about_and_the_second_time_a_person_is_offered(
    engine: EngineProcess, conversation: str, unclear: dict[str, str]
) -> None:
    first = reply(engine.turn(conversation, **unclear))
    assert first["key"] == "clarify"
    assert 2 <= len(first["choices"]) <= 3
    second = reply(engine.turn(conversation, **unclear))
    assert second["key"] == "clarify_person"
    assert second["choices"][-1] == {"intent": "talk_to_human"}
    assert second["choices"].count({"intent": "talk_to_human"}) == 1
    engine.choose(conversation, "shelter")
    assert reply(engine.turn(conversation, **unclear))["key"] == "clarify"


def test_none_of_what_is_offered_asks_for_other_words_and_offers_a_person(
    engine: EngineProcess, conversation: str, unclear: dict[str, str]
) -> None:
    asked = reply(engine.turn(conversation, **unclear))
    assert asked["choices"][-1] == {"intent": "none_of_these"}
    none = reply(engine.choose(conversation, "none_of_these"))
    assert (none["key"], none["choices"]) == ("say_differently", [{"intent": "talk_to_human"}])
    assert reply(engine.turn(conversation, **unclear))["key"] == "clarify_person"


@pytest.mark.parametrize(
    "form",
    [
        {"name": "report", "at": "where", "answers": {"what": "Four men, in a cellar."}},
        {"name": "report", "at": "Where was it?"},
        {"name": "report", "at": "where", "answers": ["what"]},
        {f"x{i}": 1 for i in range(50)},
        "report",
    ],
)
def test_no_text_comes_in_as_a_form(engine: EngineProcess, conversation: str, form: Any) -> None:
    assert engine.turn(conversation, "hello", form=form).status_code == 422


def test_a_form_that_the_engine_does_not_know_is_over(engine: EngineProcess, conversation: str) -> None:
    answer = engine.turn(conversation, "is it free of charge", form={"name": "survey", "at": "one"}).json()
    assert answer["form"] == {"over": True}
    assert answer["replies"][0]["values"]["topic"].partition("/")[0] == "cost"


def test_a_form_goes_on_from_where_the_gateway_says(engine: EngineProcess, conversation: str) -> None:
    form = {"name": "report", "at": "when", "answers": {"danger": "no", "what": "told", "where": "skip"}}
    answer = engine.turn(conversation, "three nights a week", form=form).json()
    assert answer["requests"] == ["keep:report.when", "told:report", "report"]
    assert [r["key"] for r in answer["replies"]] == ["report.people"]
    assert answer["form"]["answers"]["when"] == "told"


def test_conversations_are_apart(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "talk_to_human")
    assert engine.choose(conversation + "-other", "affirm").json()["requests"] == []


def test_forget_drops_the_conversation(engine: EngineProcess, conversation: str) -> None:
    engine.choose(conversation, "talk_to_human")
    assert engine.forget(conversation).json() == {"forgotten": True}
    assert engine.forget(conversation).json() == {"forgotten": False}
    assert engine.choose(conversation, "affirm").json()["requests"] == []
