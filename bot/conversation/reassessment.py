"""Danger's second look: what the assessment says of a message's translation. It may raise what was seen, never lower
it.

It runs after the message was accepted, behind everything that a caseworker waits for, and without a package it does not
run at all: the assessment in the message's own language needs none. A translator that is busy, slow or broken for the
moment is asked again later, twice at most; the words are held for that no longer than `LONGEST`, in memory alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.model import Assessment, Urgency
from bot.translation import Reason, Translation, Translator, Unavailable
from bot.understanding.service import Understanding

log = logging.getLogger(__name__)

INTO = ("en", "nl", "fr")
"""Languages that the danger assessment has most sentences of; the first that can be reached is taken."""
PASSES = frozenset({Reason.BUSY, Reason.SLOW, Reason.BROKEN})
"""Reasons that may be over in a while."""
PAUSES = (10.0, 60.0)
"""Seconds before it is tried again, and before the last time. A process that hung has been replaced by then."""
LONGEST = 300.0
"""Seconds after the first failure when a message is given up, whatever it waits for."""
WAITING = 200
"""Messages that wait at most; one more is given up at once."""
READ = "read in a machine's translation"


def card_id(seq: int, urgency: Urgency) -> str:
    """The client's id of the safety card for what a look has seen in message `seq`: shown once, and once more when it
    was more urgent than the message itself."""
    return f"card:{seq}:{urgency}"


class SecondLook:
    """Asks the translator and the assessment; keeps nothing but what the translator remembers."""

    def __init__(self, translator: Translator, understanding: Understanding, pauses: Sequence[float] = PAUSES) -> None:
        self._translator = translator
        self._understanding = understanding
        self._pauses = pauses
        self._turn = asyncio.Lock()
        self._looking: dict[int, set[asyncio.Task[object]]] = {}
        self._waiting: set[asyncio.Task[object]] = set()

    async def of(self, text: str, language: str | None, conversation: int, first: Assessment) -> Assessment | None:
        """A higher assessment than `first`, with what both saw; None when there is nothing to add. It can take
        minutes: whoever calls it does so in a task in which nothing else waits, and which ends cancelled when the
        conversation is deleted."""
        into = self._into(language)
        if into is None or first.urgency is Urgency.EMERGENCY:
            return None
        made = await self._translated(text, language, into, conversation)
        if made is None or not made.sound:
            return None
        found = (await self._understanding.of(made.sound, into, apart=False)).assessment
        if found.urgency.rank <= first.urgency.rank:
            return None
        signals = tuple(dict.fromkeys((*first.signals, *found.signals)))
        return replace(found, signals=signals, why=(*found.why, READ))

    def forget(self, conversation: int) -> None:
        """The conversation was deleted: what is under way for it ends, and what was translated is not remembered."""
        for task in self._looking.get(conversation, ()):
            task.cancel()
        self._translator.forget(conversation)

    def stop(self) -> None:
        """Nothing is tried again from here on. What waits for that is given up, as a restart would do; a first look
        that is under way goes on."""
        self._pauses = ()
        if self._waiting:
            log.warning("second_look.stopped", extra={"messages": len(self._waiting)})
        for task in self._waiting:
            task.cancel()

    # -- inside ------------------------------------------------------------------------------------

    def _into(self, language: str | None) -> str | None:
        wanted: Sequence[str] = INTO
        return next((code for code in wanted if self._translator.can(language, code)), None)

    async def _translated(self, text: str, language: str | None, into: str, conversation: int) -> Translation | None:
        task = asyncio.current_task()
        assert task is not None
        looking = self._looking.setdefault(conversation, set())
        looking.add(task)
        try:
            made = await self._once(text, language, into, conversation)
            if isinstance(made, Reason) and made in PASSES and self._pauses:
                made = await self._later(task, text, language, into, conversation)
        finally:
            looking.discard(task)
            if not looking:
                del self._looking[conversation]
        if isinstance(made, Reason):
            log.warning("second_look.missed", extra={"reason": made.value})
            return None
        return made

    async def _once(self, text: str, language: str | None, into: str, conversation: int) -> Translation | Reason:
        try:
            return await self._translator.translate(text, language, into, conversation=conversation, patient=True)
        except Unavailable as unavailable:
            return unavailable.reason

    async def _later(
        self, task: asyncio.Task[object], text: str, language: str | None, into: str, conversation: int
    ) -> Translation | Reason:
        """One at a time, in the order in which they failed: many that failed together would fill the queue together,
        and the messages of the meantime would find no place in it."""
        if len(self._waiting) >= WAITING:
            return Reason.BUSY
        self._waiting.add(task)
        made: Translation | Reason = Reason.SLOW
        try:
            async with asyncio.timeout(LONGEST):
                for pause in self._pauses:
                    await asyncio.sleep(pause)
                    async with self._turn:
                        made = await self._once(text, language, into, conversation)
                    if not (isinstance(made, Reason) and made in PASSES):
                        break
        except TimeoutError:
            return Reason.SLOW
        finally:
            self._waiting.discard(task)
        return made
