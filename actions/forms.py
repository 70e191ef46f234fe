"""Where a form stands, and what comes next. Pure: state in, state out.

A state is ``{"name", "at", "answers", "digressions", "paused"}``. It is a slot here, and stands sealed in the
gateway as well: what the gateway sends along wins, since it outlives this process. It holds codes only
(``yes``, ``skip``, ``told``), never a word of the person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.questions import (
    ANSWERS,
    COINCIDING,
    FORMS,
    HANDOFF,
    REPORT,
    SELF_CHECK,
    SHARE,
    SIGNS,
    TOLD,
    Question,
    question,
)

State = dict[str, Any]
OVER: State = {"over": True}

PATIENCE = {SELF_CHECK: 2, REPORT: 2, HANDOFF: 1}
"""So often a question is asked again after something else was talked about; then it waits to be taken up."""


def begin(name: str) -> State:
    """A form at its first question."""
    return {"name": name, "at": FORMS[name][0].name, "answers": {}, "digressions": 0, "paused": False}


def checked(raw: Any) -> State | None:
    """A state that another process sent or an older program kept; None when there is no such form or question."""
    if not isinstance(raw, Mapping) or question(str(raw.get("name")), str(raw.get("at"))) is None:
        return None
    answers = raw.get("answers")
    known = {} if not isinstance(answers, Mapping) else {
        str(k): str(v) for k, v in answers.items() if question(str(raw["name"]), str(k))
    }  # fmt: skip
    digressions = raw.get("digressions")
    return {
        "name": str(raw["name"]),
        "at": str(raw["at"]),
        "answers": known,
        "digressions": digressions if isinstance(digressions, int) else 0,
        "paused": raw.get("paused") is True,
    }


def asked(state: State) -> Question:
    """The question that stands."""
    found = question(state["name"], state["at"])
    assert found is not None
    return found


def buttons(state: State) -> list[dict[str, str]]:
    """The buttons under the question; each knows what it answers, so that a late press cannot mean another."""
    q = asked(state)
    intents = [*q.buttons, *(["form_skip"] if q.skip else [])]
    if state["answers"] and q is not SHARE:
        intents.append("form_back")
    if q is not SHARE:
        intents.append("form_stop")
    return [tag(intent, state) for intent in intents]


def tag(intent: str, state: State) -> dict[str, str]:
    """A button that belongs to the question of this state."""
    return {"intent": intent, "question": f"{state['name']}.{state['at']}"}


def answer(state: State, code: str) -> State:
    """The answer is written down and the next open question stands; ``at`` is empty when there is none.

    An answer to an earlier question is a correction: the one that was asked last is then asked again.
    """
    answers = {**state["answers"], state["at"]: code}
    left = [q.name for q in FORMS[state["name"]] if q.name not in answers]
    if state["name"] == SELF_CHECK and not left and SHARE.name not in answers:
        left = [SHARE.name]
    return {**state, "at": left[0] if left else "", "answers": answers, "digressions": 0, "paused": False}


def back(state: State) -> State:
    """The question before, as if it had not been answered."""
    order = [q.name for q in FORMS[state["name"]]]
    before = [name for name in order if name in state["answers"] and name != state["at"]]
    if not before:
        return {**state, "digressions": 0, "paused": False}
    answers = {k: v for k, v in state["answers"].items() if k != before[-1]}
    return {**state, "at": before[-1], "answers": answers, "digressions": 0, "paused": False}


def digressed(state: State) -> State:
    """Something else was talked about."""
    count = state["digressions"] + 1
    return {**state, "digressions": count, "paused": count > PATIENCE[state["name"]]}


def coincide(state: State) -> bool:
    """Whether enough signs come together to be worth a talk."""
    return sum(state["answers"].get(sign.name) == "yes" for sign in SIGNS) >= COINCIDING


def told(state: State) -> bool:
    """Whether anything was told in own words."""
    return TOLD in state["answers"].values()


def code_of(intent: str, q: Question) -> str | None:
    """What this button or plain word answers; None when it is no answer to this question."""
    if intent == "form_skip" and q.skip:
        return "skip"
    if intent in q.buttons:
        return ANSWERS[intent]
    if q.words and intent in {"form_unsure", "deny"}:  # "I do not know", "no": there is nothing to tell
        return "skip"
    return None
