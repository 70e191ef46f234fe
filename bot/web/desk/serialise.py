"""A case, its messages and what was told in forms, as the desk's page gets them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bot.desk.service import Row
from bot.domain.conversation_state import summary
from bot.domain.forms import ANSWERS, LINES, Sheet
from bot.domain.model import Case, Message, Urgency
from bot.domain.organisations import EVERY
from bot.domain.ports import Catalogue
from bot.storage.store import DeskSession


def language_of(words: Catalogue, session: DeskSession, wanted: str) -> str:
    """The language that a caseworker reads in: what the page asks for, else their own, else the first there is."""
    return words.fallback(wanted) or words.fallback(session.language) or words.languages[0].code


def row_shown(row: Row) -> dict[str, Any]:
    """A row of the queue. Times are ISO 8601 in UTC; the page shows them as local times."""
    case = row.case
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state.value,
        "urgency": case.urgency.value,
        "unheard": case.unheard,
        "kind": row.kind,
        "language": case.language,
        "signals": list(case.signals),
        "readable": row.why is not None,
        "alike": row.alike,
        "why": None if row.why is None else list(dict.fromkeys(row.why)),
        "opened_at": case.opened_at.isoformat(),
        "waiting_since": case.waiting_since.isoformat(),
        "last_message_at": case.last_message_at.isoformat(),
        "channel": case.channel,
        "reachable": case.reachable,
        "owner": case.owner,
        "owner_name": case.owner_name,
        "owner_alias": case.owner_alias,
        "unread": case.unread,
        "unseen": case.unread,
        "muted_until": case.muted_until.isoformat() if case.muted_until else None,
        "offered_to": case.offered_to,
        "offered_to_name": case.offered_to_name,
        "handed_from": case.handed_from,
        "assigned_by": case.assigned_by,
        "for_all": case.organisation == EVERY,
        "follow_up_on": case.follow_up_on.isoformat() if case.follow_up_on else None,
    }


def brief(case: Case, sealed: Collection[int] = ()) -> dict[str, Any]:
    """A case of which nobody reads anything: its number, and where it stands. `sealed`: those that who asks cannot open
    again."""
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state.value,
        "sealed": case.id in sealed,
        "owner": case.owner,
        "owner_name": case.owner_name,
        "owner_alias": case.owner_alias,
        "outcome": case.outcome,
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "follow_up_on": case.follow_up_on.isoformat() if case.follow_up_on else None,
    }


def message_shown(message: Message) -> dict[str, Any]:
    """A message as a caseworker sees it: the choices by their labels, they are not theirs to make."""
    data: dict[str, Any] = {
        "seq": message.seq,
        "from": message.sender.value,
        "text": message.text,
        "at": message.at.isoformat(),
        "choices": [choice.label for choice in message.choices],
    }
    if message.choice is not None and "kind" in message.choice:
        data["kind"] = message.choice["kind"]  # the caseworker's own language has a word for it
        data["detail"] = message.choice.get("detail", "")
        if message.choice.get("kept"):
            data["picture"] = True
    elif message.choice is not None:
        data["chosen"] = True
    if message.urgency is not Urgency.NONE:
        data["urgency"] = message.urgency.value
    if message.key:
        data["key"] = message.key
    if (was := message.translated) is not None:
        data["translated"] = {"original": was.original, "from": was.language, "doubts": list(was.doubts)}
    return data


def told_shown(sheet: Sheet, words: Catalogue, lang: str) -> list[dict[str, Any]]:
    """What a person answered in forms, to stand on top of the conversation; labels in the caseworker's language."""
    parts = []
    if told := summary(sheet.state):
        lines = [
            {"label": words.label(f"desk.told_{line}", lang), "text": text, "own_words": True} for line, text in told
        ]
        parts.append({"form": "talk", "title": words.label("desk.told_talk", lang), "lines": lines})
    for form in LINES:
        lines = [
            {
                "label": words.label(f"desk.told_{line}", lang),
                "text": text or words.label(f"choices.{ANSWERS[code]}", lang),
                "own_words": bool(text),
            }
            for line, code, text in sheet.lines(form)
        ]
        if lines:
            parts.append({"form": form, "title": words.label(f"desk.told_{form}", lang), "lines": lines})
    return parts
