"""A picture that a person sends: a turn that the program cannot read. It is made anew, kept for a caseworker, and the
person is told so; what was asked stays asked, and who is in the safety mode stays in it."""

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
    """Takes pictures, at whatever door."""

    def __init__(self, store: Store, words: Catalogue, live: Live, limits: Limits, darkroom: Darkroom) -> None:
        self._store = store
        self._words = words
        self._live = live
        self._limits = limits
        self._darkroom = darkroom

    async def take(self, session: Session, client_id: str, data: bytes) -> int:
        """Keep what one sees of a picture; return its place. The same `client_id` again keeps nothing new. Raises
        `PictureRefused`, `TooMany`, `Gone`; then nothing is kept."""
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
