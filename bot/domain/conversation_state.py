"""What a conversation remembers between two turns, as one frozen value. Pure.

It is sealed with the conversation, read at the start of a turn and written in the transaction that stores its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self

MAX_WORDS: Final = 240
"""Characters that are kept of a person's own words for a fact."""
MAX_FACTS: Final = 60
PLACES: Final = 2
BETWEEN_PLACES: Final = "; "

ROLES: Final = {
    "is_neighbour": "bystander",
    "is_friend": "relative",
    "is_nurse": "professional",
    "is_police": "professional",
    "is_teacher": "professional",
    "is_lawyer": "professional",
    "is_employer": "employer",
    "is_journalist": "press",
    "is_sex_client": "client",
    "threatens_other": "threat",
}
"""Facts that say who writes, if it is not about themselves."""

ABOUT_OTHERS: Final = 3.3
"""From which log odds, summed over the messages, a conversation is about somebody else: of those found among 407 left
out of `data/talks`, 0.94 to 0.97 were (docs/decisions/0103-stories.md)."""
SURELY_OTHERS: Final = 5.0
"""The same where it must be sure: a mother who writes of herself and her daughter is asked nothing about "that person".
"""
HELPERS: Final = frozenset({"bystander", "relative", "professional"})
OF_THEMSELVES: Final = -1.0
"""Log odds from which on down people write about themselves, whatever else they say they are."""
ABOUT_MOST: Final = 6.0
"""More is not kept of it, so that a person who then writes of themselves is heard."""

CONDITIONS: Final = ("no_police_wish", "no_call_wish", "family_not_told", "safe_times")
"""Facts that say how the person may be helped; a caseworker sees them first."""


class Mode(StrEnum):
    """`SAFETY`: somebody is in danger now, and the talk is about nothing else."""

    TALK = "talk"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True, repr=False)
class ConversationState:
    """`kind` and `step` say where the protocol of the safety mode is. `told` are facts with the person's own words,
    `said` counts the texts that were said, by key. `question` are the words of the person's last question, `answer` the
    id of what was answered last: a short message is read in their light. What was written before message `since` raises
    no danger any more."""

    mode: Mode = Mode.TALK
    kind: str = ""
    step: int = 0
    line: str = ""
    """The line of the safety mode that was said last, by its key: a yes or a no answers it."""
    quiet: int = 0
    """Messages in a row, in the safety mode, that said nothing of danger."""
    was: str = ""
    """The protocol of the safety mode that ended last."""
    after: int = 0
    """Messages in which what is only said in danger begins the safety mode again, since it ended."""
    place: str = ""
    beside: tuple[str, ...] = ()
    """Codes of what emergency services must know beside the place, such as `fire`, `weapon`, `locked`."""
    told: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, int] = field(default_factory=dict)
    question: str = ""
    answer: str = ""
    asked: str = ""
    """The gentle question that was asked last, by its name: the next message may answer it."""
    since: int = 0
    about: float = 0.0
    """How much speaks for that the person writes about somebody else (log odds)."""
    missed: tuple[str, ...] = ()
    """The lines of the figure `missed` in which the conversation is counted (`domain/statistics.py`)."""

    def __repr__(self) -> str:
        return f"ConversationState({self.mode})"

    @property
    def role(self) -> str:
        """Who writes: `self`, or one of the values of `ROLES`; about somebody else, without having said who: a
        `bystander`."""
        found = next((role for fact, role in ROLES.items() if fact in self.told), "self")
        if found in HELPERS and self.about <= OF_THEMSELVES:  # "I am a nurse, my agency keeps my papers"
            return "self"
        return "bystander" if found == "self" and self.about >= ABOUT_OTHERS else found

    @property
    def surely_of_others(self) -> bool:
        """Whether who writes has said that it is about somebody else, or nearly all that was said speaks for it."""
        return self.role in HELPERS and (bool(self.told.keys() & ROLES.keys()) or self.about >= SURELY_OTHERS)

    def times(self, key: str) -> int:
        """How often the text `key` was said."""
        return self.said.get(key, 0)

    def having_said(self, keys: Iterable[str]) -> Self:
        """The state after these texts were said."""
        said = dict(self.said)
        for key in keys:
            said[key] = min(said.get(key, 0) + 1, 99)
        return replace(self, said=said)

    def having_heard(self, facts: Iterable[str], words: str, about: float = 0.0) -> Self:
        """The state after facts were told in `words`. What was told of the same is replaced; a fact that contradicts
        another takes it back. `about`: how much in them speaks for that they are about somebody else."""
        told = dict(self.told)
        for fact in facts:
            for other in _INSTEAD.get(fact, ()):
                told.pop(other, None)
            told[fact] = words[:MAX_WORDS]
        whole = max(-ABOUT_MOST, min(ABOUT_MOST, self.about + about))
        return replace(self, told=dict(list(told.items())[-MAX_FACTS:]), about=round(whole, 2))

    def at(self, words: str) -> Self:
        """The state after the person said in `words` where they are. What they add stands behind what was known:
        "second floor" comes after the street; of more than `PLACES` the last, for people move."""
        new = " ".join(words.split())
        known = [part for part in self.place.split(BETWEEN_PLACES) if part and part not in new]
        parts = known if any(new in part for part in known) else [*known, new]
        return replace(self, place=BETWEEN_PLACES.join(parts[-PLACES:])[-MAX_WORDS:])

    def without(self, *facts: str) -> Self:
        """The state after the person took these facts back."""
        return replace(self, told={name: words for name, words in self.told.items() if name not in facts})

    def in_safety(self, kind: str) -> Self:
        """The safety mode begins, or goes on with another protocol."""
        if self.mode is Mode.SAFETY and self.kind == kind:
            return replace(self, quiet=0)
        return replace(self, mode=Mode.SAFETY, kind=kind, step=0, quiet=0)

    def out_of_safety(self, after: int = 0) -> Self:
        """The safety mode ends; it may begin again for `after` messages."""
        return replace(self, mode=Mode.TALK, was=self.kind, kind="", step=0, quiet=0, after=after, beside=())

    def safe(self, seq: int) -> Self:
        """The person says that they are safe, in message `seq`: what was before it raises nothing any more."""
        return replace(self.out_of_safety(), since=seq)

    def dumped(self) -> dict[str, Any]:
        """As plain JSON values, to be sealed."""
        return {
            "mode": self.mode.value, "kind": self.kind, "step": self.step, "line": self.line,
            "quiet": self.quiet, "was": self.was,
            "after": self.after, "place": self.place, "beside": list(self.beside),
            "told": dict(self.told), "said": dict(self.said), "question": self.question, "answer": self.answer,
            "asked": self.asked, "since": self.since, "about": self.about, "missed": list(self.missed),
        }  # fmt: skip

    @classmethod
    def loaded(cls, data: Mapping[str, Any]) -> Self:
        """The other way round."""
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        lists = {name: tuple(data.get(name, ())) for name in ("beside", "missed")}
        return cls(**{**known, **lists, "mode": Mode(data.get("mode", Mode.TALK))})


LINE_OF: Final = {
    "no_police_wish": "wishes", "no_call_wish": "contact", "family_not_told": "wishes", "safe_times": "contact",
    "wants_person": "wishes", "wants_papers": "wishes", "wants_money": "wishes", "wants_to_leave": "wishes",
    "wants_home_country": "wishes", "wants_nothing_yet": "wishes", "documents_kept": "documents", "not_paid": "pay",
    "paid_too_little": "pay", "long_hours": "conditions", "bad_conditions": "conditions", "debt": "debt",
    "controlled": "movement", "sleeps_at_work": "sleep", "isolated": "contacts", "threatened": "violence",
    "hit": "violence", "sells_sex_forced": "violence", "forced_crime": "violence", "phone_watched": "movement",
}  # fmt: skip
"""The line of the desk on which a fact stands; every other says something of the person."""
MOST_LINES: Final = 8


def summary(state: ConversationState) -> list[tuple[str, str]]:
    """What a caseworker reads first: at most eight lines, each with the person's own words. A place stands on top, then
    how contact is safe, then who writes and what was told, the newest last."""
    order = ("contact", "wishes", "person")
    by_line: dict[str, list[str]] = {"where": [state.place]} if state.place else {}
    for fact, words in state.told.items():
        said = by_line.setdefault(LINE_OF.get(fact, "person"), [])
        if words not in said:
            said.append(words)
    lines = sorted(by_line, key=lambda line: (line != "where", order.index(line) if line in order else len(order)))
    return [(line, " / ".join(by_line[line][-2:])) for line in lines][:MOST_LINES]


_INSTEAD: Final = {"is_adult": ("under_18",), "under_18": ("is_adult",)}

START: Final = ConversationState()
