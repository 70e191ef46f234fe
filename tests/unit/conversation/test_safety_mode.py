"""The talk in danger: which line comes next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.conversation import safety_mode
from bot.conversation.safety_mode import Line
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
        (("violence_now", "suicide_risk"), "violence"),
        ((), "violence"),
    ],
)
def test_the_likeliest_signal_chooses_the_protocol(signals: tuple[str, ...], kind: str) -> None:
    lines, state = safety_mode.begin(START, signals)
    assert (state.mode, state.kind) == (Mode.SAFETY, kind)
    assert keys(lines) == [f"steps.{kind}.a"]


def on_from(state: ConversationState) -> tuple[list[Line], ConversationState]:
    """Return what is said next that is more than that a message was read."""
    lines, state = safety_mode.answer(state, None, "please")
    return on_from(state) if keys(lines)[0].startswith("read") else (lines, state)


def test_an_address_is_kept_read_back_and_put_into_a_sentence_for_112() -> None:
    lines, state = safety_mode.answer(begun("confined"), "place", " Carnotstraat 45, 3 hoog ")
    assert keys(lines) == ["reactions.place.a", "to_say.violence"]
    assert state.place == "Carnotstraat 45, 3 hoog"
    assert all(line.values["place"] == state.place for line in lines)


def test_a_reaction_is_said_twice_in_two_wordings_and_then_the_talk_goes_on() -> None:
    state = begun("weapon")
    said = []
    for _ in range(3):
        lines, state = safety_mode.answer(state, "why_nobody", "why does nobody come")
        said += keys(lines)
    assert said == ["reactions.why_nobody.a", "reactions.why_nobody.b", "steps.violence.b"]


@pytest.mark.parametrize(("signal", "act"), [("suicide_risk", "hidden"), ("witnessed_now", "cannot_leave")])
def test_what_only_the_person_in_danger_says_is_not_heard_from_others(signal: str, act: str) -> None:
    lines, _ = safety_mode.answer(begun(signal), act, "my mother is in the kitchen")
    assert not any(key.startswith("reactions") for key in keys(lines))


def test_a_calm_message_that_asks_nothing_is_asked_whether_it_is_still_dangerous() -> None:
    state, said = begun("confined"), []
    for _ in range(4):
        lines, state = safety_mode.answer(state, safety_mode.CALM, "we are six in a container")
        said += keys(lines)
    assert said == ["still.a", "still.b", "still.c", "still.a"]


def test_what_is_no_reaction_is_read_and_gets_the_next_step_in_turn() -> None:
    state, said = begun("weapon"), []
    for _ in range(7):
        lines, state = safety_mode.answer(state, None, "...")
        said += keys(lines)
    assert said == ["read.a", "steps.violence.b", "read.b", "steps.violence.c", "read.c", "still.a", "still.b"]


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (("called",), ["read.b", "steps.violence.b", "read.c", "still.a"]),
        (("police_here",), ["read.b", "steps.violence.b", "read.c", "still.a"]),
        (("called", "call_failed"), ["read.a", "steps.violence.b", "read.b", "steps.violence.c"]),
    ],
)
def test_who_has_called_is_not_asked_again_to_call_unless_it_failed(acts: tuple[str, ...], expected: list[str]) -> None:
    state, said = begun("weapon"), []
    for act in acts:
        _, state = safety_mode.answer(state, act, "i called 112")
    for _ in range(4):
        lines, state = safety_mode.answer(state, None, "...")
        said += keys(lines)
    assert said == expected


def test_a_bystander_is_read_in_words_of_their_own() -> None:
    lines, state = safety_mode.answer(begun("witnessed_now"), None, "...")
    assert keys(lines) == ["read_seen.a"]
    assert keys(on_from(state)[0]) == ["steps.bystander.b"]


def test_who_spoke_of_dying_is_not_asked_what_is_happening_but_gets_the_lines_to_call() -> None:
    lines, _ = safety_mode.answer(begun("suicide_risk"), None, "...")
    assert "suicide_lines" in keys(lines)


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


def test_who_speaks_of_dying_in_the_middle_of_something_else_is_given_the_lines_to_call_at_once() -> None:
    lines, state = safety_mode.answer(begun("violence_now"), "die", "i jump")
    assert keys(lines) == ["steps.suicide.a", "suicide_lines"]
    lines, state = safety_mode.answer(state, "took_pills", "i took them all")
    assert (keys(lines), state.kind) == (["reactions.took_pills.a"], "injury")


def test_what_is_added_to_a_place_is_kept_with_it() -> None:
    _, state = safety_mode.answer(begun("confined"), "place", "Carnotstraat 45")
    _, state = safety_mode.answer(state, "place", "2de verdiep")
    assert state.place == "Carnotstraat 45; 2de verdiep"


@pytest.mark.parametrize(
    ("line", "yes", "no"),
    [
        ("steps.violence.c", "yes_can_call", "cannot_call"),
        ("steps.coming.c", "somebody_here", "gone"),
        ("still.a", "what_do_i_do", "safe_now"),
        ("still.b", "safe_now", "what_do_i_do"),
        ("steps.violence.b", "ok", None),
    ],
)
def test_a_yes_or_a_no_answers_the_line_that_was_said_last(line: str, yes: str, no: str | None) -> None:
    state = replace(begun("confined"), line=line)
    assert (safety_mode.answered(state, yes=True), safety_mode.answered(state, yes=False)) == (yes, no)


def test_who_thinks_of_dying_is_taken_at_no_word_of_yes_or_no() -> None:
    state = begun("suicide_risk")
    assert state.line == "steps.suicide.a"
    assert safety_mode.answered(state, yes=True) is safety_mode.answered(state, yes=False) is None


def test_the_mode_goes_on_by_what_is_only_said_in_danger_where_it_had_ended() -> None:
    _, state = safety_mode.answer(begun("discovered"), "safe_now", "i am safe")
    assert (state.mode, state.was, state.after) == (Mode.TALK, "coming", safety_mode.AFTER)
    lines, state = safety_mode.again(state, "cannot_speak", "he hears me")
    assert (state.mode, state.kind, keys(lines)) == (Mode.SAFETY, "coming", ["reactions.cannot_speak.a"])


def test_who_writes_about_somebody_else_is_told_what_whoever_sees_it_does() -> None:
    neighbour = START.having_heard(["is_neighbour"], "i live next door")
    lines, state = safety_mode.begin(neighbour, ("confined",))
    assert (keys(lines), state.kind) == (["steps.bystander.a"], "bystander")
    _, state = safety_mode.answer(state, None, "he hits her", ("violence_now",))
    assert state.kind == "bystander"
    assert safety_mode.begin(neighbour, ("suicide_risk",))[0] == []


def test_who_stands_at_an_edge_is_asked_to_step_back_first_and_gets_the_lines_to_call() -> None:
    lines, state = safety_mode.answer(begun("confined"), "height", "im on the roof")
    assert (keys(lines), state.kind) == (["reactions.height.a", "suicide_lines"], "suicide")
    assert safety_mode.answered(state, yes=True) == "calmed"
    assert safety_mode.answered(state, yes=False) == "height"


def test_what_to_say_comes_with_what_can_be_read_aloud() -> None:
    _, state = safety_mode.answer(begun("confined"), "place", "Carnotstraat 45")
    lines, _ = safety_mode.answer(state, "what_to_say", "what do i tell them")
    assert keys(lines) == ["reactions.what_to_say.a", "to_say.violence"]


def test_what_can_be_shown_comes_when_the_police_is_there() -> None:
    assert keys(safety_mode.answer(begun("confined"), "police_here", "police")[0]) == [
        "reactions.police_here.a", "to_say.violence",
    ]  # fmt: skip


def test_what_is_said_to_112_tells_what_else_must_be_known() -> None:
    state = begun("confined", "weapon")
    _, state = safety_mode.answer(state, "fire", "there is smoke")
    lines, _ = safety_mode.answer(state, "place", "Carnotstraat 45")
    assert lines[-1].values["beside"] == "locked weapon fire"
    hurt, _ = safety_mode.answer(begun("medical_emergency"), "what_to_say", "what do I say")
    assert hurt[-1].values["beside"] == ""


def test_a_bystander_does_not_say_that_they_are_locked_in() -> None:
    state = begun("witnessed_now", "confined", "weapon")
    lines, _ = safety_mode.answer(state, "place", "the blue house")
    assert lines[-1].key == "to_say.bystander" and lines[-1].values["beside"] == "weapon"


@pytest.mark.parametrize(("act", "kind"), [
    ("at_door", "violence"), ("weapon", "violence"), ("other_hurt", "injury"), ("no_ambulance", "injury"),
    ("other_taken", "violence"), ("no_air", "violence"), ("lost_outside", "violence"),
])  # fmt: skip
def test_each_scene_of_danger_has_an_answer_of_its_own(act: str, kind: str) -> None:
    lines, state = safety_mode.answer(begun("confined"), act, "they break the door")
    assert (keys(lines), state.kind) == ([f"reactions.{act}.a"], kind)


def test_of_somebody_who_was_taken_away_is_said_to_112_what_is_known_of_them() -> None:
    _, state = safety_mode.answer(begun("being_moved"), "other_taken", "he drove off with my son")
    lines, state = safety_mode.answer(state, "place", "white van, towards Hasselt")
    assert lines[-1].key == "to_say.taken" and lines[-1].values["place"] == "white van, towards Hasselt"
    assert lines[-1].values["beside"] == ""


def test_who_has_no_air_is_sent_to_no_neighbour_and_112_is_told_of_it() -> None:
    first, state = safety_mode.answer(begun("confined"), "no_air", "we cannot breathe in here")
    lines, state = on_from(state)
    assert [*keys(first), *keys(lines)] == ["reactions.no_air.a", "steps.violence.c"]
    lines, _ = safety_mode.answer(state, "place", "a lorry at the harbour")
    assert lines[-1].values["beside"] == "locked air"


def test_an_emergency_soon_after_the_mode_goes_on_with_its_protocol() -> None:
    ended = begun("medical_emergency").out_of_safety(6)
    lines, state = safety_mode.again(ended, None, "it begins anew")
    assert (keys(lines), state.mode, state.kind) == (["steps.injury.b"], Mode.SAFETY, "injury")


def test_who_cannot_speak_is_not_asked_to_call_or_to_say_anything() -> None:
    _, state = safety_mode.answer(begun("weapon"), "cannot_speak", "they hear me")
    place, state = safety_mode.answer(state, "place", "Carnotstraat 45")
    assert keys(place) == ["reactions.place_silent.a", "to_say.violence"]
    assert state.place == "Carnotstraat 45"
    hurt, state = safety_mode.answer(state, "hurt", "i bleed")
    assert keys(hurt) == ["reactions.hurt_silent.a"]
    assert "hurt" in state.beside
    said = []
    for _ in range(3):
        lines, state = on_from(state)
        said += keys(lines)
    assert said == ["steps.violence.b", "still.a", "still.b"]


def test_who_is_shut_in_is_not_sent_to_a_neighbour_or_asked_for_a_door() -> None:
    _, state = safety_mode.answer(begun("weapon"), "hidden", "in the bathroom")
    call, state = safety_mode.answer(state, "cannot_call", "i cannot phone")
    assert keys(call) == ["reactions.cannot_speak.a"]
    on, state = on_from(state)
    assert keys(on) == ["still.a"]


def test_where_somebody_is_is_asked_until_it_is_known() -> None:
    _, state = safety_mode.answer(begun("weapon"), "place", "Carnotstraat 45")
    silent, state = safety_mode.answer(state, "cannot_speak", "they hear me")
    assert keys(silent) == ["reactions.cannot_speak.b"]
    hurt, _ = safety_mode.answer(state, "took_pills", "i swallowed all of them")
    on, _ = on_from(replace(state, kind="injury", step=1))
    assert keys(hurt) == ["reactions.took_pills.a"]
    assert keys(on) == ["still.a"]


def test_who_says_that_it_gets_worse_is_not_asked_whether_it_is_still_dangerous() -> None:
    _, state = safety_mode.answer(replace(begun("weapon"), step=safety_mode.STEPS), None, "please")
    worse, state = safety_mode.answer(state, "more_danger", "they come with petrol")
    assert keys(worse) == ["reactions.ok.a"]


def test_in_a_fire_nobody_is_told_to_take_no_risk_to_get_out() -> None:
    _, state = safety_mode.answer(begun("confined"), "fire", "it burns")
    locked, _ = safety_mode.answer(state, "cannot_leave", "the windows are shut")
    assert keys(locked) == ["reactions.fire.b"]


def test_what_is_said_beside_something_else_is_known_afterwards() -> None:
    _, state = safety_mode.answer(begun("discovered"), "cannot_speak", "he hears me", beside=["hidden"])
    on, _ = on_from(state)
    assert keys(on) == ["steps.coming.c"], "nobody who hides is sent to a neighbour"


def test_who_was_taken_for_a_bystander_and_hides_gets_lines_of_their_own() -> None:
    state = safety_mode.of_oneself(begun("witnessed_now"))
    lines, _ = safety_mode.answer(state, "hidden", "in the bathroom")
    assert keys(lines) == ["reactions.hidden.a"]
    assert safety_mode.of_oneself(begun("medical_emergency")).kind == "injury"


@pytest.mark.parametrize(("act", "line"), [("police_here", "police_here_seen"), ("gone", "gone_seen")])
def test_those_who_came_or_left_are_others_to_a_bystander(act: str, line: str) -> None:
    lines, state = safety_mode.answer(begun("witnessed_now"), act, "the police is there")
    assert keys(lines) == [f"reactions.{line}.a"] and state.mode is Mode.SAFETY


def test_a_bystander_who_says_that_it_is_over_is_not_asked_for_a_safe_place_of_their_own() -> None:
    lines, state = safety_mode.answer(begun("witnessed_now"), "safe_now", "she is safe now")
    assert (keys(lines), state.mode) == (["reactions.safe_now_seen.a"], Mode.TALK)


@pytest.mark.parametrize(("signal", "kind"), [("discovered", "suicide"), ("medical_emergency", "injury")])
def test_who_wants_to_die_keeps_the_lines_for_that_until_they_are_hurt(signal: str, kind: str) -> None:
    _, state = safety_mode.answer(begun("suicide_risk"), None, "my friend is in the next room", (signal,))
    assert state.kind == kind
