"""While "are you safe to write now?" is asked, nothing else is: what is below it would be answered in its place, and
what is above a long question with buttons is out of sight on a small phone. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from bot.domain.forms import LINES, Form, goes_on
from bot.domain.model import EngineReply, EngineTurn

ANSWER = "answer"
SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "affirm", "deny", "out_of_scope", "not_understood"})
"""What is said to these is no answer to somebody who may be in danger: "SOS!" is not thanked for."""
PLEASE = "forms.please_choose"
BOTH = "both"


def alone(turn: EngineTurn, form: Form | None) -> tuple[EngineTurn, tuple[EngineReply, ...]]:
    """Return the engine's turn without its questions, and the replies that are said once the person is safe. `form` is
    the form that was open before the turn: its question is asked again later, so it is left out here, and this turn
    does not count as a digression. A report is left as it is: helpers need to know where."""
    if goes_on(form):
        return turn, ()
    replies = tuple(reply for reply in turn.replies if not _small_talk(reply))
    said = tuple(_bare(reply) for reply in replies if not _asks(reply))
    waits = tuple(reply for reply in replies if reply.key == ANSWER or (_asks(reply) and not _of_a_form(reply)))
    return replace(turn, replies=said, form=None if _stands(turn, form) else turn.form), waits


def answers_of(turn: EngineTurn) -> EngineTurn:
    """Return the turn with the answers of what was asked, and nothing else that is said."""
    return replace(turn, replies=tuple(reply for reply in turn.replies if reply.key == ANSWER))


def _small_talk(reply: EngineReply) -> bool:
    return reply.key == ANSWER and reply.values.get("topic") in SMALL_TALK


def _bare(reply: EngineReply) -> EngineReply:
    """An answer without its buttons: two groups are more than a screen, and the question is what to press."""
    return replace(reply, values={**reply.values, "bare": True}) if reply.key == ANSWER else reply


def _asks(reply: EngineReply) -> bool:
    """An answer asks nothing; two of them are more than a screen."""
    return reply.key != ANSWER and bool(reply.choices or reply.key in {PLEASE, BOTH})


def _of_a_form(reply: EngineReply) -> bool:
    return reply.key.partition(".")[0] in {*LINES, "forms"} and reply.key != "handoff.offer"


def _stands(turn: EngineTurn, form: Form | None) -> bool:
    return form is not None and turn.form is not None and (form.name, form.at) == (
        turn.form.get("name"),
        turn.form.get("at"),
    )
