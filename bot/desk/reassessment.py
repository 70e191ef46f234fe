"""Danger's look at what the desk has translated. It may raise what was seen, never lower it.

The second look (`conversation/reassessment.py`) reads a message in one language, as soon as it comes. Where that
failed, where the gateway stopped before it, or where the caseworker reads another language, the translation that stands
on the desk is one that danger has not seen: here it does. What the person wrote before they said that they are safe, or
before an earlier case was closed, raises nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from bot.content.catalogue import SEVERAL
from bot.conversation.reassessment import READ, card_id
from bot.conversation.sessions import Sessions
from bot.domain.model import Case, CaseChange, Handoff, Message, Sender, Urgency
from bot.domain.ports import Catalogue
from bot.domain.speaker import Speaker
from bot.runtime.tasks import Tasks
from bot.runtime.wakeups import DESK, Live, conversation
from bot.storage.database.errors import Gone
from bot.storage.store import Person, Store
from bot.translation import Translation
from bot.understanding.service import Understanding

OVER = frozenset({"safety.safe_reply", "safety.safe_reply_seen", "handoff.closed"})
"""What was said when the danger before it was over."""
LOOKED = 20_000
"""Translations of which it is remembered that danger has seen them, by their place and language."""
NEWS = timedelta(minutes=30)
"""After which the person is shown no safety card for what they wrote: a caseworker is with them, and reads it."""


class LateLook:
    """Remembers places of messages, and no text."""

    def __init__(
        self, store: Store, words: Catalogue, understanding: Understanding, live: Live, sessions: Sessions,
        tasks: Tasks, now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._store = store
        self._words = words
        self._understanding = understanding
        self._live = live
        self._sessions = sessions
        self._tasks = tasks
        self._now = now
        self._looked: OrderedDict[tuple[int, int, str], None] = OrderedDict()

    def see(
        self,
        case: Case,
        messages: Sequence[Message],
        made: Mapping[int, Translation],
        into: str,
        opened: Callable[[], Awaitable[Person | None]],
    ) -> None:
        """Looks, beside what the caseworker waits for, at what was `made` of some of `messages` (a conversation to its
        end) in language `into`; at each once. `opened` opens the conversation."""
        calm = _over(messages)
        new = [m for m in messages if m.seq > calm and m.seq in made and made[m.seq].sound]
        places = {message.seq: (case.conversation, message.seq, into) for message in new}
        new = [message for message in new if places[message.seq] not in self._looked]
        if not new:
            return
        self._looked.update(dict.fromkeys(places.values()))
        while len(self._looked) > LOOKED:
            self._looked.popitem(last=False)

        async def look() -> None:
            left = list(new)
            try:
                with suppress(Gone):
                    while left and await self._seen(case, left[0], made[left[0].seq].sound, into, opened):
                        left.pop(0)
            finally:
                for message in left:  # whoever reads it next looks anew
                    self._looked.pop(places[message.seq], None)

        self._tasks.start(look())

    async def _seen(
        self, case: Case, message: Message, text: str, into: str, opened: Callable[[], Awaitable[Person | None]]
    ) -> bool:
        """Whether one was looked at: not when the case was closed in the meantime."""
        found = (await self._understanding.of(text, into, apart=False)).assessment
        if found.urgency is Urgency.NONE:
            return True
        there, person = await self._store.case_of(case.conversation), await opened()
        if there is None or person is None or there.id != case.id:
            return False
        # Read anew: they may have said that they are safe while it was translated and looked at.
        if found.urgency.rank <= there.urgency.rank or _over(await self._store.talk(person, message.seq)):
            return True
        # Whoever owns the case is reading it now; where nobody does, somebody is called.
        why = (*found.why, READ)
        change = CaseChange(found.urgency, found.signals, why, page=there.state is not Handoff.OWNED)
        await self._store.raise_afterwards(person, message.seq, f"desk {found.urgency.rank}", change)
        self._sessions.raised(case.conversation, found.urgency)
        if self._now() - message.at <= NEWS:
            card = Speaker(self._words, there.language or SEVERAL).card(found.urgency, found.signals)
            await self._store.say(person, card_id(message.seq, found.urgency), card)
        self._live.wake(conversation(case.conversation))
        self._live.wake(DESK)
        return True


def _over(messages: Sequence[Message]) -> int:
    """The place of the last of `messages` before which danger is over: the person said that they are safe, or a case
    was closed; 0: there is none."""
    return max((message.seq for message in messages if message.key in OVER or _says_safe(message)), default=0)


def _says_safe(message: Message) -> bool:
    return message.sender is Sender.PERSON and (message.choice or {}).get("command") == "safe"
