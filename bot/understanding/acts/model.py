"""Acts of a message by its vector: one small network for each group of `data/acts/<lang>.yml`.

The weights are the same in every language: what is learned in one is understood in others as far as the encoder
reaches.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from encoder.runtime import heads
from encoder.runtime.heads import Head

log = logging.getLogger(__name__)

FILE: Final = "acts.npz"
GROUPS: Final = ("safety", "told", "followups", "feelings")
NONE: Final = "none"
SURE: Final[Mapping[str, float]] = {"safety": 0.4, "told": 0.75, "followups": 0.45, "feelings": 0.55}
"""From which share a label counts; chosen on the conversations of `data/talks`."""
DENIED: Final = "denied"


@dataclass(frozen=True, slots=True)
class Acts:
    """What one message does. `told` are facts, the surest first; a `follow_up` and a `feeling` come with their
    shares; `safety` is what somebody in an emergency tells the program."""

    told: tuple[str, ...] = ()
    denies: bool = False
    follow_up: tuple[str, float] = ("", 0.0)
    feeling: tuple[str, float] = ("", 0.0)
    safety: tuple[str, float] = ("", 0.0)


NOTHING: Final = Acts()


@dataclass(frozen=True, slots=True)
class ActsModel:
    """Immutable: any number of threads may share one. Without classifiers nothing is understood, and nothing fails."""

    groups: Mapping[str, Head] = field(default_factory=dict)

    def read(self, whole: np.ndarray | None, clauses: Sequence[np.ndarray] = ()) -> Acts:
        """The acts of a message by its vector (dim,), and those of its clauses: a fact may be told in any of them."""
        if whole is None or not self.groups:
            return NOTHING
        told: dict[str, float] = {}
        for vector in (whole, *clauses):
            name, share = self._best("told", vector)
            if share >= SURE["told"]:
                told[name] = max(share, told.get(name, 0.0))
        denies = told.pop(DENIED, 0.0) >= SURE["told"]
        return Acts(
            told=tuple(sorted(told, key=lambda name: -told[name])),
            denies=denies,
            follow_up=self._best("followups", whole),
            feeling=self._best("feelings", whole),
            safety=max((self._best("safety", vector) for vector in (whole, *clauses)), key=lambda found: found[1]),
        )

    def _best(self, group: str, vector: np.ndarray) -> tuple[str, float]:
        """The likeliest label with its share; an empty one where that is none of them."""
        classifier = self.groups.get(group)
        if classifier is None or classifier.dim != vector.shape[0]:
            return "", 0.0
        ((name, share),) = classifier.ranking(vector, 1)
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
