"""What the gateway itself makes of a message: vector, language, danger. No engine, no network, no database.

`inloop classify` and every turn go through here, so that what is measured is what runs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.core.model import Assessment
from bot.ports import DangerModel, Encode, LanguageModel

log = logging.getLogger(__name__)


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
        # People write in fragments: the message is also read after the ones before it, in one batch of the encoder.
        together = self._danger.context(text, earlier)
        vector, context_vector = await asyncio.gather(
            self._encode(text), self._encode(together) if together is not None else _nothing()
        )
        # What was chosen is a hint here and no more: a person may go on in another language, and danger is assessed in
        # the language of the message.
        detected = self._languages.detect(text, chosen=None, hints=[*([chosen] if chosen else ()), *hints])
        lang = detected.code if detected.sure else chosen or detected.code
        try:
            assessment = self._danger.assess(
                text, vector=vector, lang=lang, earlier=earlier, context_vector=context_vector
            )
        except Exception as error:  # noqa: BLE001 - a fault in here must not cost the message: the person is asked
            log.error("danger.failed", extra={"error": type(error).__name__})
            assessment = Assessment(ask=True)
        return Understood(assessment, vector, detected.code if detected.sure else None)


async def _nothing() -> None:
    return None
