"""The talk while somebody is in danger: which line comes next. Pure, and without the dialogue engine.

One or two sentences a turn, one instruction, then the person is listened to. Sources of the protocol:
`docs/safety-mode.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bot.domain.conversation_state import ConversationState

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
BYSTANDER: Final = "bystander"
"""The protocol for a bystander, and for every role in `OTHERS`."""
SUICIDE: Final = "suicide_risk"
STEPS: Final = 3
WORDINGS: Final = 2
STILL: Final = 3
LETTERS: Final = "abc"
"""How wordings and steps are called in `safety_mode.yml`."""
LEAVES: Final = frozenset({"safe_now", "denial", "joke"})
"""What ends the safety mode: the person says so."""
PAINS: Final = frozenset({"hurt", "scared", "alone"})
"""Said by somebody who thinks of dying, these are about that."""
OTHERWISE: Final = {
    "suicide": frozenset({
        "cannot_speak", "hidden", "he_sleeps", "cannot_leave", "child_with_me", "somebody_here", "gone",
    }),
    "bystander": frozenset({
        "cannot_speak", "hidden", "he_sleeps", "cannot_leave", "child_with_me", "somebody_here", "alone", "hurt",
        "fled", "in_vehicle", "height", "calmed", "at_door", "no_air", "lost_outside",
    }),
}  # fmt: skip
"""What is not said for oneself there, and so is none of these: "my mother is in the kitchen", "she cannot get out"."""
SEEN: Final = {"police_here": "police_here_seen", "gone": "gone_seen", "safe_now": "safe_now_seen"}
"""What is answered to a bystander otherwise than to the person in danger: those who came, left, or are safe are others.
"""
CALM: Final = "calm"
"""A message in which nothing is of danger, and nothing is asked: whether it is still dangerous is asked then."""
BY_STEPS: Final = frozenset({"what_do_i_do"})
"""Answered by the next step of the protocol, where there is one."""
QUIET: Final = 2
QUIET_SUICIDE: Final = 3
"""Calm messages about something else, after which the mode ends by itself: nobody is held in it. Who spoke of dying is
held a little longer."""
AFTER: Final = 6
"""Messages after the mode has ended in which what is only said in danger begins it again."""
BACK: Final = frozenset({
    "cannot_speak", "no_credit", "somebody_here", "hidden", "he_sleeps", "hurt", "took_pills", "die", "call_failed",
    "why_nobody", "cannot_leave", "more_danger", "cannot_call", "fled", "height", "fire", "in_vehicle",
    "at_door", "weapon", "other_hurt", "other_taken", "no_air", "lost_outside", "no_ambulance",
})  # fmt: skip
"""What is only said in danger."""
OTHERS: Final = frozenset({"bystander", "relative", "professional", "employer", "client", "press"})
"""Roles of people who write about somebody else. They get the protocol of a bystander."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text of `safety_mode.yml` by its key, with what is filled in."""

    key: str
    values: dict[str, str] = field(default_factory=dict, repr=False)


BESIDE: Final = {
    "fire": "fire", "weapon": "weapon", "confined": "locked", "cannot_leave": "locked", "hurt": "hurt",
    "medical_emergency": "hurt", "other_hurt": "hurt", "child_with_me": "child", "in_vehicle": "vehicle",
    "no_ambulance": "hurt", "no_air": "air", "other_taken": "taken",
}  # fmt: skip
"""Signals and acts that stand, in words of their own, in what is said to 112 beside what the protocol says."""
IMPERSONAL: Final = frozenset({"fire", "weapon", "air"})
"""Of these, what a bystander can say as well: it is not about the person who writes."""
TAKEN: Final = "taken"
"""Somebody else is taken away: what is said to 112 is of them, and not of who writes."""
SAYS_ALREADY: Final = {"injury": "hurt", "child": "child"}
"""What the sentence of a protocol says by itself."""


def kind_of(signals: Sequence[str]) -> str:
    """The protocol for signals, the likeliest first. That of suicide only where nothing is likelier."""
    sure = [signal for number, signal in enumerate(signals) if signal in KINDS and (signal != SUICIDE or not number)]
    return KINDS[sure[0]] if sure else VIOLENCE


def begin(state: ConversationState, signals: Sequence[str]) -> tuple[list[Line], ConversationState]:
    """What is said below the card, and the state after it."""
    kind = kind_of(signals)
    if state.role in OTHERS:
        if kind == "suicide":  # the card has the lines to call; where the friend stands they cannot say
            return [], state
        kind = BYSTANDER
    return _ending(*_step(_with(state.in_safety(kind), signals)))


def _with(state: ConversationState, said: Sequence[str]) -> ConversationState:
    """The state that knows what of `said`, signals and acts, must stand in what is said to 112."""
    known = dict.fromkeys([*state.beside, *(BESIDE[name] for name in said if name in BESIDE)])
    return replace(state, beside=tuple(known))


def again(state: ConversationState, act: str | None, words: str) -> tuple[list[Line], ConversationState]:
    """Return the lines and the state when the ended mode starts again, with the protocol it had: by an `act` of `BACK`,
    or, with None, by an emergency without such an act."""
    state = replace(state.in_safety(state.was or VIOLENCE), step=1)
    return answer(state, act, words) if act else _ending(*_step(state))


def _ending(lines: list[Line], state: ConversationState) -> tuple[list[Line], ConversationState]:
    """The lines, and the state that knows the last of them that asks."""
    said = [line.key for line in lines if not line.key.startswith(("to_say.", "suicide_lines"))]
    return lines, replace(state, line=said[-1] if said else state.line)


def answer(
    state: ConversationState, act: str | None, words: str, signals: Sequence[str] = (), beside: Sequence[str] = ()
) -> tuple[list[Line], ConversationState]:
    """What is said to a message in the safety mode, and the state after it (see `_answer`). `beside`: what else it does
    than `act`, which is known from then on."""
    state = _with(state, beside).having_said([f"safety_mode.reactions.{name}" for name in beside if name in KNOWN])
    return _ending(*_answer(state, act, words, signals))


def of_oneself(state: ConversationState) -> ConversationState:
    """Return the state where who was taken for a bystander writes about themselves."""
    return state.in_safety(VIOLENCE) if state.kind == BYSTANDER else state


def _answer(
    state: ConversationState, act: str | None, words: str, signals: Sequence[str]
) -> tuple[list[Line], ConversationState]:
    """What is said to a message in the safety mode, and the state after it. `act` is what the message does (a label of
    `data/acts`), `words` are its own, `signals` those of a new danger in it."""
    before = state.kind
    act = None if act in OTHERWISE.get(state.kind, ()) else act
    if signals or act in KIND_OF_ACT:
        state = _turned(state, signals, act)
    state = _with(replace(state, quiet=0), (*signals, act or ""))
    if act in LEAVES or (act in SEEN and state.kind == BYSTANDER):
        lines, state = _reaction(state, SEEN.get(act, act) if state.kind == BYSTANDER else act)
        return lines, state.out_of_safety(AFTER) if act in LEAVES else state
    if state.kind == "suicide" != before:  # told in the middle of something else: the numbers at once
        lines, state = _reaction(state, act) if act == "height" else _step(state)
        return [*lines, Line("suicide_lines")], state.having_said(["safety_mode.suicide_lines"])
    if act in UNSPOKEN and _is_silent(state):
        act = UNSPOKEN[act]
    if act in IN_FIRE and "fire" in state.beside:
        act = "fire"
    if act == "cannot_call" and _is_shut_in(state):  # no neighbour, no shop: without a word, then
        act = "cannot_speak"
    if act in SHOWN:
        state = state.at(words) if act in PLACES else state
        lines, state = _reaction(state, act, place=state.place)
        return [*lines, *_to_say(state)], state
    worse = act == "more_danger" or bool(signals)
    act = None if act in {"die", "more_danger"} else act
    if state.kind == "suicide" and (act in PAINS or act is None):
        return _suicide(state)
    return _by_protocol(state, act, worse=worse)


def _by_protocol(state: ConversationState, act: str | None, *, worse: bool) -> tuple[list[Line], ConversationState]:
    """What is said to anything that changes nothing of what is known."""
    if act is None and not worse and state.kind != "suicide":
        return _read(state)
    if act in {None, CALM} or (act in BY_STEPS and state.step < STEPS):
        return _still(state) if act == CALM else _step(state, worse=worse)
    return _reaction(state, act)


def _read(state: ConversationState) -> tuple[list[Line], ConversationState]:
    """That a message was read, of which it was not understood what it does: every second time, and the next step in
    between. Steps alone pass over what was said; of such replies readers found one in three to fit."""
    name, wordings = ("read_seen", WORDINGS) if state.kind == BYSTANDER else ("read", STILL)
    key = f"safety_mode.{name}"
    if not state.times(key) and _has_called(state):
        state = state.having_said([key])  # the first wording asks for a call
    times = state.times(key)
    if times >= wordings or state.line.startswith(name):
        return _step(state)
    state = state.having_said([key])
    return [Line(f"{name}.{LETTERS[times]}")], state


SHOWN: Final = frozenset({"place", "place_silent", "no_language", "police_here", "what_to_say"})
"""After these comes what can be read aloud or shown."""
PLACES: Final = frozenset({"place", "place_silent"})
UNSPOKEN: Final = {
    "place": "place_silent", "hurt": "hurt_silent", "other_hurt": "hurt_silent", "no_ambulance": "hurt_silent",
    "yes_can_call": "cannot_speak",
}  # fmt: skip
"""What is answered otherwise to who cannot speak: nobody is asked again to call, or to say anything."""
SILENT: Final = ("cannot_speak", "cannot_call", "hidden")
"""Who said one of these is not heard by others, and must not be."""
SPOKEN: Final = frozenset({"steps.violence.c", "steps.injury.a", "steps.injury.c"})
"""Steps that ask for a call; left out for who cannot speak, and for who has called."""
SHUT_IN: Final = ("hidden", "at_door", "cannot_leave", "no_air")
"""Who said one of these reaches nobody, and has no door to lock."""
KNOWN: Final = frozenset({*SILENT, *SHUT_IN})
OWN: Final = frozenset({
    "hidden", "cannot_leave", "cannot_speak", "hurt", "he_sleeps", "somebody_here", "at_door", "in_vehicle", "fled",
    "no_air", "lost_outside",
})  # fmt: skip
"""What is surely said by the person in danger."""
IN_FIRE: Final = frozenset({"cannot_leave", "hidden", "at_door"})
"""What is answered with the lines for a fire where there is one: nobody is told to take no risk to get out."""
AMONG_OTHERS: Final = frozenset({"steps.violence.b", "steps.coming.b", "steps.child.b", "steps.moved.b"})
"""Steps that send somebody to other people or behind a door; left out for who is shut in, or in a vehicle."""
WHERE: Final = frozenset({"steps.violence.a", "steps.injury.b", "steps.bystander.b"})
"""Steps that ask where somebody is; left out when it is known."""
ASKS_WHERE: Final = frozenset({"cannot_speak", "cannot_call", "hidden", "child_with_me"})
"""Reactions whose first wording asks where somebody is; when it is known, the second comes first."""


def _is_silent(state: ConversationState) -> bool:
    """Whether the person said that they cannot speak where they are."""
    return any(state.times(f"safety_mode.reactions.{act}") for act in SILENT)


def _is_shut_in(state: ConversationState) -> bool:
    """Whether the person said that they cannot get away from where they are."""
    said = any(state.times(f"safety_mode.reactions.{act}") for act in SHUT_IN)
    return said or bool({"locked", "vehicle"} & set(state.beside))


def _has_called(state: ConversationState) -> bool:
    """Whether the person said that they have called, or that help is there, and not that a call failed."""
    called, here, failed = (
        state.times(f"safety_mode.reactions.{act}") for act in ("called", "police_here", "call_failed")
    )
    return bool(called or here) and not failed


def _is_left_out(key: str, state: ConversationState) -> bool:
    """Whether a step asks for what cannot be done, or what is known."""
    return (
        (key in SPOKEN and (_is_silent(state) or _has_called(state)))
        or (key in AMONG_OTHERS and _is_shut_in(state))
        or (key in WHERE and bool(state.place))
    )


KIND_OF_ACT: Final = {
    "die": "suicide", "height": "suicide", "took_pills": "injury", "other_hurt": "injury", "no_ambulance": "injury",
}  # fmt: skip
"""The protocol of what is said in danger, whatever it was before."""


CALL: Final = ("yes_can_call", "cannot_call")
YES_NO: Final[dict[str, tuple[str | None, str | None]]] = {
    "steps.violence.c": CALL, "steps.injury.a": CALL, "steps.injury.c": ("ok", "cannot_call"),
    "steps.coming.c": ("somebody_here", "gone"), "steps.child.a": ("somebody_here", None),
    "steps.bystander.a": ("called", None), "reactions.hurt.a": CALL, "reactions.hurt.b": CALL,
    "reactions.alone.a": CALL, "reactions.ok.b": CALL, "reactions.what_do_i_do.b": CALL,
    "reactions.why_nobody.a": ("called", "cannot_call"), "reactions.why_nobody.b": CALL,
    "reactions.took_pills.a": ("ok", "alone"), "reactions.height.a": ("calmed", "height"), "reactions.height.b": CALL,
    "reactions.fire.a": ("fled", "fire"), "reactions.at_door.a": ("ok", "cannot_leave"),
    "reactions.fled.b": ("somebody_here", "ok"), "reactions.hurt_silent.a": ("ok", None),
    "reactions.hurt_silent.b": ("ok", None), "reactions.no_ambulance.a": CALL,
    "reactions.no_ambulance.b": ("ok", "other_hurt"),
    "still.a": ("what_do_i_do", "safe_now"), "still.b": ("safe_now", "what_do_i_do"),
}  # fmt: skip
"""What a plain yes or no does after a line that asks one thing; None: the next step."""


def answered(state: ConversationState, yes: bool) -> str | None:
    """What a plain yes or no says, after the line that was said last. Anything but a no to a danger, or a yes to being
    safe, keeps the mode."""
    if state.kind == "suicide" and not state.line.startswith(("still.", "reactions.height.")):
        return None
    return YES_NO.get(state.line, ("ok", None))[0 if yes else 1]


def _turned(state: ConversationState, signals: Sequence[str], act: str | None) -> ConversationState:
    """Return the state with the protocol of a new danger: an ambulance first for a person who is hurt, the suicide
    lines for one who wants to die. A bystander keeps the bystander's protocol, and who wants to die keeps theirs until
    they are hurt: a friend in the next room is no danger to them."""
    kind = KIND_OF_ACT.get(act or "") or ("injury" if "medical_emergency" in signals[:2] else kind_of(signals))
    if kind in {state.kind, VIOLENCE} or state.role in OTHERS or (state.kind == "suicide" and kind != "injury"):
        return state
    return state.in_safety(kind)


def _step(state: ConversationState, *, worse: bool = False) -> tuple[list[Line], ConversationState]:
    """The next step of the protocol; after the last, in turn, whether it is still dangerous, which nobody is asked who
    has just said that it got `worse`."""
    for step in range(state.step, STEPS):
        key = f"steps.{state.kind}.{LETTERS[step]}"
        if not _is_left_out(key, state):
            return [Line(key)], replace(state, step=step + 1)
    return _reaction(state, "ok") if worse and state.times("safety_mode.reactions.ok") < WORDINGS else _still(state)


def _still(state: ConversationState) -> tuple[list[Line], ConversationState]:
    """Whether it is still dangerous, asked in turn in other words."""
    letter = LETTERS[state.times("safety_mode.still") % STILL]
    return [Line(f"still.{letter}")], state.having_said(["safety_mode.still"])


def _suicide(state: ConversationState) -> tuple[list[Line], ConversationState]:
    """First that they were heard and a safe place, then the lines that can be called, then who can be with them."""
    if not state.times("safety_mode.suicide_lines"):
        lines, state = _step(state)
        return [*lines, Line("suicide_lines")], state.having_said(["safety_mode.suicide_lines"])
    if state.step >= STEPS and state.times("safety_mode.reactions.doing_badly") < WORDINGS:
        return _reaction(state, "doing_badly")
    return _step(state)


def _reaction(state: ConversationState, act: str, **values: str) -> tuple[list[Line], ConversationState]:
    """The wording of a reaction that was not said last; after both, a step, so that nothing is said over and over."""
    times = state.times(f"safety_mode.reactions.{act}")
    if times >= WORDINGS and act not in {*LEAVES, SEEN["safe_now"]} and act not in {"place", "somebody_here"}:
        return _step(state)
    state = state.having_said([f"safety_mode.reactions.{act}"])
    other = act == "fled" or (act in ASKS_WHERE and bool(state.place))
    return [Line(f"reactions.{act}.{LETTERS[(times + other) % WORDINGS]}", values)], state


def _to_say(state: ConversationState) -> list[Line]:
    """What can be read aloud or shown: the danger, what else must be known, and the place."""
    kind = TAKEN if TAKEN in state.beside else state.kind
    beside = [name for name in state.beside if name not in {TAKEN, SAYS_ALREADY.get(kind)}]
    if kind in {BYSTANDER, TAKEN}:
        beside = [name for name in beside if name in IMPERSONAL]
    return [Line(f"to_say.{kind}", {"place": state.place, "beside": " ".join(beside)})]
