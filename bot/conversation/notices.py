"""What a person is told about the handoff by nobody in particular: no caseworker is there, and no key is needed."""

from __future__ import annotations

import logging

from bot.content.catalogue import SEVERAL
from bot.domain.handoff import IllegalMove
from bot.domain.model import Handoff, Sender
from bot.domain.ports import Catalogue
from bot.domain.speaker import Speaker
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.database.errors import Gone
from bot.storage.store import Store

log = logging.getLogger(__name__)


class Notices:
    """Says what is true at this moment, once under each name."""

    def __init__(self, store: Store, words: Catalogue, live: Live) -> None:
        self._store = store
        self._words = words
        self._live = live

    async def waiting(self, number: int, language: str | None, name: str, key: str) -> None:
        """To a person who waits for a caseworker; who does not wait any more is not told."""
        message = Speaker(self._words, language or SEVERAL).say(key, sender=Sender.SYSTEM)
        try:
            await self._store.notify(number, name, message, only_while=Handoff.WAITING)
        except (Gone, IllegalMove):
            return
        self._live.wake(conversation(number))
        self._live.wake(DESK)
