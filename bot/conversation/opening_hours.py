"""What a person is told of the opening hours, outside of them and before they wait. Danger has none: it never asks."""

from __future__ import annotations

from bot.content.catalogue import SEVERAL
from bot.domain.opening_hours import OpeningHours
from bot.domain.organisations import FIRST
from bot.domain.ports import Catalogue
from bot.storage.store import Store

OFFER = "handoff.offer"
ASKED = ("handoff.waiting", "handoff.nobody_on_call")
"""The words after which somebody waits."""


class OutsideHours:
    """The words for it; none within the hours, none where no hours are set, none before a language is known."""

    def __init__(self, store: Store, words: Catalogue) -> None:
        self._store = store
        self._words = words

    async def usually(self, lang: str | None, organisation: int = FIRST) -> str:
        """When caseworkers usually read here; empty while they do."""
        code, now = self._words.fallback(lang), self._store.local_now()
        if code is None or lang == SEVERAL:
            return ""
        found: OpeningHours = await self._store.opening_hours(organisation)
        if not found.known or found.open_at(now):
            return ""
        days = self._words.say("hours.days", code).split(" · ")
        said = [self._words.say("hours.usually", code, hours=found.shown(days))]
        if found.closed_on(now.date()):
            said.append(self._words.say("hours.not_today", code))
        return " ".join(said)

    async def before(self, lang: str | None, organisation: int = FIRST) -> str:
        """The same before anybody waits, with what there is until then."""
        said = await self.usually(lang, organisation)
        return f"{said} {self._words.say('hours.until_then', str(self._words.fallback(lang)))}" if said else ""

    async def under(self, key: str, lang: str) -> str:
        """What follows the words behind `key`; mostly nothing."""
        if key == OFFER:
            return await self.before(lang)
        return await self.usually(lang) if key in ASKED else ""
