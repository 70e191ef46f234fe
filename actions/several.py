"""What a message may be about beside its topic: what its clauses are about, a further question, and the whole of it.
Limits and how they were chosen: docs/decisions/0048-two-questions.md."""

from __future__ import annotations

from collections.abc import Collection

from rasa_sdk import Tracker

from actions.turn import TALK, ranking_of, was_button

ACTING = frozenset({"talk_to_human", "delete_my_data", "change_language"})
"""Topics that do something: wanted at once, whatever was being asked."""
VAGUE = frozenset({"about_us", "bystander_conduct"})
"""What "can you help me?" and "what can I do?" are by themselves, without what they stand beside."""
ASIDE = frozenset({"are_you_human", "not_ready", "not_understood"})
"""Topics about the conversation that are more than politeness: "are you a robot?" beside a question is one too."""
PART_SURE, PART_LIKELY, OF_ALL = 0.9, 0.3, 0.01
"""Of a message with several questions: from where a question is surely about a topic; from where it may be, when the
whole message is about that with ``OF_ALL`` at least. Chosen on ``tests/engine/two_questions.jsonl``: decision 0048."""
VAGUE_SURE = 0.99
"""From where a clause is about one of those all the same: "what does Payoke do exactly?" is."""
GUESS = 0.05
"""From where a topic may be meant. Of 2,846 questions that were answered 219 have a second one of this share; it is the
right one in 32 of the 61 that were answered about something else."""
CLAUSE, BESIDE = 0.7, 2
"""From where a clause of a message is about something of its own, and how many of these are offered beside the answer:
decision 0048."""
MAY_BE, PLACES = 0.02, 2
"""From where a clause, or all of them, may be about something at all, and how many usual next questions give way."""
DELICATE = frozenset({"sexual_exploitation", "delete_my_data"})
"""Topics whose button says much of whoever it is shown to: only for a clause that is surely about one."""


def also(tracker: Tracker, topic: str) -> dict[str, list[str]]:
    """What the message may be about beside ``topic``, or instead: buttons below the answer. What is in it as a clause
    of its own, what a further question may be about, and what the whole may be about. Of what was pressed there are
    none."""
    if was_button(tracker) or topic in TALK - {"are_you_human", "greet"}:
        return {}
    second = [name for name, share in ranking_of(tracker)[1:2] if share >= GUESS]
    likely = [name for name in second if name not in ACTING | DELICATE | TALK]
    found = dict.fromkeys([*in_clauses(tracker, CLAUSE), *likely])
    topics = [name for name in found if name != topic and name not in TALK - ASIDE][:BESIDE]
    more = may_be_meant(tracker, {topic, *topics})
    return ({"also": topics} if topics else {}) | ({"likely": more} if more else {})


def may_be_meant(tracker: Tracker, known: Collection[str]) -> list[str]:
    """What a message of several clauses or questions may be about beside the ``known`` topics, the likeliest first:
    they take the places of usual next questions, so that there is no button more for a guess."""
    said = tracker.latest_message.get("clauses") or tracker.latest_message.get("parts") or []
    shares = dict(ranking_of(tracker)) if said else {}
    for entries in said:
        for entry in entries:
            name, share = str(entry["name"]), float(entry["confidence"])
            shares[name] = max(shares.get(name, 0.0), share)
    found = sorted((name for name, share in shares.items() if share >= MAY_BE), key=lambda name: -shares[name])
    left_out = {*known, "talk_to_human"} | (TALK - ASIDE) | DELICATE
    return [name for name in found if name not in left_out][:PLACES]


def in_clauses(tracker: Tracker, enough: float) -> list[str]:
    """The topics that the clauses of the message, or its questions, are about, each by itself, with ``enough``
    confidence; the surest first. Of what is said of the conversation itself only what is ``ASIDE``."""
    whole = dict(ranking_of(tracker))
    said = tracker.latest_message.get("clauses") or tracker.latest_message.get("parts") or []
    clauses = [(str(entries[0]["name"]), float(entries[0]["confidence"])) for entries in said]
    found = sorted(clauses, key=lambda clause: -clause[1])

    def is_meant(name: str, share: float) -> bool:
        if name in VAGUE:
            return share >= VAGUE_SURE or (share >= enough and whole.get(name, 0.0) >= OF_ALL)
        if name in DELICATE | ASIDE:
            return share >= PART_SURE
        return share >= enough and name not in TALK

    return [name for name, share in found if is_meant(name, share)]
