"""A turn while a form is open: an answer, a word about the form itself, or something else in the middle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import forms
from actions.forms import OVER, State
from actions.questions import HANDOFF, REPORT, SELF_CHECK, SHARE, STARTS, TOLD, Question
from actions.several import ACTING, OF_ALL, PART_LIKELY, PART_SURE, VAGUE, in_clauses
from actions.turn import FORGET, PERSON, TALK, confidence_of, move_on, ranking_of, send, topic_of, was_button
from actions.turn import HANDOFF as HANDOFF_ASKED

Events = list[dict[str, Any]]
Respond = Callable[[CollectingDispatcher, Tracker, dict[str, Any]], Events]

ABOUT_US = frozenset(
    {
        "about_us",
        "confidentiality",
        "cost",
        "police",
        "report_anonymously",
        "bystander_conduct",
        "phone_safety",
        "are_you_human",
        "not_understood",
        "not_ready",
        "duration",
        "interpreter",
        "contact_visit",
    }
)
"""Topics that are about us or this talk, so that words about them are hardly an answer to "what did you see?"."""

_SAID_BY_A_WISH = frozenset({"not_ready", "not_understood"})
"""Why somebody wants a person, or another language: nothing to answer before."""
LEAVING = frozenset({"not_ready", "goodbye"})
SURE, LIKELY, ASKS = 0.75, 0.5, 0.35


class Talking:
    """For an action that answers a topic. While a form is open, its question comes first and comes back after."""

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """What is said without a form."""
        raise NotImplementedError

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer the form's question, or respond and take it up again."""
        return around(self.respond, dispatcher, tracker, domain)


class ActionForm(Action):
    """A button of a form, or the wish to begin one."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Begin, or answer."""
        intent = topic_of(tracker)
        state = state_of(tracker)
        if intent in STARTS:
            form = STARTS[intent]
            if state is not None and state["name"] == form:
                return ask(dispatcher, tracker, {**state, "digressions": 0, "paused": False})
            if form != HANDOFF:  # there the caseworker who is asked for was just spoken of
                send(dispatcher, f"{form}.start")
            return ask(dispatcher, tracker, forms.begin(form))
        if state is None:
            send(dispatcher, "forms.stopped", choices=[PERSON])
            return keep(dispatcher, tracker, OVER)
        return answered(dispatcher, tracker, state)


class ActionNoneOfThese(Talking, Action):
    """None of what was offered."""

    def name(self) -> str:
        """The name in the domain."""
        return "action_none_of_these"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask for other words, and offer a person; the next miss does so as well."""
        send(dispatcher, "say_differently", choices=[PERSON])
        return move_on(tracker, misses=1)


def around(respond: Respond, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
    """A turn of any topic, with the form that may be open."""
    state = state_of(tracker)
    if state is None:
        beside(dispatcher, tracker)
        events = respond(dispatcher, tracker, domain)
        return [*keep(dispatcher, tracker, OVER), *events] if _sent(tracker) else events
    if _sent(tracker).get("pressed"):
        return answered(dispatcher, tracker, state)
    if _sent(tracker).get("danger"):
        return witnessed(dispatcher, tracker, state)
    if not was_button(tracker) and not state["paused"] and not _other_question(tracker):
        taken = in_words(dispatcher, tracker, state)
        if taken is not None:
            return taken
    events = respond(dispatcher, tracker, domain)
    if topic_of(tracker) == "change_language" or _asks(events):
        return [*keep(dispatcher, tracker, state), *events]
    if topic_of(tracker) in LEAVING:
        state = {**state, "digressions": 99}
    return again(dispatcher, tracker, state, events)


def beside(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Answer what is asked besides the wish that this turn is about, before that asks its own question."""
    wish = topic_of(tracker)
    if wish not in ACTING or was_button(tracker):
        return
    topics, others = asked(tracker)
    plain = wish == PERSON["intent"] or wish in others or confidence_of(tracker) >= SURE
    if not plain:
        return
    if wish not in others:  # no two questions, but a clause that is surely about something else
        clauses = in_clauses(tracker, PART_SURE)
        topics = [name for name in clauses if wish in clauses and name not in ACTING | _SAID_BY_A_WISH]
    if topics:
        send(dispatcher, "answer", values={"topic": topics[0]})


def in_words(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events | None:
    """Words that are an answer, or that try to be one; None when they are about something else."""
    q = forms.asked(state)
    if q.words and not asks_something(tracker, q):
        send(dispatcher, requests=[f"keep:{state['name']}.{q.name}"])
        return took(dispatcher, tracker, state, TOLD)
    if not q.words and unclear(tracker, q):
        send(dispatcher, "forms.please_choose")
        return again(dispatcher, tracker, state, [])
    return None


def witnessed(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """Words of danger in the middle of a report: the numbers were said already, what was seen is kept, and the
    question that stood is asked again. At "what did you see?" they are the answer; so are the next such words at any
    question, since an address sounds of danger too after what was said before it."""
    at = state["at"]
    if forms.asked(state).words and state["digressions"] and at != "what":
        send(dispatcher, requests=[f"keep:{REPORT}.{at}"])
        return took(dispatcher, tracker, state, TOLD)
    if at == "danger":
        state = forms.answer(state, "yes")
    requests = [f"add:{REPORT}.what", f"told:{REPORT}", "report"]
    before = at not in {"danger", "what"}
    if before:  # kept there as well: who then skips the question has answered it
        requests.insert(0, f"keep:{REPORT}.{at}")
        send(dispatcher, "report.noted")
    state = {**forms.answer({**state, "at": "what"}, TOLD), "digressions": 1 if before else 0}
    send(dispatcher, requests=requests)
    return ask(dispatcher, tracker, state) if state["at"] else end(dispatcher, tracker, state)


def asked(tracker: Tracker) -> tuple[list[str], list[str]]:
    """What the questions of a message with several are about: the topics that are sure, and those that may be, to be
    offered. Both are empty where no two of its questions are about something of their own, and while a form is open."""
    if state_of(tracker) is not None:
        return [], []
    whole = dict(ranking_of(tracker))
    sure: list[str] = []
    likely: list[str] = []
    about = 0
    for part in tracker.latest_message.get("parts") or []:
        ranking = [(str(entry["name"]), float(entry["confidence"])) for entry in part]
        topic, confidence = ranking[0]
        if confidence < PART_SURE:
            may_be = [name for name, share in ranking if share >= PART_LIKELY and whole.get(name, 0.0) >= OF_ALL]
            likely += (found := [name for name in may_be if name not in TALK | ACTING])
            about += bool(found)
        elif topic not in TALK and (topic not in VAGUE or whole.get(topic, 0.0) >= OF_ALL):
            (likely if topic in ACTING else sure).append(topic)
            about += 1
    sure = list(dict.fromkeys(sure))
    likely = [topic for topic in dict.fromkeys(likely) if topic not in sure]
    return (sure, likely) if about >= 2 and len(sure) + len(likely) >= 2 else ([], [])


def asks_something(tracker: Tracker, q: Question) -> bool:
    """Whether words after "what did you see?" are a question of their own rather than the answer."""
    topic, confidence = topic_of(tracker), confidence_of(tracker)
    question = bool(tracker.latest_message.get("asks"))
    if topic in q.near:
        return question and confidence >= LIKELY
    if topic in ACTING or topic in LEAVING:
        return confidence >= LIKELY
    if topic in ABOUT_US:
        return confidence >= SURE or (question and confidence >= ASKS)
    return question and confidence >= LIKELY and topic not in {"report", "nlu_fallback"}


def unclear(tracker: Tracker, q: Question) -> bool:
    """Whether words after a question with buttons are none of them: nothing is ever counted on a guess. "In the
    morning, when he is at work" sounds like a goodbye; who is hardly taken to leave is asked again."""
    topic, confidence = topic_of(tracker), confidence_of(tracker)
    if topic in ACTING or (topic in LEAVING and confidence >= SURE):
        return False
    plain = topic in TALK or topic == "nlu_fallback" or topic in q.near
    return (plain and not tracker.latest_message.get("asks")) or confidence < ASKS


def answered(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """A button of the form, or one of its plain words."""
    intent = topic_of(tracker)
    if intent == "form_stop":
        return stop(dispatcher, tracker, state)
    if intent == "form_back":
        before = forms.back(state)
        send(dispatcher, requests=[f"drop:{before['name']}.{before['at']}"])
        return ask(dispatcher, tracker, before)
    code = forms.code_of(intent, forms.asked(state))
    if code is None:
        return ask(dispatcher, tracker, {**state, "digressions": 0, "paused": False})
    return took(dispatcher, tracker, state, code)


def took(dispatcher: CollectingDispatcher, tracker: Tracker, before: State, code: str) -> Events:
    """An answer was given: what is done about it, and the next question."""
    name, state = before["name"], forms.answer(before, code)
    requests = []
    if name == REPORT and before["at"] == "danger" and code == "yes":
        requests.append("danger")
    if name == HANDOFF or (name == REPORT and forms.told(state)):
        requests.append(f"told:{name}")
    if name == REPORT and forms.told(state):
        requests.append("report")
    if name == SELF_CHECK and state["answers"].get(SHARE.name) == "yes":
        requests += [f"told:{name}", "handoff"]
    if requests:
        send(dispatcher, requests=requests)
    if not state["at"]:
        return end(dispatcher, tracker, state)
    if state["at"] == SHARE.name:
        if not forms.coincide(state):
            send(dispatcher, "self_check.gentle", choices=[PERSON])
            return over(dispatcher, tracker, state)
        if before["at"] != SHARE.name:
            send(dispatcher, "self_check.worth_a_talk")
    return ask(dispatcher, tracker, state)


def end(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """The last question was answered."""
    if state["name"] == HANDOFF:
        send(dispatcher, "handoff.noted")
    elif state["name"] == REPORT:
        send(dispatcher, "report.done" if forms.told(state) else "forms.stopped", choices=[PERSON])
    elif state["answers"].get(SHARE.name) != "yes":
        send(dispatcher, "self_check.not_shared", choices=[PERSON])
    return over(dispatcher, tracker, state)


def stop(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """The person has had enough, which is fine at any moment."""
    if state["name"] == HANDOFF:
        send(dispatcher, "handoff.noted")
    elif state["name"] == REPORT and forms.told(state):
        send(dispatcher, "report.stopped", choices=[PERSON])
    else:
        send(dispatcher, "forms.stopped", choices=[PERSON])
    return over(dispatcher, tracker, state)


def ask(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """Say the question that stands."""
    send(dispatcher, f"{state['name']}.{state['at']}", choices=forms.buttons(state))
    return [*keep(dispatcher, tracker, state), *move_on(tracker)]


def again(dispatcher: CollectingDispatcher, tracker: Tracker, state: State, events: Events) -> Events:
    """After something else: the question again, at last the offer to take it up, and then no more of it."""
    was_paused, state = state["paused"], forms.digressed(state)
    if not state["paused"]:
        send(dispatcher, f"{state['name']}.{state['at']}", choices=forms.buttons(state))
    elif not was_paused and state["name"] != HANDOFF:
        choices = [forms.tag(intent, state) for intent in ("form_go_on", "form_stop")]
        send(dispatcher, "forms.take_up", choices=choices)
    return [*keep(dispatcher, tracker, state), *(events or move_on(tracker))]


def over(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """The form is closed; its answers go along once more, for the gateway to keep what it was asked to keep."""
    return [*keep(dispatcher, tracker, {**OVER, "answers": state["answers"]}), *move_on(tracker)]


def keep(dispatcher: CollectingDispatcher, tracker: Tracker, state: State) -> Events:
    """Remember where the form stands, here and in the gateway."""
    send(dispatcher, form=state)
    return [SlotSet("form", None if state.get("over") else state)]


def state_of(tracker: Tracker) -> State | None:
    """Where the open form stands, as the gateway says; without a gateway (`rasa shell`), as the slot has it."""
    if "form" in tracker.latest_message:
        return forms.checked(_sent(tracker))
    return forms.checked(tracker.get_slot("form"))


def _sent(tracker: Tracker) -> dict[str, Any]:
    return tracker.latest_message.get("form") or {}


def _other_question(tracker: Tracker) -> bool:
    """Whether a yes would answer something else that was asked just now."""
    return tracker.get_slot("pending") in {FORGET, HANDOFF_ASKED} and topic_of(tracker) in {"affirm", "deny"}


def _asks(events: Events) -> bool:
    """Whether the answer ends in a question of its own: one question at a time."""
    return any(e.get("name") == "pending" and e.get("value") in {FORGET, HANDOFF_ASKED} for e in events)
