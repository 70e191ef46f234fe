"""What the gateway itself makes of a message: vector, language, danger. No engine, no network, no database.

`inloop classify` and every turn go through here, so that what is measured is what runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.model import Assessment
from bot.ports import DangerModel, Encode, LanguageModel


@dataclass(frozen=True, slots=True)
class Understood:
    """`vector` has shape (dim,) or is None without an encoder; `language` is None unless it is sure."""

    assessment: Assessment
    vector: np.ndarray | None
    language: str | None


class Understanding:
    """Puts the three together. A message is encoded once in a turn."""

    def __init__(self, danger: DangerModel, languages: LanguageModel, encode: Encode) -> None:
        self._danger = danger
        self._languages = languages
        self._encode = encode

    async def of(
        self, text: str, chosen: str | None, earlier: Sequence[str] = (), hints: Sequence[str] = ()
    ) -> Understood:
        """`chosen` is the conversation's language, `earlier` the person's last messages (newest last), `hints` what
        the channel says of the person's languages."""
        vector = await self._encode(text)
        detected = self._languages.detect(text, chosen=chosen, hints=hints)
        assessment = self._danger.assess(text, vector=vector, lang=chosen or detected.code, earlier=earlier)
        return Understood(assessment, vector, detected.code if detected.sure else None)
