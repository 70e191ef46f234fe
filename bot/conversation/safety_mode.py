"""The talk while somebody is in danger: which line comes next. Pure, and without the dialogue engine.

One or two sentences a turn, one instruction, then the person is listened to. Sources of the protocol:
`docs/safety-mode.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain.conversation_state import ConversationState, Mode

KINDS: Final = {
    "suicide_risk": "suicide",
    "witnessed_now": "bystander",
    "medical_emergency": "injury",
    "discovered": "coming",
    "being_moved": "moved",
    "child_at_risk": "child",
}
"""The protocol of a signal; that of every other is `VIOLENCE`."""
VIOLENCE: Final = "violence"
STEPS: Final = 3
WORDINGS: Final = 2
STILL: Final = 3
LETTERS: Final = "abc"
"""How wordings and steps are called in `safety_mode.yml`."""
LEAVES: Final = frozenset({"safe_now", "denial", "joke"})
"""What ends the safety mode: the person says so."""
PAINS: Final = frozenset({"hurt", "scared", "alone"})
"""Said by somebody who thinks of dying, these are about that."""
BY_STEPS: Final = frozenset({"what_do_i_do"})
"""Answered by the next step of the protocol, where there is one."""
QUIET: Final = 2
"""Calm messages about something else, after which the mode ends by itself: nobody is held in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text of `safety_mode.yml` by its key, with what is filled in."""

    key: str
    values: dict[str, str] = field(default_factory=dict, repr=False)


def kind_of(signals: Sequence[str]) -> str:
    """The protocol for signals, the likeliest first."""
    return next((KINDS[signal] for signal in signals if signal in KINDS), VIOLENCE)


def begin(state: ConversationState, signals: Sequence[str]) -> tuple[list[Line], ConversationState]:
    """What is said below the card, and the state after it."""
    state = state.in_safety(kind_of(signals))
    lines, state = _step(state)
    return lines, state


def answer(
    state: ConversationState, act: str | None, words: str, signals: Sequence[str] = ()
) -> tuple[list[Line], ConversationState]:
    """What is said to a message in the safety mode, and the state after it. `act` is what the message does (a label of
    `data/acts`), `words` are its own, `signals` those of a new danger in it."""
    if signals:
        state = _turned(state, signals)
    state = replace(state, quiet=0)
    if act in LEAVES:
        lines, state = _reaction(state, act)
        return lines, replace(state, mode=Mode.TALK, kind="", step=0)
    if act == "place":
        state = replace(state, place=words.strip()[:240])
        lines, state = _reaction(state, "place", place=state.place)
        return [*lines, *_to_say(state)], state
    if act == "no_language":
        lines, state = _reaction(state, act)
        return [*lines, *_to_say(state)], state
    if state.kind == "suicide" and (act in PAINS or act is None):
        return _suicide(state)
    if act is None or (act in BY_STEPS and state.step < STEPS):
        return _step(state)
    return _reaction(state, act)


def _turned(state: ConversationState, signals: Sequence[str]) -> ConversationState:
    """The protocol changes when something else, and worse, is told: whoever is hurt now needs an ambulance first."""
    kind = kind_of(signals)
    return state if kind in {state.kind, VIOLENCE} else state.in_safety(kind)


def _step(state: ConversationState) -> tuple[list[Line], ConversationState]:
    """The next step of the protocol; after the last, in turn, whether it is still dangerous."""
    if state.step < STEPS:
        line = Line(f"steps.{state.kind}.{LETTERS[state.step]}")
        return [line], replace(state, step=state.step + 1)
    return [Line(f"still.{LETTERS[(state.step - STEPS) % STILL]}")], replace(state, step=state.step + 1)


def _suicide(state: ConversationState) -> tuple[list[Line], ConversationState]:
    """First that they were heard and a safe place, then the lines that can be called, then who can be with them."""
    if state.step == 1 and not state.times("safety_mode.suicide_lines"):
        lines, state = _step(state)
        return [*lines, Line("suicide_lines")], state
    if state.step >= STEPS and state.times("safety_mode.reactions.doing_badly") < WORDINGS:
        return _reaction(state, "doing_badly")
    return _step(state)


def _reaction(state: ConversationState, act: str, **values: str) -> tuple[list[Line], ConversationState]:
    """The wording of a reaction that was not said last; after both, a step, so that nothing is said over and over."""
    times = state.times(f"safety_mode.reactions.{act}")
    if times >= WORDINGS and act not in LEAVES and act not in {"place", "somebody_here"}:
        return _step(state)
    state = state.having_said([f"safety_mode.reactions.{act}"])
    return [Line(f"reactions.{act}.{LETTERS[times % WORDINGS]}", values)], state


def _to_say(state: ConversationState) -> list[Line]:
    """What can be read aloud or shown, once for each place."""
    return [Line(f"to_say.{state.kind}", {"place": state.place})]
