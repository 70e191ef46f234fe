"""From keys to words: what the engine or the gateway wants said, as messages in the person's language. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from bot.domain.forms import BUTTONS
from bot.domain.model import Choice, EngineReply, Outgoing, Sender, Urgency


class Answer(Protocol):
    """A text with its likely next topics, facts filled in."""

    @property
    def text(self) -> str: ...
    @property
    def choices(self) -> Sequence[str]: ...


class Words(Protocol):
    """The part of the catalogue that is needed here; a missing key raises, it is never shown."""

    def answer(self, topic: str, lang: str) -> Answer: ...
    def topic_label(self, topic: str, lang: str) -> str: ...
    def card(self, urgency: str, signals: Sequence[str], lang: str, *, kept: bool = True) -> Answer: ...
    def say(self, key: str, lang: str, **values: str) -> str: ...
    def label(self, key: str, lang: str) -> str: ...


class Unsayable(ValueError):
    """There are no words for what the engine wants said."""


QUESTIONS = {"handoff.offer": "handoff", "forget.question": "forget"}
"""The questions that a yes or a no answers, by the key of their words."""

PERSON = {"intent": "talk_to_human"}
ASKED_MORE = "asked_more"
"""The command of who wrote several things, and finds that one of them was not answered."""
FOUND_OUT = "discovered"
"""The signal of somebody who sees, or is about to see, what is written here."""
MAX_CHOICES = 4
LABELS = {
    "affirm": "yes",
    "deny": "no",
    "form_unsure": "dont_know",
    "form_skip": "skip",
    "form_back": "back",
    "form_stop": "stop",
    "form_go_on": "go_on",
    "form_anonymous": "mode_anonymous",
    "form_only_here": "only_here",
    "centre_yes": "yes",
    "centre_no": "no",
    "of_help_yes": "yes",
    "of_help_little": "a_little",
    "of_help_no": "no",
}
"""Buttons that are no topic (or commands), and their label below `choices.`; the others are called as their label
is."""

OF_HELP = {"of_help_yes": "yes", "of_help_little": "little", "of_help_no": "no"}
"""What a person answers to "was this of help?", by the command of its button; it is counted, and kept nowhere."""
OF_HELP_ASKED = "of_help.question"
OF_HELP_ONCE = "of_help"
"""The name of the question and of its answer: a conversation has each of them once."""

STARTS = {"am_i_a_victim": "start_self_check", "report": "start_report"}
"""Topics whose questions can be asked one by one, and the button that begins them."""


SAFETY_QUESTIONS = ("safety.safety_question", "safety.safety_question_b")
"""The wordings of "are you safe to write now?"."""
OF_OTHERS = ("safety.safety_question_seen", "safety.safety_question_seen_b")
"""The same of who writes about somebody else: "is that person safe right now?"."""


MINOR = frozenset({"form_skip", "form_back", "form_stop", "language", ASKED_MORE, "cancel_handoff"})
"""Buttons that are no answer to what was said: they stand below those that are."""


def is_minor(choice: Choice) -> bool:
    """Returns whether a button is shown small, below the main ones. The name of a language is a main one."""
    action = choice.action
    return "value" not in action and action.get("command", action.get("intent")) in MINOR


def new_token() -> str:
    """A token for a choice: what a person sends back in place of any intent. 96 bits."""
    return secrets.token_urlsafe(12)


class Speaker:
    """Renders in one language. `tokens` makes the token of a choice (an argument, so that tests can fix it)."""

    def __init__(self, words: Words, lang: str, tokens: Callable[[], str] = new_token) -> None:
        self._words = words
        self.lang = lang
        self._tokens = tokens

    def choice(self, action: Mapping[str, Any], label: str | None = None) -> Choice:
        """A button for `action`, with the words' own label for it."""
        return Choice(self._tokens(), label or self._label(action), dict(action))

    def choices(self, actions: Iterable[Mapping[str, Any]]) -> tuple[Choice, ...]:
        """The buttons for `actions`; of two that are called alike the first, for nobody can tell them apart."""
        by_label: dict[str, Choice] = {}
        for action in actions:
            choice = self.choice(action)
            by_label.setdefault(choice.label, choice)
        return tuple(by_label.values())

    def label_of(self, intent: str) -> str | None:
        """The label of a topic or question; None for any other button."""
        try:
            return self._words.topic_label(intent, self.lang)
        except LookupError:
            return None

    def say(
        self,
        key: str,
        actions: Iterable[Mapping[str, Any]] = (),
        *,
        sender: Sender = Sender.BOT,
        urgency: Urgency = Urgency.NONE,
        **values: str,
    ) -> Outgoing:
        """The words behind `key`, with buttons."""
        text = self._words.say(key, self.lang, **values)
        return Outgoing(sender, text, self.choices(actions), urgency, key)

    def answer(
        self, topic: str, *, person: bool = True, also: Sequence[str] = (), more: Sequence[str] | None = None
    ) -> Outgoing:
        """The answer for a topic with its likely next questions; a person is always one tap away. `also`: other topics
        that may have been meant, before those, of which one then has a button more. `more`: one more for who asked
        something else too, with what that may be."""
        answer = self._words.answer(topic, self.lang)
        topics = dict.fromkeys((*also, *answer.choices))
        actions: list[Mapping[str, Any]] = [{"intent": t} for t in topics if t != "talk_to_human"]
        if (of := topic.partition("/")[0]) in STARTS:
            actions.insert(0, {"intent": STARTS[of]})
        actions = actions[: MAX_CHOICES - 1 + bool(also)]
        if more is not None:
            self.asked_more(more)  # raises now, not when it is pressed
            actions.append({"command": ASKED_MORE, "topics": list(more)})
        if person:
            actions.append(PERSON)
        return Outgoing(
            Sender.BOT, answer.text, self.choices(actions), Urgency.NONE, f"answer.{topic}"
        )

    def asked_more(self, topics: Sequence[str]) -> Outgoing:
        """What else was asked: by itself, in other words, or one of these topics."""
        return self.say(ASKED_MORE, (*({"intent": topic} for topic in topics), PERSON))

    def card(self, urgency: Urgency, signals: Sequence[str], *, kept: bool = True) -> Outgoing:
        """The safety card: the numbers first. Of a message that was not `kept` it says nothing of caseworkers."""
        card = self._words.card(urgency.value, signals, self.lang, kept=kept)
        actions: list[Mapping[str, Any]] = [{"command": "safe"}, {"command": "language"}]
        if FOUND_OUT in signals:  # whoever is about to lose the phone may want nothing on it
            actions.append({"intent": "delete_my_data"})
        return Outgoing(
            Sender.SYSTEM, card.text, self.choices(actions), urgency, f"safety.{urgency}"
        )

    def forget(self) -> Outgoing:
        """Whether to delete, asked while a caseworker owns the conversation and the bot is silent."""
        return self.say("forget.question", ({"command": "forget"},), sender=Sender.SYSTEM)

    def of_help(self) -> Outgoing:
        """Whether the conversation was of help."""
        return self.say(OF_HELP_ASKED, ({"command": command} for command in OF_HELP))

    def safety_question(self, asked: int = 0, *, of_others: bool = False) -> Outgoing:
        """Between sure and unsure; in other words each second time that it is `asked`. A yes says in both that somebody
        is safe."""
        key = (OF_OTHERS if of_others else SAFETY_QUESTIONS)[asked % 2]
        labels = (self.label_of("affirm"), self.label_of("deny"), None) if of_others else (None, None, None)
        buttons = [
            self.choice({"command": command}, label)
            for command, label in zip(("safe", "unsafe", "unsure"), labels, strict=True)
        ]
        return Outgoing(Sender.SYSTEM, self._words.say(key, self.lang), tuple(buttons), Urgency.NONE, key)

    def languages(self, key: str, names: Mapping[str, str]) -> Outgoing:
        """Asks which language; every choice stands in its own name."""
        choices = [self.choice({"command": "language", "value": code}, name) for code, name in names.items()]
        choices.append(self.choice(PERSON))
        return Outgoing(Sender.BOT, self._words.say(key, self.lang), tuple(choices), Urgency.NONE, key)

    def engine(self, reply: EngineReply) -> list[Outgoing]:
        """What the engine wants said; `bare`: without its buttons. Raises `Unsayable`."""
        try:
            said = self._engine(reply)
        except (LookupError, TypeError, AttributeError, ValueError):
            raise Unsayable from None
        return [replace(message, choices=()) for message in said] if reply.values.get("bare") else said

    def _engine(self, reply: EngineReply) -> list[Outgoing]:
        if reply.key == "answer" and "ack" in reply.values:
            plain = EngineReply("answer", {k: v for k, v in reply.values.items() if k != "ack"}, reply.choices)
            (answered,) = self._engine(plain)
            heard = self._words.say(f"acknowledgements.{reply.values['ack']}", self.lang)
            return [replace(answered, text=f"{heard}\n{answered.text}")]
        if reply.key == "short":
            name = str(reply.values["topic"])
            said = self._words.say(f"questions.{name}.short", self.lang)
            chosen = self.choices(list(reply.choices)[:MAX_CHOICES])
            return [Outgoing(Sender.BOT, said, chosen, Urgency.NONE, f"short.{name}")]
        if reply.key == "answer":
            topic = str(reply.values["topic"])
            if not reply.choices:
                values = reply.values
                return [self.answer(topic, also=values.get("also", ()), more=values.get("more"))]
            actions = list(reply.choices)[:MAX_CHOICES]
            if "/" in topic and topic.partition("/")[0] in STARTS:
                actions.insert(0, {"intent": STARTS[topic.partition("/")[0]]})
            answer = self._words.answer(topic, self.lang)
            chosen = self.choices(actions)
            return [Outgoing(Sender.BOT, answer.text, chosen, Urgency.NONE, f"answer.{topic}")]
        if reply.key == "both":
            return [self.answer(str(t), person=i > 0) for i, t in enumerate(reply.values["topics"])]
        actions = list(reply.choices)
        if reply.key in QUESTIONS:
            # The buttons know what they answer: pressed late, under another question, they cannot mean that one.
            actions = [{**action, "question": QUESTIONS[reply.key]} for action in actions]
        if reply.key.startswith(("clarify", "engine_down")) and PERSON not in actions:
            actions.append(PERSON)
        return [self.say(reply.key, actions)]

    def _label(self, action: Mapping[str, Any]) -> str:
        if "command" in action:
            return self._words.label(f"choices.{LABELS.get(action['command'], action['command'])}", self.lang)
        intent = str(action["intent"])
        if intent == "none_of_these":
            return self._words.say(intent, self.lang)
        if intent in LABELS or intent.startswith(BUTTONS):
            return self._words.label(f"choices.{LABELS.get(intent, intent)}", self.lang)
        return self._words.topic_label(intent, self.lang)
