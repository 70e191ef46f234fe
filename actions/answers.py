"""Answers to a topic, and what to say when the topic is not clear."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.asking import SURE, Talking, asked, state_of
from actions.several import ACTING, ASIDE, GUESS, PART_SURE, VAGUE, also, in_clauses, more
from actions.turn import NONE_OF_THESE, PERSON, TALK, confidence_of, move_on, ranking_of, send, topic_of

BOTH_SECOND = 0.3
BOTH_TOGETHER = 0.75
GUESSES = 3
NOT_READY = 0.25


class ActionAnswer(Talking, Action):
    """The answer for the topic of the message."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_answer"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the answer; to "I do not understand", offer the last topic again and a person."""
        several = answer_several(dispatcher, tracker)
        if several is not None:
            return several
        topic = meant(tracker)
        last = tracker.get_slot("last_topic")
        choices = [{"intent": last}, PERSON] if topic == "not_understood" and last else []
        others: dict[str, list[str]] = {}
        if state_of(tracker) is None and not choices:  # a form's question comes back below it
            others = also(tracker, topic)
            others |= more(tracker, {topic, *others.get("also", ())})
        send(dispatcher, "answer", values={"topic": topic, **others}, choices=choices)
        return move_on(tracker, topic=topic)


class ActionClarify(Talking, Action):
    """Rather ask than answer something else."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_clarify"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer two strong topics; else offer the likeliest, and at the second miss a person."""
        several = answer_several(dispatcher, tracker)
        if several is not None:
            return several
        ranking = ranking_of(tracker)
        if ranking and ranking[0][0] == "not_ready" and ranking[0][1] >= NOT_READY:
            # Someone who may be saying "not now" is not asked what they mean.
            send(dispatcher, "answer", values={"topic": "not_ready"})
            return move_on(tracker)
        both = two_topics(ranking)
        if both:
            send(dispatcher, "both", values={"topics": both}, choices=[{"intent": topic} for topic in both])
            return move_on(tracker, topic=both[0])
        misses = int(tracker.get_slot("misses") or 0) + 1
        likely = dict.fromkeys([*in_clauses(tracker, PART_SURE), *guesses(ranking)])
        choices = [{"intent": topic} for topic in list(likely)[:GUESSES]]
        none = [NONE_OF_THESE] if choices else []
        if misses >= 2:
            send(dispatcher, "clarify_person", choices=[*(c for c in choices if c != PERSON), *none, PERSON])
        else:
            send(dispatcher, "clarify", choices=[*choices, *none])
        return move_on(tracker, misses=misses)


def answer_several(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[dict[str, Any]] | None:
    """Answer a message with several questions: both; of more, or where one is not sure, the others as buttons; where
    neither a question nor the whole is, all of them. None for any other message."""
    topics, others = asked(tracker)
    if not topics and not others:
        return None
    whole = topic_of(tracker)
    if not topics and whole in others and confidence_of(tracker) >= SURE:
        topics, others = [whole], [topic for topic in others if topic != whole]
    if not topics:
        send(dispatcher, "clarify", choices=[*({"intent": topic} for topic in others[:GUESSES]), NONE_OF_THESE])
        return move_on(tracker)
    offered = [{"intent": topic} for topic in [*topics[2:], *others] if topic != PERSON["intent"]]
    if len(topics) >= 2 and not offered:
        send(dispatcher, "both", values={"topics": topics}, choices=[{"intent": topic} for topic in topics])
        return move_on(tracker, topic=topics[0])
    for topic in topics[:2]:
        last = topic == topics[:2][-1]
        send(dispatcher, "answer", values={"topic": topic}, choices=[*offered[:GUESSES], PERSON] if last else [])
    return move_on(tracker, topic=topics[0])


def meant(tracker: Tracker) -> str:
    """The topic of the message; of a greeting with a question behind it, what is asked."""
    topic = topic_of(tracker)
    others = [name for name in in_clauses(tracker, PART_SURE) if name not in ACTING | ASIDE | VAGUE]
    return others[0] if topic == "greet" and others and tracker.latest_message.get("asks") else topic


def two_topics(ranking: list[tuple[str, float]]) -> list[str]:
    """The two topics of a message that is plainly about both, or nothing."""
    if len(ranking) < 2:
        return []
    (first, best), (second, next_best) = ranking[0], ranking[1]
    plain = next_best >= BOTH_SECOND and best + next_best >= BOTH_TOGETHER
    # What does something is never half of a double answer, but asked about.
    return [first, second] if plain and not {first, second} & (TALK | ACTING) else []


def guesses(ranking: list[tuple[str, float]]) -> list[str]:
    """Two or three topics to choose from, the likeliest first."""
    topics = [(topic, confidence) for topic, confidence in ranking if topic not in TALK]
    likely = [topic for topic, confidence in topics if confidence >= GUESS][:GUESSES]
    return likely if len(likely) >= 2 else [topic for topic, _ in topics][:2]
