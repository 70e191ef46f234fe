"""The interfaces that have more than one real implementation in production, or that let parts stay apart.

Each says what its callers do when it fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import numpy as np

from bot.domain.model import Assessment, Urgency
from bot.domain.speaker import Words

Clock = Callable[[], datetime]
"""The time now, with its zone."""


class Language(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rtl(self) -> bool: ...
    @property
    def answers(self) -> str: ...


class Fact(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def shown(self) -> str: ...
    @property
    def review_on(self) -> date: ...


class Catalogue(Words, Protocol):
    """The words. Complete and checked when it is made, so that nothing is missing at midnight."""

    @property
    def languages(self) -> Sequence[Language]: ...
    @property
    def topics(self) -> Sequence[str]: ...
    def fallback(self, lang: str | None) -> str | None: ...
    def label(self, key: str, lang: str, **values: str) -> str: ...
    def labels(self, section: str, lang: str) -> Mapping[str, str]: ...
    def fact(self, fact_id: str) -> str: ...
    def due(self, today: date) -> Sequence[Fact]: ...


class DangerModel(Protocol):
    """Never raises and needs no vector: without one, or without its model, it works on patterns alone. `budget`: what
    the patterns of all readings of one message may cost together."""

    def context(self, text: str, earlier: Sequence[str], alone: Assessment | None = None) -> str | None: ...

    def assess(
        self,
        text: str,
        *,
        vector: np.ndarray | None,
        lang: str | None,
        earlier: Sequence[str] = (),
        context_vector: np.ndarray | None = None,
        alone: Assessment | None = None,
        budget: Any = None,
    ) -> Assessment: ...

    def in_doubt(self, found: Assessment) -> bool: ...

    def in_talk(self, found: Assessment, *, others: bool = False) -> Assessment: ...

    def in_light(self, found: Assessment, danger: float, emergency: float, doubt: float) -> Assessment: ...

    def beside(self, whole: Assessment, piece: Assessment) -> Assessment: ...

    def beside_denial(self, whole: Assessment, half: Assessment) -> Assessment: ...


class Detected(Protocol):
    @property
    def code(self) -> str | None: ...
    @property
    def confidence(self) -> float: ...
    @property
    def sure(self) -> bool: ...


class LanguageModel(Protocol):
    """Never raises; not sure is an answer, and callers then ask the person."""

    def detect(self, text: str, *, chosen: str | None, hints: Sequence[str] = ()) -> Detected: ...


class Encode(Protocol):
    """One message to its vector, off the event loop; None when there is no encoder or it failed."""

    async def __call__(self, text: str) -> np.ndarray | None: ...


class Telling(Protocol):
    """Says something to a person who waits, once under each name. Never raises when they do not wait any more."""

    async def waiting(self, number: int, language: str | None, name: str, key: str) -> None: ...


class Somebody(Protocol):
    """Whether a caseworker of an organisation (0: of any) can be expected to come now to a case of this urgency."""

    async def __call__(
        self, urgency: Urgency = Urgency.NONE, organisation: int = 1, *, in_vain: bool = False
    ) -> bool: ...
