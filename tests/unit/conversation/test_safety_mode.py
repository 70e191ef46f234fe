"""The talk in danger: which line comes next."""

from __future__ import annotations

import pytest

from bot.conversation import safety_mode
from bot.domain.conversation_state import START, ConversationState, Mode


def keys(lines: list[safety_mode.Line]) -> list[str]:
    return [line.key for line in lines]


def begun(*signals: str) -> ConversationState:
    return safety_mode.begin(START, signals)[1]


@pytest.mark.parametrize(
    ("signals", "kind"),
    [
        (("suicide_risk", "medical_emergency"), "suicide"),
        (("medical_emergency",), "injury"),
        (("discovered",), "coming"),
        (("being_moved", "confined"), "moved"),
        (("child_at_risk",), "child"),
        (("witnessed_now", "violence_now"), "bystander"),
        (("weapon",), "violence"),
        ((), "violence"),
    ],
)
def test_the_likeliest_signal_chooses_the_protocol(signals: tuple[str, ...], kind: str) -> None:
    lines, state = safety_mode.begin(START, signals)
    assert (state.mode, state.kind) == (Mode.SAFETY, kind)
    assert keys(lines) == [f"steps.{kind}.a"]


def test_an_address_is_kept_read_back_and_put_into_a_sentence_for_112() -> None:
    lines, state = safety_mode.answer(begun("confined"), "place", " Carnotstraat 45, 3 hoog ")
    assert keys(lines) == ["reactions.place.a", "to_say.violence"]
    assert state.place == "Carnotstraat 45, 3 hoog"
    assert all(line.values["place"] == state.place for line in lines)


def test_a_reaction_is_said_twice_in_two_wordings_and_then_the_talk_goes_on() -> None:
    state = begun("confined")
    said = []
    for _ in range(3):
        lines, state = safety_mode.answer(state, "why_nobody", "why does nobody come")
        said += keys(lines)
    assert said == ["reactions.why_nobody.a", "reactions.why_nobody.b", "steps.violence.b"]


def test_what_is_no_reaction_gets_the_next_step_and_then_whether_it_is_still_dangerous() -> None:
    state, said = begun("confined"), []
    for _ in range(5):
        lines, state = safety_mode.answer(state, None, "...")
        said += keys(lines)
    assert said == ["steps.violence.b", "steps.violence.c", "still.a", "still.b", "still.c"]


@pytest.mark.parametrize("act", sorted(safety_mode.LEAVES))
def test_who_says_that_there_is_no_danger_leaves_the_mode(act: str) -> None:
    lines, state = safety_mode.answer(begun("violence_now"), act, "i am safe")
    assert keys(lines) == [f"reactions.{act}.a"]
    assert (state.mode, state.kind) == (Mode.TALK, "")


def test_something_worse_changes_the_protocol_and_violence_changes_none() -> None:
    _, state = safety_mode.answer(begun("confined"), None, "i bleed", ("medical_emergency",))
    assert state.kind == "injury"
    _, state = safety_mode.answer(begun("suicide_risk"), None, "he hits me", ("violence_now",))
    assert state.kind == "suicide"


def test_who_thinks_of_dying_is_told_the_lines_to_call_once_and_gets_no_menu() -> None:
    state, said = begun("suicide_risk"), []
    for act in (None, None, "scared", None, "hurt", None):
        lines, state = safety_mode.answer(state, act, "...")
        said += keys(lines)
        state = state.having_said(f"safety_mode.{line.key}" for line in lines)
    assert said.count("suicide_lines") == 1
    assert all(key.startswith(("steps.suicide", "suicide_lines", "reactions.doing_badly", "still")) for key in said)
