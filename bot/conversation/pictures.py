"""Accept a picture as a turn of a conversation: re-encode it, store it sealed, and tell the person that only a
caseworker can look at it. An open question stays open, and a conversation in the safety mode stays in it."""

from __future__ import annotations

from typing import Final

from bot.content import SEVERAL
from bot.conversation.sessions import Session
from bot.domain.ports import Catalogue
from bot.domain.speaker import PERSON, Speaker
from bot.runtime.wakeups import DESK, Live, conversation
from bot.security.pictures import Darkroom, PictureRefused
from bot.security.rate_limits import Limits
from bot.storage.database.errors import TooManyKept
from bot.storage.store import Store

KEPT: Final = {"kind": "picture", "kept": True}
"""What the message of a picture holds in place of words."""


class Pictures:
    """Accepts pictures from every channel."""

    def __init__(self, store: Store, words: Catalogue, live: Live, limits: Limits, darkroom: Darkroom) -> None:
        self._store = store
        self._words = words
        self._live = live
        self._limits = limits
        self._darkroom = darkroom

    async def take(self, session: Session, client_id: str, data: bytes) -> int:
        """Store a re-encoded picture and return the `seq` of its message. Idempotent by `client_id`. Raises
        `PictureRefused`, `TooMany` or `Gone`, and then stores nothing."""
        person = session.person
        await self._limits.picture(person.conversation)
        await self._limits.long_talk(person.conversation, session.length, danger=False)
        made = await self._darkroom.made_anew(data)
        async with session.lock:
            lang = session.language or session.hint or SEVERAL
            label, reply = self._words.label("desk.kind_picture", lang), Speaker(self._words, lang)
            try:
                accepted = await self._store.accept(
                    person, client_id, label, choice=KEPT, replies=[reply.say("picture_kept", (PERSON,))],
                    answered=True, picture=made,
                )  # fmt: skip
            except TooManyKept:
                raise PictureRefused("picture_many") from None
            session.sent(accepted)
        if not accepted.repeated:
            self._live.wake(conversation(person.conversation))
            self._live.wake(DESK)
        return accepted.seq
