"""A message in the light of what was said before it. Beside the event loop, and never needed: without it a message is
understood by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from encoder.runtime.context import NOTHING, TOLD, ContextReader

log = logging.getLogger(__name__)

RANKED: Final = 12
"""Questions that are told on."""
MOST: Final = 0.99
CALM_AT_FIRST: Final = 2.0
"""What a first message counts as calm: it was learned from lines of which nearly half are danger, and of what people
write first one in eight is (held-out conversations)."""


@dataclass(frozen=True, slots=True)
class InContext:
    """`danger` is the share of danger that is urgent or an emergency, `emergency` that of an emergency alone, `doubt`
    that of what one would ask about. `asked`: the likeliest questions with their shares; `does`: what the message does;
    `about`: the share of it being about somebody else."""

    danger: float
    emergency: float
    doubt: float
    asked: tuple[tuple[str, float], ...] = ()
    does: Mapping[str, float] = field(default_factory=dict)
    about: float = 0.0
    nothing: float = 0.0
    """The share of that no written answer fits."""
    in_danger: Mapping[str, float] = field(default_factory=dict)
    """What the message does where somebody is in danger, with shares (labels of `data/acts`)."""
    told: Mapping[str, float] = field(default_factory=dict)
    """How likely it is that the message tells each fact (labels of `data/acts`)."""
    themes: Mapping[str, float] = field(default_factory=dict)
    """By which theme what the message tells is heard, with shares; none of them is `NOTHING`."""


class ReadInContext(Protocol):
    """A text, what was written before it (newest first) and the id of the last answer; None when it cannot be read.
    Never raises."""

    async def __call__(self, text: str, before: Sequence[str], answer: str) -> InContext | None: ...


class ContextReading:
    """Callable: text, what was written before it and the id of the last answer -> `InContext`, or None when there is no
    such model, or it failed."""

    def __init__(self, reader: ContextReader | None) -> None:
        self._reader = reader
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="context")

    @classmethod
    def load(cls, models: Path) -> ContextReading:
        """Read the model below `models`/context; without it, or with one of another round, nothing is read."""
        folder = models / "context"
        if not (folder / "model.bin").is_file():
            return cls(None)
        try:
            return cls(ContextReader.load(folder))
        except (OSError, ValueError, KeyError) as error:
            log.error("context.broken", extra={"error": type(error).__name__})
            return cls(None)

    async def __call__(self, text: str, before: Sequence[str], answer: str) -> InContext | None:
        if self._reader is None:
            return None
        work = partial(_read, self._reader, text, before, answer)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except Exception as error:  # noqa: BLE001 - without it the message is understood by itself
            log.error("context.failed", extra={"error": type(error).__name__})
            return None


def _read(reader: ContextReader, text: str, before: Sequence[str], answer: str) -> InContext:
    shares = reader.read(text, before, answer)
    danger = shares["danger"]
    if not before and not answer:
        danger = {name: share * (CALM_AT_FIRST if name == "none" else 1.0) for name, share in danger.items()}
        danger = {name: share / sum(danger.values()) for name, share in danger.items()}
    nothing = min(shares["question"].pop(NOTHING, 0.0), MOST)
    ranked = [(name, share / (1 - nothing)) for name, share in shares["question"].items()]
    return InContext(
        danger["urgent"] + danger["emergency"], danger["emergency"], danger["ask"],
        tuple(sorted(ranked, key=lambda one: -one[1])[:RANKED]), shares["act"], shares["about"]["other"], nothing,
        shares.get("safety", {}), shares.get(TOLD, {}), shares.get("theme", {}),
    )  # fmt: skip
