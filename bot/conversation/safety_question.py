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
BESIDES = {"also", "more"}


def alone(turn: EngineTurn, form: Form | None) -> tuple[EngineTurn, tuple[EngineReply, ...]]:
    """The engine's turn without its questions, and those that are said once the person is safe. `form` is the one that
    stood before the turn: its question is asked anew from where it stands, so that it does not wait here, and it does
    not count that something else came between. A report is left as it is: those who help need to know where."""
    if goes_on(form):
        return turn, ()
    replies = tuple(_plain(reply) for reply in turn.replies if not _small_talk(reply))
    said = tuple(reply for reply in replies if _asks_nothing(reply))
    waits = tuple(reply for reply in replies if reply not in said and not _of_a_form(reply))
    return replace(turn, replies=said, form=None if _stands(turn, form) else turn.form), waits


def _small_talk(reply: EngineReply) -> bool:
    return reply.key == ANSWER and reply.values.get("topic") in SMALL_TALK


def _plain(reply: EngineReply) -> EngineReply:
    """Without what may be meant besides: a guess is no button above the question."""
    if not reply.values.keys() & BESIDES:
        return reply
    return replace(reply, values={key: value for key, value in reply.values.items() if key not in BESIDES})


def _asks_nothing(reply: EngineReply) -> bool:
    """An answer has buttons, but none that must be pressed; two of them are more than a screen."""
    return reply.key == ANSWER or not (reply.choices or reply.key in {PLEASE, BOTH})


def _of_a_form(reply: EngineReply) -> bool:
    return reply.key.partition(".")[0] in {*LINES, "forms"} and reply.key != "handoff.offer"


def _stands(turn: EngineTurn, form: Form | None) -> bool:
    return form is not None and turn.form is not None and (form.name, form.at) == (
        turn.form.get("name"),
        turn.form.get("at"),
    )
