"""Acts of a message by its vector and its letters: one small classifier for each group of `data/acts/<lang>.yml`.

The weights over the vector are the same in every language: what is learned in one is understood in others as far as the
encoder reaches.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from bot.understanding.context import InContext
from encoder.runtime import heads
from encoder.runtime.heads import Head

log = logging.getLogger(__name__)

FILE: Final = "acts.npz"
GROUPS: Final = ("safety", "told", "followups", "feelings", "act", "about")
NONE: Final = "none"
SURE: Final[Mapping[str, float]] = {"safety": 0.35, "told": 0.85, "followups": 0.45, "feelings": 0.6}
"""From which share a label counts, of what is told all labels together; chosen on conversations of `data/talks` that
were left out (docs/decisions/0102-turns.md)."""
EACH: Final = 0.5
"""The least share of one fact among those that are told."""
CERTAIN: Final = 0.98
"""From which share of all facts together one may be said back to the person ("you have no papers"): of these three in
four were told, of all that are noted little more than half."""
TOLD_BY_BOTH, TOLD_IN_LIGHT = 0.25, 0.5
CERTAIN_BY_BOTH, CERTAIN_IN_LIGHT = 0.6, 0.85
"""The likelihood of a fact, in the light of what was said before, from which it is noted, and may be said back: where
the words by themselves tell it too, and where they do not."""
SURE_PIECE, EACH_PIECE = 0.95, 0.75
"""The same of a piece of a message: few words by themselves say more than they mean."""
DENIED: Final = "denied"
PLACE: Final = "place"
SURE_BESIDE: Final = 0.8
"""Share from which a piece of a message does something beside what the message does."""
SURE_PLACE: Final = 0.5
"""Share from which words say where somebody is: they are put into what is said to 112."""
OTHER: Final = "other"
USUAL_ABOUT: Final = 0.21
"""The share of turns of `data/talks` whose conversation is about somebody else than who writes."""
ABOUT_LEAST: Final = 0.02
"""No single message speaks for more than this share leaves room for."""


@dataclass(frozen=True, slots=True)
class Acts:
    """What one message does. `told` are facts, the surest first; a `follow_up` and a `feeling` come with their
    shares; `safety` is what somebody in an emergency tells the program."""

    told: tuple[str, ...] = ()
    certain: tuple[str, ...] = ()
    """Those of `told` that may be said back."""
    denies: bool = False
    follow_up: tuple[str, float] = ("", 0.0)
    feeling: tuple[str, float] = ("", 0.0)
    safety: tuple[str, float] = ("", 0.0)
    beside: tuple[str, ...] = ()
    """What else the pieces of the message surely do in an emergency, beside `safety`."""
    where: tuple[int, ...] = ()
    """Which of the pieces of the message say where somebody is, by their numbers."""
    about: float = 0.0
    """How much the message speaks for that its conversation is about somebody else (log odds beside the usual ones)."""
    does: Mapping[str, float] = field(default_factory=dict)
    """The share of each thing that a message may do: ask, tell, both, answer, small, want, refuse."""
    in_danger: tuple[Mapping[str, float], ...] = ()
    """The shares of what the message, and each of its pieces, does in an emergency."""

    @property
    def tells(self) -> float:
        """How surely the message tells, or answers, and asks nothing."""
        return self.does.get("tell", 0.0) + self.does.get("answer", 0.0)

    @property
    def asks(self) -> float:
        """How surely something is asked in it."""
        return self.does.get("ask", 0.0) + self.does.get("both", 0.0)


NOTHING: Final = Acts()


def in_light(acts: Acts, seen: InContext | None) -> Acts:
    """The acts of a message where it was also read in the light of what was said before it: what it does, in an
    emergency too, by both readings, and whom it is about by that one, which knows more."""
    if seen is None:
        return acts
    does, safety = _both(seen.does, acts.does), acts.safety
    if seen.in_danger and acts.in_danger:
        parts = [_both(seen.in_danger, own) for own in acts.in_danger]
        safety = max((max(part.items(), key=lambda one: one[1]) for part in parts), key=lambda one: one[1])
        safety = ("", 0.0) if safety[0] == NONE else safety
    acts = replace(acts, does=does, safety=safety, about=_log_odds(seen.about))
    return _told_in_light(acts, seen.told) if seen.told else acts


def _told_in_light(acts: Acts, likely: Mapping[str, float]) -> Acts:
    """The acts with the facts that are told by both readings, or surely by the one in the light of what was said."""
    own = (*acts.told, *((DENIED,) if acts.denies else ()))
    told = {name: share for name, share in likely.items() if share >= (TOLD_BY_BOTH if name in own else TOLD_IN_LIGHT)}
    denies = told.pop(DENIED, 0.0) > 0
    surest = sorted(told, key=lambda name: -told[name])
    certain = [name for name in surest if told[name] >= (CERTAIN_BY_BOTH if name in own else CERTAIN_IN_LIGHT)]
    return replace(acts, told=tuple(surest), denies=denies, certain=tuple(certain))


def _both(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """The shares by two readings; what only ``one`` of them knows has its share there."""
    both = {name: math.sqrt(share * other.get(name, share)) for name, share in one.items()}
    whole = sum(both.values()) or 1.0
    return {name: share / whole for name, share in both.items()}


def _log_odds(share: float) -> float:
    """How much a share speaks for somebody else, beside the usual one."""
    share = min(max(share, ABOUT_LEAST), 1 - ABOUT_LEAST)
    return math.log(share / (1 - share)) - math.log(USUAL_ABOUT / (1 - USUAL_ABOUT))


@dataclass(frozen=True, slots=True)
class ActsModel:
    """Immutable: any number of threads may share one. Without classifiers nothing is understood, and nothing fails."""

    groups: Mapping[str, Head] = field(default_factory=dict)

    def read(self, text: str, vector: np.ndarray | None, pieces: Sequence[tuple[str, np.ndarray]] = ()) -> Acts:
        """The acts of a message by its text and vector (dim,), and those of its pieces: a fact may be told in any."""
        if vector is None or not self.groups:
            return NOTHING
        every = ((text, vector), *pieces)
        told: dict[str, float] = {}
        for number, (words, own) in enumerate(every):
            least = (SURE_PIECE, EACH_PIECE) if number else (SURE["told"], EACH)
            for name, share in self._facts(words, own, *least):
                told[name] = max(share, told.get(name, 0.0))
        denies = told.pop(DENIED, 0.0) > 0
        in_danger = [self._shares("safety", words, own) for words, own in every]
        safety = [_likeliest(shares) for shares in in_danger]
        likeliest = max(safety, key=lambda found: found[1])
        surely = dict.fromkeys(name for name, share in safety if share >= SURE_BESIDE and name != likeliest[0])
        return Acts(
            told=tuple(sorted(told, key=lambda name: -told[name])),
            certain=tuple(name for name, _ in self._facts(text, vector, CERTAIN, EACH) if name in told),
            denies=denies,
            follow_up=self._best("followups", text, vector),
            feeling=self._best("feelings", text, vector),
            safety=likeliest,
            beside=tuple(surely),
            where=tuple(at for at, (name, share) in enumerate(safety[1:]) if name == PLACE and share >= SURE_PLACE),
            about=self._about(text, vector),
            does=self._shares("act", text, vector),
            in_danger=tuple(in_danger),
        )

    def _about(self, text: str, vector: np.ndarray) -> float:
        head = self._head("about", vector)
        if head is None or OTHER not in head.labels:
            return 0.0
        return _log_odds(float(head.shares(vector, text)[head.labels.index(OTHER)]))

    def _shares(self, group: str, text: str, vector: np.ndarray) -> dict[str, float]:
        head = self._head(group, vector)
        return {} if head is None else dict(zip(head.labels, head.shares(vector, text).tolist(), strict=True))

    def _facts(self, text: str, vector: np.ndarray, sure: float, each: float) -> list[tuple[str, float]]:
        """What is told in a text, each fact with its share: where something is told that surely, and the fact has at
        least the share of `each`."""
        head = self._head("told", vector)
        if head is None:
            return []
        found = dict(zip(head.labels, head.shares(vector, text).tolist(), strict=True))
        if 1 - found.pop(NONE, 0.0) < sure:
            return []
        return [(name, share) for name, share in found.items() if share >= each]

    def _best(self, group: str, text: str, vector: np.ndarray) -> tuple[str, float]:
        """The likeliest label with its share; an empty one where that is none of them."""
        return _likeliest(self._shares(group, text, vector))

    def _head(self, group: str, vector: np.ndarray) -> Head | None:
        head = self.groups.get(group)
        return head if head is not None and head.dim == vector.shape[0] else None


def _likeliest(shares: Mapping[str, float]) -> tuple[str, float]:
    name, share = max(shares.items(), key=lambda one: one[1], default=(NONE, 0.0))
    return ("", 0.0) if name == NONE else (name, share)


def load(models: Path) -> ActsModel:
    """The classifiers below `models`/acts; an empty model when nothing was trained there. A broken file is logged and
    left out: the conversation goes on without."""
    file = models / "acts" / FILE
    if not file.is_file():
        return ActsModel()
    try:
        return ActsModel(heads.read(file))
    except (OSError, KeyError, ValueError) as error:
        log.error("acts.broken", extra={"error": type(error).__name__})
        return ActsModel()
