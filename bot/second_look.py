"""Danger's second look: what the assessment says of a message's translation. It may raise what was seen, never lower
it.

It runs after the message was accepted, behind everything that a caseworker waits for, and without a package, a process
or time it does not run at all: the assessment in the message's own language needs none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.model import Assessment, Urgency
from bot.translation import Doubt, Translator, Unavailable
from bot.understanding import Understanding

INTO = ("en", "nl", "fr")
"""Languages that the danger assessment has most sentences of; the first that can be reached is taken."""
TOO_BAD = frozenset({Doubt.UNTRANSLATED, Doubt.LENGTH})
"""Doubts with which a translation says nothing about the message."""
READ = "read in a machine's translation"


class SecondLook:
    """Asks the translator and the assessment; keeps nothing but what the translator remembers."""

    def __init__(self, translator: Translator, understanding: Understanding) -> None:
        self._translator = translator
        self._understanding = understanding

    async def of(self, text: str, language: str | None, conversation: int, first: Assessment) -> Assessment | None:
        """A higher assessment than `first`, with what both saw; None when there is nothing to add."""
        into = self._into(language)
        if into is None or first.urgency is Urgency.EMERGENCY:
            return None
        try:
            made = await self._translator.translate(text, language, into, conversation=conversation, patient=True)
        except Unavailable:
            return None
        if TOO_BAD & set(made.doubts):
            return None
        found = (await self._understanding.of(made.text, into)).assessment
        if found.urgency.rank <= first.urgency.rank:
            return None
        signals = tuple(dict.fromkeys((*first.signals, *found.signals)))
        return replace(found, signals=signals, why=(*found.why, READ))

    def forget(self, conversation: int) -> None:
        """The conversation was deleted."""
        self._translator.forget(conversation)

    def _into(self, language: str | None) -> str | None:
        wanted: Sequence[str] = INTO
        return next((code for code in wanted if self._translator.can(language, code)), None)
