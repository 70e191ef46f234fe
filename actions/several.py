"""What a message may be about beside its topic: what its clauses are about, a further question, and the whole of it.
Limits and how they were chosen: docs/decisions/0048-two-questions.md."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.turn import TALK, ranking_of, was_button

ACTING = frozenset({"talk_to_human", "delete_my_data", "change_language"})
"""Topics that do something: wanted at once, whatever was being asked."""
VAGUE = frozenset({"about_us", "bystander_conduct"})
"""What "can you help me?" and "what can I do?" are by themselves, without what they stand beside."""
ASIDE = frozenset({"are_you_human", "not_ready", "not_understood"})
"""Topics about the conversation that are more than politeness: "are you a robot?" beside a question is one too."""
QUIET = ASIDE - {"are_you_human"}
"""Of these nothing is guessed beside: who needs time or does not understand is not shown more than they surely ask."""
PART_SURE, PART_LIKELY, OF_ALL = 0.9, 0.3, 0.01
"""Of a message with several questions: from where a question is surely about a topic; from where it may be, when the
whole message is about that with ``OF_ALL`` at least. Chosen on ``tests/process/engine/two_questions.jsonl``
(decision 0048)."""
VAGUE_SURE = 0.99
"""From where a clause is about one of those all the same: "what does Payoke do exactly?" is."""
GUESS = 0.05
"""From where a topic may be meant. Of 2,846 questions that were answered 219 have a second one of this share; it is the
right one in 32 of the 61 that were answered about something else."""
CLAUSE, BESIDE = 0.7, 2
"""From where a clause of a message is about something of its own, and how many of these are offered beside the answer:
decision 0048."""
CLAUSE_MAY, OF_ALL_MAY = 0.5, 0.001
"""From where it may be, when the whole message is about that a little."""
DELICATE = frozenset({"sexual_exploitation", "delete_my_data"})
"""Topics whose button says much of whoever it is shown to: only for a clause that is surely about one."""
MORE, MORE_LIKELY = 4, 0.02
"""How many topics are offered to who presses that they asked something else too, and from which share."""
GUESS_OF_PART, NOT_THE_SAME, SECOND = 0.2, 0.05, 0.05
"""Of a question that nothing is certain of: from where a topic is offered for it, up to where it is not about the
answered topic too; and from where what comes second is offered for one that is taken to be about that topic."""


def also(tracker: Tracker, topic: str) -> dict[str, list[str]]:
    """What the message may be about beside ``topic``, or instead: buttons below the answer. What is in it as a clause
    of its own, what a further question may be about, and what the whole may be about. Of what was pressed there are
    none. Who does not understand or needs time is shown nothing that is guessed."""
    if was_button(tracker) or topic in TALK - ASIDE - {"greet"}:
        return {}
    likely: list[str] = []
    if topic not in QUIET:
        second = [name for name, share in ranking_of(tracker)[1:2] if share >= GUESS]
        likely = [name for name in second if name not in ACTING | DELICATE | TALK]
        likely = [*guesses_of_parts(tracker, topic), *likely]
    found = dict.fromkeys([*in_clauses(tracker, CLAUSE, CLAUSE_MAY), *likely])
    topics = [name for name in found if name != topic and name not in TALK - ASIDE]
    return {"also": topics[:BESIDE]} if topics else {}


def more(tracker: Tracker, shown: set[str]) -> dict[str, list[str]]:
    """What may have been asked besides all that is ``shown``, the likeliest first: behind one button that claims
    nothing, below the answer to a message of several clauses, unless each is surely about what is shown. Not for who
    needs time, or only says hello."""
    said = tracker.latest_message.get("clauses") or tracker.latest_message.get("parts") or []
    clauses = [[(str(entry["name"]), float(entry["confidence"])) for entry in clause] for clause in said]
    asks = bool(tracker.latest_message.get("asks"))
    if shown & TALK - {"are_you_human", "out_of_scope", *(["greet"] if asks else [])}:
        return {}
    if all(share >= PART_SURE and name in shown | TALK - ASIDE for (name, share), *_ in clauses):
        return {}
    shares: dict[str, float] = {}
    for name, share in (*(entry for clause in clauses for entry in clause), *ranking_of(tracker)):
        shares[name] = max(share, shares.get(name, 0.0))
    hidden = shown | TALK | ACTING | DELICATE
    likely = [name for name, share in shares.items() if share >= MORE_LIKELY and name not in hidden]
    return {"more": sorted(likely, key=lambda name: -shares[name])[:MORE]}


def in_clauses(tracker: Tracker, enough: float, likely: float = 1.0) -> list[str]:
    """The topics that the clauses of the message, or its questions, are about, each by itself, with ``enough``
    confidence, or with a ``likely`` one where the whole says a little of it; the surest first. Of what is said of the
    conversation itself only what is ``ASIDE``."""
    whole = dict(ranking_of(tracker))
    said = tracker.latest_message.get("clauses") or tracker.latest_message.get("parts") or []
    clauses = [(str(entries[0]["name"]), float(entries[0]["confidence"])) for entries in said]
    found = sorted(clauses, key=lambda clause: -clause[1])

    def is_meant(name: str, share: float) -> bool:
        if name in VAGUE:
            return share >= VAGUE_SURE or (share >= enough and whole.get(name, 0.0) >= OF_ALL)
        if name in DELICATE | ASIDE:
            return share >= PART_SURE
        may_be = share >= likely and whole.get(name, 0.0) >= OF_ALL_MAY
        return (share >= enough or may_be) and name not in TALK

    return [name for name, share in found if is_meant(name, share)]


def guesses_of_parts(tracker: Tracker, topic: str) -> list[str]:
    """What a further question may be about that nothing is certain of: who asked it sees that it was read. Also what
    comes second, where one is taken to be about the answered ``topic`` as well: "what are these 45 days? And in that
    time, may I work?"."""
    found: list[str] = []
    for part in tracker.latest_message.get("parts") or []:
        shares = {str(entry["name"]): float(entry["confidence"]) for entry in part}
        (best, surest), *others = shares.items()
        if surest >= PART_SURE or best in TALK:
            continue
        if best == topic:
            found += [name for name, share in others[:1] if share >= SECOND]
        elif shares.get(topic, 0.0) < NOT_THE_SAME:
            found += [name for name, share in shares.items() if share >= GUESS_OF_PART]
    return [name for name in found if name not in TALK | ACTING | VAGUE | DELICATE]
