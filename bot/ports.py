"""The interfaces that have more than one real implementation in production, or that let parts stay apart.

Each says what its callers do when it fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from bot.core.model import Assessment
from bot.core.replies import Words


class Language(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def rtl(self) -> bool: ...


class Catalogue(Words, Protocol):
    """The words. Complete and checked when it is made, so that nothing is missing at midnight."""

    @property
    def languages(self) -> Sequence[Language]: ...
    def fallback(self, lang: str | None) -> str | None: ...
    def labels(self, section: str, lang: str) -> Mapping[str, str]: ...
    def fact(self, fact_id: str) -> str: ...


class DangerModel(Protocol):
    """Never raises and needs no vector: without one, or without its model, it works on patterns alone."""

    def context(self, text: str, earlier: Sequence[str]) -> str | None: ...

    def assess(
        self,
        text: str,
        *,
        vector: np.ndarray | None,
        lang: str | None,
        earlier: Sequence[str] = (),
        context_vector: np.ndarray | None = None,
    ) -> Assessment: ...


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
