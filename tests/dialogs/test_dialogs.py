"""Runs every `person_....yml` here against the real engine, through the visitor API and the desk.

A file tells one person's visit:

    language: fr            # what is chosen at the start; null: nothing
    engine: up              # or down: the same gateway, its engine dead
    cards: passed_over      # cards and safety questions that no step waits for are not this dialogue's matter: what a
                            # bystander tells may well sound of danger
    steps:
    - person: "texte"       # writes
    - choose: affirm        # presses the newest button for this topic, `choices.<x>` label, or a language's name
    - choose: next          # presses the first button that is a question; `bot: answer.next` is its answer
    - choose_first: affirm  # the same, the oldest such button
    - bot: [answer.shelter] # these words come, in this order (keys of the words): of a topic its overview, or the
                            # answer to a question under it, with or without a sentence that says what was heard;
                            # answer.shelter/tonight is that answer alone
    - bot: clarify
      offers: [shelter]     # among the buttons of the last one
    - card: emergency       # a safety card of this urgency, from the system
      signals: [confined]   # whose case in the queue has (at least) these
    - says: handoff.waiting # from the system
    - language: fr          # from here on words are expected in this language
    - caseworker: claim | release | close | {says: "tekst"}
    - silence: true         # the last message of the person stays without a word of the bot
    - queue: {state: waiting, urgency: none} | null
    - told: {report: [choices.no, "tekst"]}  # what stands on top of the case, once a caseworker has claimed it: the
                            # lines of each form, as labels or as the person's own words; null: no such part
    - comes_back: true      # opens the conversation again with the return code
    - gone: true            # the conversation no longer exists
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content import SEVERAL, Catalogue
from bot.domain.speaker import OF_OTHERS, SAFETY_QUESTIONS
from tests.support.caseworker import Caseworker
from tests.support.gateway import Gateway, Visitor, wait_for

HERE = Path(__file__).parent
CALLING = ("handoff.called", "handoff.nobody_on_call")
SMALL_TALK = {
    "thanks": ("talk/thanks",), "greet": ("talk/greet_back",), "goodbye": ("talk/goodbye",),
    "emotional_support": ("talk/afraid", "talk/sad", "talk/tired", "talk/lonely", "talk/hopeless"),
    "not_ready": ("talk/",), "are_you_human": ("talk/who_made_you",), "out_of_scope": ("talk/",),
}  # fmt: skip
"""Small talk that says the same as the overview of a topic."""
FILES = sorted(HERE.glob("**/person_*.yml"))


class Visit:
    """One dialogue file under way."""

    def __init__(self, visitor: Visitor, caseworker: Caseworker, words: Catalogue, language: str | None) -> None:
        self.visitor = visitor
        self.caseworker = caseworker
        self.words = words
        self.language = language or SEVERAL
        self.seen = max((m["seq"] for m in visitor.messages()), default=0)
        self.written = self.seen
        self.known = {case["id"] for case in caseworker.queue()}
        self.last: dict[str, Any] = {}
        self.passes_over_cards = False
        self.chosen = ""
        codes = [SEVERAL, *(language.code for language in words.languages)]
        self.calling = {words.say(key, code) for key in CALLING for code in codes}

    # -- what the person does ----------------------------------------------------------------------

    def person(self, text: str) -> None:
        self.written = self.visitor.write(text)

    def choose(self, what: str) -> None:
        if what == "next":
            labels = {self.words.topic_label(name, self.language): name for name in self.words.questions}
            label = next(choice["label"] for choice in self.last["choices"] if choice["label"] in labels)
            self.chosen = label
            self.written = self.visitor.choose(label)
            return
        self.written = self.visitor.choose(self.label(what))

    def choose_first(self, what: str) -> None:
        self.written = self.visitor.choose(self.label(what), newest=False)

    def label(self, what: str) -> str:
        if what in self.words.topics:
            if what in {"affirm", "deny"}:
                return self.words.label("choices.yes" if what == "affirm" else "choices.no", self.language)
            return self.words.topic_label(what, self.language)
        if what == "none_of_these":
            return self.words.say(what, self.language)
        if what.startswith("choices."):
            return self.words.label(what, self.language)
        return what

    # -- what is expected --------------------------------------------------------------------------

    def next_message(self, sender: str, key: str = "") -> dict[str, Any]:
        """What comes next, but for what is said of the calling of caseworkers: that comes when it comes. `key`: what
        is waited for."""

        def found() -> dict[str, Any] | None:
            said = (m for m in self.visitor.messages(self.seen) if m["from"] != "person")
            heard = (m for m in said if m["text"] not in self.calling)
            # The lines of the safety mode below a card are judged in tests/talks and tests/unit/conversation.
            lines = set() if key.startswith("safety_mode.") else self.safety_lines()
            return next((m for m in heard if m["text"] not in lines and not self.passed_over(m, key)), None)

        message: dict[str, Any] = wait_for(f"a message of the {sender}", found)
        self.seen = message["seq"]
        assert message["from"] == sender, message
        self.last = message
        return message

    def passed_over(self, message: dict[str, Any], key: str) -> bool:
        if not self.passes_over_cards or key.startswith("safety."):
            return False
        return "urgency" in message or message["text"] in map(self.text_of, (*SAFETY_QUESTIONS, *OF_OTHERS))

    def text_of(self, key: str) -> str:
        if key.startswith("answer."):
            return self.words.answer(key.removeprefix("answer."), self.language).text
        return self.words.say(key, self.language)

    def safety_lines(self) -> set[str]:
        return set(self.words.texts("safety_mode.", self.language))

    def acceptable(self, key: str) -> set[str]:
        """The texts that a key stands for: of a topic also the answers to its questions; of one key `or` another, those
        of both, where two things are asked and which is answered first is as good."""
        if " or " in key:
            return set().union(*(self.acceptable(one) for one in key.split(" or ")))
        topic = key.removeprefix("answer.")
        if topic == "next":
            names = [n for n in self.words.questions if self.words.topic_label(n, self.language) == self.chosen]
            return {self.words.answer(name, self.language).text for name in names}
        if not key.startswith("answer.") or "/" in topic:
            return {self.text_of(key)}
        starts = (f"{topic}/", *SMALL_TALK.get(topic, ()))
        own = [name for name in self.words.questions if name.startswith(starts)]
        answers = {self.words.answer(name, self.language).text for name in own}
        shorter = {self.words.say(f"questions.{name}.short", self.language) for name in own}
        return {self.text_of(key)} | answers | shorter

    def bot(self, keys: str | list[str]) -> None:
        heard = set(self.words.texts("acknowledgements.", self.language))
        for key in [keys] if isinstance(keys, str) else keys:
            if key == "safety.safe_reply" and self.said_safe():
                continue
            text = self.next_message("bot")["text"]
            first, _, rest = text.partition("\n")
            assert (rest if first in heard and rest else text) in self.acceptable(key), (key, text)

    def said_safe(self) -> bool:
        """Whether the safety mode was left in words: then its own line answers, in place of the button's."""
        leaves = {
            self.words.say(f"safety_mode.reactions.{act}.{which}", self.language)
            for act in ("safe_now", "denial", "joke")
            for which in "ab"
        }

        def heard() -> list[dict[str, Any]]:
            return [message for message in self.visitor.messages(self.seen) if message["from"] != "person"]

        found = wait_for("an answer", heard, 20)
        said = next((message for message in found if message["text"] in leaves), None)
        if said is None:
            return False
        self.seen = said["seq"]
        return True

    def offers(self, topics: list[str]) -> None:
        labels = [choice["label"] for choice in self.last["choices"]]
        for topic in topics:
            assert self.label(topic) in labels, (topic, labels)

    def says(self, key: str) -> None:
        assert self.next_message("system", key)["text"] == self.text_of(key), key

    def card(self, urgency: str) -> None:
        assert self.next_message("system", "safety.card")["urgency"] == urgency

    def signals(self, names: list[str]) -> None:
        assert set(names) <= set(self.case()["signals"]), self.case()

    def silence(self, _: bool) -> None:
        said = [m for m in self.visitor.messages(self.written) if m["from"] == "bot"]
        assert not said, said

    def told(self, expected: dict[str, list[str] | None]) -> None:
        shown = {part["form"]: [line["text"] for line in part["lines"]] for part in self.told_lines()}
        for form, lines in expected.items():
            texts = [self.label(line) for line in lines] if lines is not None else None
            assert shown.get(form) == texts, shown

    def told_lines(self) -> list[dict[str, Any]]:
        return self.caseworker.told(self.case()["id"], self.language)

    def comes_back(self, _: bool) -> None:
        self.visitor.come_back()

    def gone(self, _: bool) -> None:
        wait_for("the conversation is gone", lambda: self.visitor.http.get("/api/messages").status_code == 401)

    def case(self) -> dict[str, Any]:
        return self.caseworker.wait_for_case(lambda case: case["id"] not in self.known)

    def queue(self, expected: dict[str, Any] | None) -> None:
        if expected is None:
            assert not [c for c in self.caseworker.queue() if c["id"] not in self.known]
            return
        case = self.case()
        assert {key: case[key] for key in expected} == expected

    def caseworker_does(self, what: str | dict[str, str]) -> None:
        case = self.case()["id"]
        if isinstance(what, dict):
            self.caseworker.reply(case, what["says"])
            assert self.next_message("caseworker")["text"] == what["says"]
        elif what == "claim":
            assert self.caseworker.claim(case).status_code == 200
        elif what == "release":
            self.caseworker.release(case)
        else:
            assert what == "close", what
            self.caseworker.close(case)

    def step(self, step: dict[str, Any]) -> None:
        for name, value in step.items():
            if name == "caseworker":
                self.caseworker_does(value)
            elif name == "language":
                self.language = value
            else:
                getattr(self, name)(value)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(HERE).with_suffix("")))
def test_dialogue(
    path: Path, gateway: Gateway, deaf: Gateway, caseworker: Caseworker, deaf_caseworker: Caseworker, words: Catalogue
) -> None:
    dialogue = yaml.safe_load(path.read_text(encoding="utf-8"))
    down = dialogue.get("engine") == "down"
    where, who = (deaf, deaf_caseworker) if down else (gateway, caseworker)
    visit = Visit(Visitor(where.url, dialogue["language"]), who, words, dialogue["language"])
    visit.passes_over_cards = dialogue.get("cards") == "passed_over"
    for number, step in enumerate(dialogue["steps"], 1):
        try:
            visit.step(step)
        except AssertionError as error:
            raise AssertionError(f"step {number} {step}: {error}") from error


def test_every_language_has_dialogues(words: Catalogue) -> None:
    spoken = [yaml.safe_load(path.read_text(encoding="utf-8"))["language"] for path in FILES]
    for language in words.languages:
        assert spoken.count(language.code) >= 4, language.code
