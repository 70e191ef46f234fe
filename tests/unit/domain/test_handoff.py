"""The handoff table: what is drawn is what is, and the moves that must always or never be possible."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.handoff import TABLE, IllegalMove, Move, bot_may_speak, drawn, move
from bot.domain.model import Handoff

DRAWING = Path(__file__).parents[3] / "docs" / "handoff.mmd"


def test_the_drawing_is_the_table() -> None:
    assert DRAWING.read_text(encoding="utf-8") == drawn()


@pytest.mark.parametrize("state", Handoff)
def test_a_person_can_always_write_and_always_ask(state: Handoff) -> None:
    assert move(state, Move.WRITE) in Handoff
    assert move(state, Move.ASK) in (Handoff.WAITING, Handoff.OWNED)


def test_only_a_caseworker_ends_a_case() -> None:
    assert {what for (_, what), after in TABLE.items() if after is Handoff.CLOSED} == {Move.CLOSE}
    assert {before for (before, what) in TABLE if what is Move.CLOSE} == {Handoff.OWNED}


def test_only_a_caseworker_who_claims_or_reopens_becomes_the_owner_of_what_nobody_owned() -> None:
    owning = {(b, w) for (b, w), after in TABLE.items() if after is Handoff.OWNED and b is not Handoff.OWNED}
    reopened = {(Handoff.CLOSED, Move.REOPEN), (Handoff.BOT, Move.REOPEN)}
    assert owning == {(Handoff.WAITING, Move.CLAIM)} | reopened


def test_a_transfer_leaves_no_moment_without_an_owner() -> None:
    transfer = (Move.OFFER, Move.ACCEPT, Move.DECLINE)
    assert {(b, after) for (b, w), after in TABLE.items() if w in transfer} == {(Handoff.OWNED, Handoff.OWNED)}


def test_the_bot_is_silent_exactly_while_a_person_owns_the_conversation() -> None:
    assert [state for state in Handoff if not bot_may_speak(state)] == [Handoff.OWNED]


def test_what_the_table_does_not_name_is_refused() -> None:
    for state in Handoff:
        for what in Move:
            if (state, what) not in TABLE:
                with pytest.raises(IllegalMove):
                    move(state, what)
