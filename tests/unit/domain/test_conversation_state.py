"""The memory of a conversation is one frozen value that survives being sealed."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation_state import (
    ABOUT_OTHERS,
    MAX_FACTS,
    MAX_WORDS,
    START,
    SURELY_OTHERS,
    ConversationState,
    Mode,
)

states = st.builds(
    ConversationState,
    mode=st.sampled_from(Mode),
    kind=st.sampled_from(("", "violence", "suicide")),
    step=st.integers(0, 9),
    quiet=st.integers(0, 3),
    place=st.text(max_size=20),
    told=st.dictionaries(st.sampled_from(("debt", "under_18", "is_nurse")), st.text(max_size=20)),
    said=st.dictionaries(st.text(min_size=1, max_size=10), st.integers(1, 99), max_size=5),
    question=st.text(max_size=20),
    answer=st.sampled_from(("", "shelter", "shelter/tonight")),
    since=st.integers(0, 99),
)


@given(states)
def test_what_is_kept_is_what_comes_back(state: ConversationState) -> None:
    assert ConversationState.loaded(json.loads(json.dumps(state.dumped()))) == state


def test_what_an_older_version_kept_is_read_and_what_it_lacks_is_as_at_the_start() -> None:
    assert ConversationState.loaded({}) == START
    assert ConversationState.loaded({"answer": "shelter", "unknown": 1}).answer == "shelter"


def test_a_fact_is_kept_in_the_persons_words_and_replaced_when_told_anew() -> None:
    state = START.having_heard(["debt"], "7000 euro").having_heard(["debt"], "9000 euro")
    assert state.told == {"debt": "9000 euro"}
    long = START.having_heard(["debt"], "x" * 1000)
    assert len(long.told["debt"]) == MAX_WORDS
    many = START
    for number in range(MAX_FACTS + 5):
        many = many.having_heard([f"fact{number}"], "x")
    assert len(many.told) == MAX_FACTS
    assert "fact0" not in many.told


def test_an_age_corrects_the_other() -> None:
    state = START.having_heard(["under_18"], "im 16").having_heard(["is_adult"], "i am 19")
    assert set(state.told) == {"is_adult"}


def test_the_role_is_that_of_who_writes() -> None:
    assert START.role == "self"
    assert START.having_heard(["not_paid"], "x").role == "self"
    assert START.having_heard(["is_nurse"], "x").role == "professional"
    assert START.having_heard(["threatens_other"], "x").role == "threat"


def test_who_writes_about_somebody_else_is_a_bystander_until_they_write_of_themselves() -> None:
    state = START.having_heard([], "x", 2.0)
    assert state.role == "self", "one message may be read wrongly"
    state = state.having_heard([], "x", 2.0)
    assert state.role == "bystander"
    assert state.having_heard(["is_nurse"], "x").role == "professional"
    assert type(state).loaded(state.dumped()).role == "bystander"
    for _ in range(9):
        state = state.having_heard([], "x", 2.0)
    for _ in range(4):
        state = state.having_heard([], "x", -1.0)
    assert state.role == "self", "however long it was so before"


def test_it_is_surely_about_somebody_else_where_that_was_said_or_nearly_all_speaks_for_it() -> None:
    assert START.having_heard(["is_neighbour"], "my neighbour").surely_of_others
    assert not START.having_heard(["is_employer"], "my firm").surely_of_others
    likely = START.having_heard([], "she", about=ABOUT_OTHERS)
    assert likely.role == "bystander" and not likely.surely_of_others
    assert likely.having_heard([], "she is afraid", about=SURELY_OTHERS - ABOUT_OTHERS).surely_of_others


def test_who_is_safe_leaves_the_mode_and_what_was_before_raises_nothing() -> None:
    state = START.in_safety("violence").safe(7)
    assert (state.mode, state.kind, state.since) == (Mode.TALK, "", 7)


def test_nothing_of_it_is_printed() -> None:
    assert "7000" not in repr(START.having_heard(["debt"], "7000 euro"))


def test_of_the_places_somebody_names_the_last_are_kept_and_none_twice() -> None:
    state = START.at(" Carnotstraat 45 ").at("3rd  floor")
    assert state.place == "Carnotstraat 45; 3rd floor"
    assert state.at("floor").place == state.place
    assert state.at("Turnhoutsebaan 2").place == "3rd floor; Turnhoutsebaan 2"


def test_what_must_be_said_beside_a_danger_is_sealed_with_it_and_ends_with_it() -> None:
    state = replace(START.in_safety("violence"), beside=("fire", "weapon"))
    assert ConversationState.loaded(json.loads(json.dumps(state.dumped()))) == state
    assert state.out_of_safety().beside == ()


def test_who_writes_of_themselves_is_no_helper_whatever_their_work_is() -> None:
    nurse = START.having_heard(["is_nurse"], "I am a nurse, the agency keeps my papers")
    assert nurse.role == "professional"
    assert replace(nurse, about=-2.0).role == "self"
    assert replace(START.having_heard(["is_employer"], "my own firm"), about=-2.0).role == "employer"
