"""Forms, as the gateway keeps them: where one stands, and what of it a caseworker is shown. Pure.

The engine asks the questions and decides what comes next (`actions/forms.py`); it remembers codes only, and only
until it is restarted. So the gateway keeps the place, and alone keeps what was told in a person's own words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.conversation_state import START, ConversationState
from bot.domain.model import EngineTurn

LINES = {
    "report": ("danger", "what", "where", "when", "people", "reach"),
    "self_check": (
        *("movement", "contacts", "conditions", "sleep", "pay"),
        *("documents", "debt", "authorities", "violence"),
    ),
    "handoff": ("mode", "contact"),
}  # fmt: skip
"""The forms in the order of the desk, and their lines. A line's label is `desk.told_<name of the line>`."""

ANSWERS = {
    "yes": "yes",
    "no": "no",
    "unsure": "dont_know",
    "skip": "skip",
    "only_here": "only_here",
    "share": "mode_share",
    "confidential": "mode_confidential",
    "anonymous": "mode_anonymous",
}
"""The label of each answer, below `choices.`: a caseworker reads what the person pressed."""

HEARD = {
    "yes": "affirm",
    "no": "deny",
    "dont_know": "form_unsure",
    "skip": "form_skip",
    "stop": "form_stop",
    "back": "form_back",
}
"""Plain answers by their words (`heard.<name>`), and the button that each one is."""

BUTTONS = ("form_", "mode_", "start_", "none_of_these")
"""How the intents begin that only buttons have."""

_CODE = re.compile(r"[a-z_]{1,24}")
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Form:
    """An open form: the question that stands, and the answers so far, as codes."""

    name: str
    at: str
    answers: Mapping[str, str] = field(default_factory=dict)
    digressions: int = 0
    paused: bool = False

    @property
    def question(self) -> str:
        """As the buttons under it are tagged, and as its words are called."""
        return f"{self.name}.{self.at}"

    def sent(self, *, pressed: bool = False, danger: bool = False) -> dict[str, Any]:
        """For the engine. `pressed`: this turn is an answer to the question; `danger`: these words are of danger by
        themselves, and the person was told the numbers already."""
        data = {"name": self.name, "at": self.at, "answers": dict(self.answers), "digressions": self.digressions}
        return {**data, "paused": self.paused, "pressed": pressed, "danger": danger}


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """What a person answered, as far as it is kept. `words` are by question (`report.where`); `told` are the answers
    that a caseworker is shown, by form; `due`: how contact is safe is still to be asked."""

    form: Form | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    due: bool = False
    state: ConversationState = START
    """What else the conversation remembers."""

    def __repr__(self) -> str:
        return "Sheet(...)"

    def after(self, turn: EngineTurn, text: str) -> Sheet:
        """The sheet after the engine's turn on the message `text`."""
        words = dict(self.words)
        for request in turn.requests:
            what, _, question = request.partition(":")
            if what == "keep" and question.partition(".")[0] in LINES:
                words[question] = text
            if what == "drop":
                words.pop(question, None)
            if what == "add" and question.partition(".")[0] in LINES:
                words[question] = "\n".join(filter(None, (words.get(question), text)))
        if turn.form is None:
            return replace(self, words=words, due=self.due or "handoff" in turn.requests)
        told = dict(self.told)
        for name in LINES:
            if f"told:{name}" in turn.requests:
                told[name] = codes(turn.form.get("answers"))
        due = self.due or "handoff" in turn.requests
        return replace(self, form=form_of(turn.form), words=words, told=told, due=due)

    def withdrawn(self) -> Sheet:
        """The person wants no caseworker after all: nothing is asked about one."""
        about = self.form is not None and self.form.name == "handoff"
        return replace(self, form=None if about else self.form, due=False)

    def lines(self, name: str) -> list[tuple[str, str, str]]:
        """What a caseworker is shown of a form: line, code of the answer, own words (one of the two is empty)."""
        answers = self.told.get(name, {})
        shown = []
        for line in LINES[name]:
            code, words = answers.get(line), self.words.get(f"{name}.{line}")
            if code in {"told", "skip"} and words:
                shown.append((line, "", words))
            elif code in ANSWERS:
                shown.append((line, code, ""))
        return shown

    def dumped(self) -> dict[str, Any]:
        """As plain JSON values, to be sealed."""
        return {
            "form": None if self.form is None else self.form.sent(),
            "words": dict(self.words),
            "told": {name: dict(answers) for name, answers in self.told.items()},
            "due": self.due,
            "state": self.state.dumped(),
        }

    @classmethod
    def loaded(cls, data: Mapping[str, Any], *, asking: bool) -> Sheet:
        """The other way round; without `asking` no question stands any more."""
        form = form_of(data["form"] or {}) if asking else None
        told = {name: dict(answers) for name, answers in data["told"].items()}
        state = ConversationState.loaded(data.get("state") or {})
        return cls(form, dict(data["words"]), told, asking and bool(data["due"]), state)


EMPTY = Sheet()


def step(key: str) -> tuple[int, int] | None:
    """Which question of a form the words behind `key` are, and of how many; None: they are none."""
    name, _, line = key.partition(".")
    lines = LINES.get(name, ())
    return (lines.index(line) + 1, len(lines)) if line in lines else None


def form_of(data: Mapping[str, Any]) -> Form | None:
    """The form of what the engine sent or what was kept; None when it is over, or nothing that can be asked."""
    name, at = data.get("name"), data.get("at")
    if data.get("over") or not isinstance(name, str) or name not in LINES:
        return None
    if not isinstance(at, str) or not _CODE.fullmatch(at):
        return None
    digressions = data.get("digressions")
    count = digressions if isinstance(digressions, int) else 0
    return Form(name, at, codes(data.get("answers")), min(count, 99), data.get("paused") is True)


def codes(answers: object) -> dict[str, str]:
    """Answers as codes; what is no code is left out."""
    if not isinstance(answers, Mapping):
        return {}
    pairs = [(str(line), str(code)) for line, code in answers.items()]
    return {line: code for line, code in pairs if _CODE.fullmatch(line) and _CODE.fullmatch(code)}


def goes_on(form: Form | None) -> bool:
    """Whether questions go on right after words of danger: a bystander's do, for those who help need to know where. Who
    may be in danger themselves is told the numbers and asked nothing."""
    return form is not None and form.name == "report" and not form.paused


def answers_form(question: object) -> bool:
    """Whether a button belongs to a question of a form (and not to one of `replies.QUESTIONS`)."""
    return isinstance(question, str) and question.partition(".")[0] in LINES and "." in question


def plain(text: str) -> str:
    """`text` for comparing with the plain answers: without signs, capitals and superfluous space."""
    return _NOT_WORDS.sub(" ", text.replace("İ", "i").casefold()).strip()
