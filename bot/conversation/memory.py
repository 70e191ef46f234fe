"""How the state of a conversation changes with each turn, and what of it the engine is told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bot.conversation.reassessment import READ
from bot.domain.conversation_state import ConversationState
from bot.domain.model import Assessment, EngineTurn, Handoff, Outgoing
from bot.domain.speaker import Speaker
from bot.text.questions import asks, has_mark
from bot.understanding.acts.model import DENIED, PLACE
from bot.understanding.context import InContext
from bot.understanding.service import Understood
from encoder.runtime.context import NOTHING
from encoder.runtime.text import can_be_leant_on

MAX_QUESTION: Final = 160
ASKS: Final = 0.5
TELLS: Final = 0.8
"""From which share a message asks, and from which it tells and asks nothing: one in 25 of these does ask."""
SURELY_THERE: Final = 0.8
"""From which share words outside of an emergency are kept as the place where somebody is."""
MAY_TELL: Final = 0.5
"""From which share it rather tells than asks."""
WANTS: Final = 0.02
"""From which share a message may want something done; one of few words ("delete it") may in any case."""
FEW: Final = 3
CORRECTS: Final = 0.45
CORRECTS_IN: Final = 10
"""From which share a message corrects what was answered, and in at most how many words: as `actions/choosing.py`."""
MAX_QUOTE: Final = 240
"""Characters of the person's words that are shown as the reason of a case."""


def heard(state: ConversationState, text: str, understood: Understood) -> ConversationState:
    """The state after the person wrote `text`: facts that were told, and the words that later ones may lean on."""
    acts = understood.acts
    state = state.having_heard([fact for fact in acts.told if fact != DENIED], text, acts.about)
    state = replace(state, after=max(state.after - 1, 0))
    if acts.safety[0] == PLACE and acts.safety[1] >= SURELY_THERE:  # known when it is needed
        state = state.at(understood.where or text)
    return leaning_on(state, text)


def leaning_on(state: ConversationState, text: str) -> ConversationState:
    """The state in which the next message is read after `text`."""
    return replace(state, question=text[-MAX_QUESTION:]) if can_be_leant_on(text) else state


def pressed(state: ConversationState, intent: str, speaker: Speaker) -> ConversationState:
    """The state after a button of a topic or a question was pressed: its label is what was asked."""
    label = speaker.label_of(intent)
    return state if label is None else replace(state, question=label[-MAX_QUESTION:])


def said_in(state: ConversationState, turn: EngineTurn, before: Sequence[Outgoing] = ()) -> ConversationState:
    """The state after the engine's `turn` was said: which texts, and what was answered last."""
    keys: list[str] = [message.key for message in before if message.key]
    answer, asked = state.answer, ""
    for reply in turn.replies:
        values = reply.values
        if "ack" in values:
            keys.append(_unlettered(str(values["ack"])))
        if reply.key in {"answer", "short"}:
            answer = str(values.get("topic") or answer)
            keys.append(f"{reply.key}.{answer}")
        elif reply.key == "both":
            keys += [f"answer.{topic}" for topic in values.get("topics", ())]
            answer = str(next(iter(values.get("topics", ())), answer))
        elif reply.key.startswith("acknowledgements."):
            keys.append(name := _unlettered(reply.key.removeprefix("acknowledgements.")))
            asked = name.removeprefix("gentle.") if name.startswith("gentle.") else asked
        else:
            keys.append(reply.key)
    if answer.startswith("talk/"):
        answer = state.answer or answer
    return replace(state.having_said(keys), answer=answer, asked=asked)


def missed(state: ConversationState, turn: EngineTurn, text: str, understood: Understood) -> tuple[str, str] | None:
    """How the turn on the message `text` missed, as of `domain.statistics.MISSES`, and the topic: the likeliest one, or
    the one of the answer that the person corrects. None: it did not."""
    if any(reply.key.startswith("clarify") for reply in turn.replies):
        return "unclear", turn.topic
    kind, sure = understood.acts.follow_up
    if state.answer and kind == "correct" and sure >= CORRECTS and _words(text) <= CORRECTS_IN:
        return "corrected", state.answer.partition("/")[0]
    return None


def acts_of(text: str, language: str | None, understood: Understood, state: ConversationState) -> dict[str, Any]:
    """What the message does, for the engine: codes and numbers only."""
    acts = understood.acts
    marked = asks(understood.reading, understood.language or language)
    return {
        "words": _words(text),
        "asks": acts.asks >= ASKS or (marked and acts.tells < TELLS),
        "asking": 1.0 if has_mark(text) else round(acts.asks, 3),
        "denies": acts.denies,
        "heavy": understood.assessment.ask,
        "tells": acts.tells >= TELLS and not has_mark(text),
        "may_tell": acts.tells >= MAY_TELL and acts.asks < MAY_TELL and not has_mark(text),
        "wants": acts.does.get("want", 1.0) >= WANTS or _words(text) <= FEW,
        "follow_up": [acts.follow_up[0], round(acts.follow_up[1], 3)],
        "feeling": [acts.feeling[0], round(acts.feeling[1], 3)],
        "asked": {name: round(share, 4) for name, share in understood.seen.asked} if understood.seen else {},
        "nothing": round(understood.seen.nothing, 4) if understood.seen else 0.0,
        "theme": _theme(understood.seen),
        "told": [fact for fact in acts.told if fact != DENIED],
        "certain": list(acts.certain),
    }


def _theme(seen: InContext | None) -> list[Any]:
    """The likeliest theme of what is told with its share; none where it is likeliest that none fits."""
    name, share = max(seen.themes.items(), key=lambda one: one[1], default=("", 0.0)) if seen else ("", 0.0)
    return ["", 0.0] if name == NOTHING else [name, round(share, 3)]


def talk_of(state: ConversationState, handoff: Handoff) -> dict[str, Any]:
    """What the conversation remembers, for the engine: codes and numbers only."""
    return {
        "answer": state.answer,
        "said": dict(state.said),
        "told": list(state.told),
        "asked": state.asked,
        "role": state.role,
        "about": state.about,
        "of_others": state.surely_of_others,
        "waiting": handoff is Handoff.WAITING,
    }


def quoted(found: Assessment, words: str) -> tuple[str, ...]:
    """Why a case is raised, as a caseworker reads it: the person's own words in quotation marks, and whether danger was
    seen in their translation alone; of a button, its code."""
    pressed = tuple(reason for reason in found.why if reason.startswith("choice:"))
    ends = words if len(words) <= MAX_QUOTE else f"…{words[-MAX_QUOTE:]}"
    translated = tuple(reason for reason in found.why if reason == READ)
    return pressed or (f"“{' '.join(ends.split())}”", *translated)


def _words(text: str) -> int:
    """How many words a text has, also where no spaces stand between them."""
    return max(len(text.split()), len(text) // 12)


def _unlettered(key: str) -> str:
    """`told.debt.a` -> `told.debt`: which wording it was is counted, and not kept apart."""
    name, _, letter = key.rpartition(".")
    return name if len(letter) == 1 and name else key
