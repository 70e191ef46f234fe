"""How a talk begins, by whatever door."""

from __future__ import annotations

from dataclasses import dataclass

from bot.content import SEVERAL
from bot.domain.ports import Catalogue
from bot.domain.speaker import PERSON, Speaker
from bot.storage.store import NewConversation, Store

FIRST = ({"intent": "about_us"}, {"intent": "confidentiality"}, {"intent": "not_ready"}, PERSON)
"""What can be pressed before a word is written: who is there, who reads it, that nothing need be told, a person."""


@dataclass(frozen=True, slots=True, repr=False)
class Door:
    """By which channel a person comes. `token` is the channel's own secret for this person; None: a new random one,
    for a browser to keep. `code` is a return code that was chosen before; None: a new one."""

    channel: str = "web"
    token: str | None = None
    code: str | None = None


WEB = Door()


async def begin(store: Store, words: Catalogue, language: str | None, door: Door, hint: str | None) -> NewConversation:
    """A new conversation with the welcome in it. Without a `language` it asks for one; `hint` is what the door says of
    the person's language: the first words are in it, and nothing is settled by it."""
    code, hinted = words.fallback(language), words.fallback(hint)
    new = await store.create_conversation(code, door.channel, token=door.token, code=door.code)
    speaker = Speaker(words, code or hinted or SEVERAL)
    if code or hinted:
        # Where the language must still be asked, its menu (with a person in it) is what there is to press.
        await store.say(new.person, "welcome", speaker.say("welcome", FIRST if code else ()))
    if not code:
        names = {language.code: language.name for language in words.languages}
        await store.say(new.person, "language", speaker.languages("language.ask", names))
    return new
