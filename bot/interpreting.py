"""Between a person and a caseworker who share no language: what was written, in the reader's language, and what will be
sent, in the person's. Every operation on a case goes through `Desk.access`, as all of the desk's do.

Only what a person or a caseworker wrote themselves is translated. The bot's words, the safety card and the answers are
written by people in every language.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from bot.core import intake
from bot.core.model import Case, Message, Sender, Translated, Urgency
from bot.desk import Desk
from bot.ports import LanguageModel
from bot.storage.store import DeskSession
from bot.translation import Reason, Translation, Translator, Unavailable

SHOWN = 5000
"""Back-translations that were delivered, remembered by their digest: what a caseworker has had before them."""


class LookFirst(Exception):
    """In a danger case a translation is sent only after its back-translation was looked at. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A message in the reader's language, or why there is none. `same`: it is in that language already."""

    seq: int
    language: str | None
    made: Translation | None = None
    reason: Reason | None = None
    same: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What the person would read, and that text translated back; `back` is None when it could not be."""

    language: str
    made: Translation
    back: Translation | None


class Interpreter:
    """The translator at the desk."""

    def __init__(self, desk: Desk, translator: Translator, languages: LanguageModel, max_text: int = 4000) -> None:
        self._desk = desk
        self._translator = translator
        self._languages = languages
        self._max_text = max_text
        self._shown: OrderedDict[bytes, None] = OrderedDict()

    def partners(self, own: str) -> list[str]:
        """The languages whose speakers a caseworker in `own` can be understood by and understand."""
        return self._translator.partners(own)

    async def read(self, session: DeskSession, case_id: int, seqs: Collection[int], into: str) -> list[Reading]:
        """The person's messages `seqs` in language `into`, in order. Raises what `Desk.read` raises."""
        if not seqs:
            return []
        messages = await self._desk.read(session, case_id, min(seqs) - 1)
        case = await self._desk.access(session, case_id, owned=True)
        wanted = [m for m in messages if m.seq in seqs and m.sender is Sender.PERSON and m.choice is None]
        return await asyncio.gather(*(self._reading(case, message, into) for message in wanted))

    async def draft(self, session: DeskSession, case_id: int, text: str, own: str) -> Draft:
        """`text`, which is in the caseworker's language `own`, for the person. Raises `Unavailable`."""
        text = intake.clean(text, self._max_text)
        case = await self._desk.access(session, case_id, owned=True)
        target = self._target(case, own)
        made = await self._translator.translate(text, own, target, conversation=case.conversation)
        return await self._drafted(session, case, text, made, own, target)

    async def alternatives(self, session: DeskSession, case_id: int, text: str, own: str) -> list[Translation]:
        """Other translations of `text`, the model's best first. Raises `Unavailable`."""
        text = intake.clean(text, self._max_text)
        case = await self._desk.access(session, case_id, owned=True)
        return await self._translator.alternatives(text, own, self._target(case, own))

    async def back(self, session: DeskSession, case_id: int, original: str, text: str, own: str) -> Draft:
        """`text` as the caseworker has changed or chosen it, checked against `original` and translated back."""
        original, text = (intake.clean(t, self._max_text) for t in (original, text))
        case = await self._desk.access(session, case_id, owned=True)
        target = self._target(case, own)
        doubts = await self._translator.check(original, own, text, target)
        return await self._drafted(session, case, original, Translation(text, doubts, (own, target)), own, target)

    async def reply(
        self, session: DeskSession, case_id: int, client_id: str, text: str, original: str, own: str, looked: bool
    ) -> int:
        """Sends `text` as a translation of `original`; its place. Raises `LookFirst`, and what `Desk.reply` raises."""
        original, text = (intake.clean(t, self._max_text) for t in (original, text))
        case = await self._desk.access(session, case_id, owned=True)
        if case.urgency is not Urgency.NONE and not (looked and _digest(session, case, original, text) in self._shown):
            raise LookFirst
        doubts = await self._translator.check(original, own, text, case.language or "")
        translated = Translated(original, own, tuple(doubt.value for doubt in doubts))
        return await self._desk.reply(session, case_id, client_id, text, translated)

    async def forget(self, session: DeskSession, case_id: int) -> None:
        """The caseworker is done with the case: what was translated in it is not remembered."""
        self.given_away(await self._desk.access(session, case_id, owned=False))

    def given_away(self, case: Case) -> None:
        """The same for a case that this caseworker has nothing to do with any more."""
        self._translator.forget(case.conversation)

    # -- inside ------------------------------------------------------------------------------------

    async def _reading(self, case: Case, message: Message, into: str) -> Reading:
        hints = [case.language] if case.language else []
        detected = self._languages.detect(message.text, chosen=None, hints=hints)
        language = detected.code if detected.sure else case.language or detected.code
        if language == into:
            return Reading(message.seq, language, same=True)
        try:
            made = await self._translator.translate(message.text, language, into, conversation=case.conversation)
        except Unavailable as unavailable:
            return Reading(message.seq, language, reason=unavailable.reason)
        return Reading(message.seq, language, made)

    async def _drafted(
        self, session: DeskSession, case: Case, original: str, made: Translation, own: str, target: str
    ) -> Draft:
        back = None
        with contextlib.suppress(Unavailable):  # shown as missing; in a danger case only the original can be sent then
            back = await self._translator.translate(made.text, target, own, conversation=case.conversation)
        if back is not None:
            self._shown[_digest(session, case, original, made.text)] = None
            while len(self._shown) > SHOWN:
                self._shown.popitem(last=False)
        return Draft(target, made, back)

    @staticmethod
    def _target(case: Case, own: str) -> str:
        if case.language is None:
            raise Unavailable(Reason.UNKNOWN)
        if case.language == own:
            raise Unavailable(Reason.MISSING)
        return case.language


def _digest(session: DeskSession, case: Case, original: str, text: str) -> bytes:
    data = "\0".join((str(session.caseworker), str(case.id), original, text))
    return hashlib.blake2b(data.encode("utf-8", "replace"), digest_size=16).digest()
