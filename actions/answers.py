"""Answers to a topic, and what to say when the topic is not clear."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import choosing
from actions.asking import SURE, Events, Talking, asked, state_of
from actions.choosing import Choice, Heard, Talk
from actions.several import ACTING, ASIDE, GUESS, PART_SURE, VAGUE, also, in_clauses, more
from actions.turn import NONE_OF_THESE, PERSON, TALK, confidence_of, move_on, ranking_of, send, topic_of, was_button

BOTH_SECOND = 0.3
BOTH_TOGETHER = 0.75
GUESSES = 3
NOT_READY = 0.25


class ActionAnswer(Talking, Action):
    """Answer the topic of the message."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_answer"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Say the answer; to "I do not understand", offer the last topic again and a person."""
        events = answer_first(dispatcher, tracker)
        if events is not None:
            return events
        topic = meant(tracker)
        last = choosing.talk_of(tracker.latest_message).answer or tracker.get_slot("last_topic")
        choices = [{"intent": last}, PERSON] if topic == "not_understood" and last else []
        others: dict[str, list[str]] = {}
        if state_of(tracker) is None and not choices:  # a form's question comes back below it
            others = also(tracker, topic)
            others |= more(tracker, {topic, *others.get("also", ())})
        heard, talk = choosing.heard_of(tracker.latest_message), choosing.talk_of(tracker.latest_message)
        if topic not in TALK and talk.times(f"answer.{topic}"):
            return said_before(dispatcher, tracker, topic)
        ack = choosing.acknowledgement(heard, talk) if state_of(tracker) is None else ""
        send(dispatcher, "answer", values={"topic": topic, **_with(ack), **others}, choices=choices)
        return move_on(tracker, topic=topic)


def answer_first(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Say what goes before the topic of the message: several answers, a story that is heard, or the answer of a
    question; None where it is none of them."""
    for answer in (answer_several, answer_story, answer_question):
        events = answer(dispatcher, tracker)
        if events is not None:
            return events
    return None


def answer_question(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Answer the question that was pressed, or that the message asks in the light of what was said before; None where
    none is likely enough."""
    message = tracker.latest_message
    talk = choosing.talk_of(message)
    pressed = message.get("question")
    if pressed:
        send(dispatcher, "answer", values={"topic": str(pressed)})
        return move_on(tracker, topic=str(pressed).partition("/")[0])
    if was_button(tracker) or state_of(tracker) is not None:  # a form's question comes back below the answer
        return None
    choice = choosing.choose(choosing.heard_of(message), talk)
    if choice is None:
        return None
    topic = choice.answer.partition("/")[0]
    beside = more(tracker, {topic}).get("more") if message.get("clauses") or message.get("parts") else None
    say_choice(dispatcher, choice, choosing.heard_of(message), talk, beside)
    return move_on(tracker, topic=topic or None)


def say_choice(
    dispatcher: CollectingDispatcher, choice: Choice, heard: Heard, talk: Talk, beside: list[str] | None = None
) -> None:
    """Say a choice, with what was acknowledged in front of it, and a button for what was asked ``beside`` it."""
    offers: list[dict[str, Any]] = [{"intent": name} for name in choice.offers]
    if beside is not None:
        offers.append({"command": "asked_more", "topics": beside})
    if choice.answer:
        values = {"topic": choice.answer, **_with(choice.ack)}
        send(dispatcher, "short" if choice.short else "answer", values=values, choices=[*offers, PERSON])
    elif choice.key == "clarify":
        send(dispatcher, "clarify", choices=[*offers, NONE_OF_THESE])
    else:
        wording = "" if choice.key.startswith("beyond.") else f".{'ab'[talk.times(choice.key) % 2]}"
        send(dispatcher, f"acknowledgements.{choice.key}{wording}", choices=[*offers, PERSON])


def answer_story(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Answer who told something and asked nothing: say that it was heard, with one gentle question and buttons that may
    be of use. None for anything else."""
    message = tracker.latest_message
    heard, talk = choosing.heard_of(message), choosing.talk_of(message)
    if was_button(tracker) or state_of(tracker) is not None or not choosing.is_story(heard, talk):
        return None
    found = choosing.shares(heard, talk)
    question = choosing.gentle(talk, heard)
    offers = [{"intent": name} for name in choosing.likely(found, talk)]
    ack = choosing.heard_as(heard, talk)
    send(dispatcher, f"acknowledgements.{ack}", choices=[] if question else [*offers, PERSON])
    if question is not None:
        send(dispatcher, f"acknowledgements.gentle.{question}", choices=[*offers, PERSON])
    return move_on(tracker)


def said_before(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> Events:
    """Answer a topic whose overview was said already: with a question under it that was not answered yet, or that there
    is no more to say."""
    message = tracker.latest_message
    heard, talk = choosing.heard_of(message), choosing.talk_of(message)
    found = choosing.shares(heard, talk)
    own = [name for name in found if name.startswith(f"{topic}/")] or [
        name for name in choosing.questions() if name.startswith(f"{topic}/")
    ]
    fresh = [name for name in own if not talk.times(f"answer.{name}")]
    choice = Choice(fresh[0], offers=choosing.next_of(fresh[0], talk)) if fresh else Choice(key="said_already")
    say_choice(dispatcher, choice, heard, talk)
    return move_on(tracker, topic=topic)


def _with(ack: str) -> dict[str, str]:
    return {"ack": ack} if ack else {}


class ActionClarify(Talking, Action):
    """Ask what is meant where the topic is not clear."""

    def name(self) -> str:
        """Return the name that `domain.yml` has for it."""
        return "action_clarify"

    def respond(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer two strong topics; else offer the likeliest, and at the second miss a person."""
        events = answer_first(dispatcher, tracker)
        if events is not None:
            return events
        ranking = ranking_of(tracker)
        if ranking and ranking[0][0] == "not_ready" and ranking[0][1] >= NOT_READY:
            # Someone who may be saying "not now" is not asked what they mean.
            send(dispatcher, "answer", values={"topic": "not_ready"})
            return move_on(tracker)
        heard, talk = choosing.heard_of(tracker.latest_message), choosing.talk_of(tracker.latest_message)
        guess = choosing.guess(heard, talk) if state_of(tracker) is None else None
        if guess is not None:
            say_choice(dispatcher, guess, heard, talk)
            return move_on(tracker, topic=guess.answer.partition("/")[0])
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
    heard, talk = choosing.heard_of(tracker.latest_message), choosing.talk_of(tracker.latest_message)
    if (not topics and not others) or ((heard.tells or heard.may_tell) and not heard.asks):
        return None
    if len(topics) < 2 and choosing.choose(heard, talk) is not None:  # what is asked says more than what it is about
        return None
    whole = topic_of(tracker)
    if not topics and whole in others and confidence_of(tracker) >= SURE:
        topics, others = [whole], [topic for topic in others if topic != whole]
    if not topics:
        send(dispatcher, "clarify", choices=[*({"intent": topic} for topic in others[:GUESSES]), NONE_OF_THESE])
        return move_on(tracker)
    offered = [{"intent": topic} for topic in [*topics[2:], *others] if topic != PERSON["intent"]]
    if len(topics) >= 2 and not offered:
        named = choosing.under(topics, heard, talk)
        send(dispatcher, "both", values={"topics": named}, choices=[{"intent": topic} for topic in named])
        return move_on(tracker, topic=topics[0])
    named = choosing.under(topics[:2], heard, talk)
    for topic in named:
        last = topic == named[-1]
        send(dispatcher, "answer", values={"topic": topic}, choices=[*offered[:GUESSES], PERSON] if last else [])
    return move_on(tracker, topic=topics[0])


def meant(tracker: Tracker) -> str:
    """Return the topic of the message; of a greeting with a question behind it, that of the question."""
    topic = topic_of(tracker)
    others = [name for name in in_clauses(tracker, PART_SURE) if name not in ACTING | ASIDE | VAGUE]
    return others[0] if topic == "greet" and others and tracker.latest_message.get("asks") else topic


def two_topics(ranking: list[tuple[str, float]]) -> list[str]:
    """Return the two topics of a message that is plainly about both; empty for any other."""
    if len(ranking) < 2:
        return []
    (first, best), (second, next_best) = ranking[0], ranking[1]
    plain = next_best >= BOTH_SECOND and best + next_best >= BOTH_TOGETHER
    # What does something is never half of a double answer, but asked about.
    return [first, second] if plain and not {first, second} & (TALK | ACTING) else []


def guesses(ranking: list[tuple[str, float]]) -> list[str]:
    """Return two or three topics to choose from, the likeliest first."""
    topics = [(topic, confidence) for topic, confidence in ranking if topic not in TALK]
    likely = [topic for topic, confidence in topics if confidence >= GUESS][:GUESSES]
    return likely if len(likely) >= 2 else [topic for topic, _ in topics][:2]
