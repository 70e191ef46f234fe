"""Between a person and a caseworker who share no language: what was written, in the reader's language, and what will be
sent, in the person's. What is read is shown to danger as well (`desk/reassessment.py`). Every operation on a case goes
through `Desk.access`, as all of the desk's do.

Only what a person or a caseworker wrote themselves is translated. The bot's words, the safety card, the answers and
what is pressed are written by people in every language (`web/desk/own_language.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import unicodedata
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.desk.reassessment import LateLook
from bot.desk.service import Desk
from bot.domain import message_text
from bot.domain.conversation_state import summary
from bot.domain.forms import LINES
from bot.domain.held_replies import Hold
from bot.domain.model import Case, Sender, Translated, Urgency
from bot.domain.ports import LanguageModel
from bot.storage.store import DeskSession
from bot.translation import Doubt, Reason, Translation, Translator, Unavailable
from bot.understanding.language import mismatch

SHOWN = 5000
"""Back-translations that were delivered, remembered by their digest: what a caseworker has had before them. And as many
drafts, by theirs."""


class LookFirst(Exception):
    """In a danger case a translation is sent only after its back-translation was looked at, whatever it is said to be.
    Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person wrote in the reader's language, or why there is none. `same`: it is in that language already."""

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

    def __init__(
        self, desk: Desk, translator: Translator, languages: LanguageModel, late_look: LateLook, max_text: int = 4000
    ) -> None:
        self._desk = desk
        self._translator = translator
        self._languages = languages
        self._max_text = max_text
        self._late_look = late_look
        self._shown: OrderedDict[bytes, None] = OrderedDict()
        self._drafts: OrderedDict[bytes, None] = OrderedDict()

    def partners(self, own: str) -> list[str]:
        """The languages whose speakers a caseworker in `own` can be understood by and understand."""
        return self._translator.partners(own)

    async def read(self, session: DeskSession, case_id: int, seqs: Collection[int], into: str) -> dict[int, Reading]:
        """The person's messages `seqs` in language `into`, in order. Raises what `Desk.read` raises."""
        if not seqs:
            return {}
        messages = await self._desk.read(session, case_id, min(seqs) - 1)
        case = await self._desk.access(session, case_id, owned=True)
        wanted = [m for m in messages if m.seq in seqs and m.sender is Sender.PERSON and m.choice is None]
        readings = await asyncio.gather(*(self._reading(case, message.text, into) for message in wanted))
        found = {message.seq: reading for message, reading in zip(wanted, readings, strict=True)}
        made = {seq: reading.made for seq, reading in found.items() if reading.made is not None}
        self._late_look.see(case, messages, made, into, lambda: self._desk.person(session, case))
        return found

    async def read_told(self, session: DeskSession, case_id: int, into: str) -> dict[str, Reading]:
        """What the person answered in forms in words of their own, and that in language `into`. Raises what
        `Desk.told` raises."""
        sheet = await self._desk.told(session, case_id)
        case = await self._desk.access(session, case_id, owned=True)
        own = [words for _, words in summary(sheet.state)]
        texts = list(dict.fromkeys([*own, *(words for form in LINES for _, _, words in sheet.lines(form) if words)]))
        found = await asyncio.gather(*(self._reading(case, text, into) for text in texts))
        return dict(zip(texts, found, strict=True))

    async def draft(self, session: DeskSession, case_id: int, text: str, own: str) -> Draft:
        """`text`, which is in the caseworker's language `own`, for the person. Raises `Unavailable`."""
        text = message_text.clean(text, self._max_text)
        case = await self._desk.access(session, case_id, owned=True)
        target = self._target(case, own)
        made = await self._translator.translate(text, own, target, conversation=case.conversation)
        return await self._drafted(session, case, text, made, own, target)

    async def alternatives(self, session: DeskSession, case_id: int, text: str, own: str) -> list[Translation]:
        """Other translations of `text`, the model's best first. Raises `Unavailable`."""
        text = message_text.clean(text, self._max_text)
        case = await self._desk.access(session, case_id, owned=True)
        target = self._target(case, own)
        found = await self._translator.alternatives(text, own, target)
        marked = [await self._marked(made, own, target) for made in found]
        for made in marked:
            self._drafted_for(case, text, made.text)
        return marked

    async def back(self, session: DeskSession, case_id: int, original: str, text: str, own: str) -> Draft:
        """`text` as the caseworker has changed or chosen it, checked against `original` and translated back."""
        original, text = (message_text.clean(t, self._max_text) for t in (original, text))
        case = await self._desk.access(session, case_id, owned=True)
        target = self._target(case, own)
        doubts = await self._translator.check(original, own, text, target)
        return await self._drafted(session, case, original, Translation(text, doubts, (own, target)), own, target)

    async def reply(
        self, session: DeskSession, case_id: int, client_id: str, text: str, original: str, own: str, looked: bool,
        hold: Hold | None = None,
    ) -> int | None:  # fmt: skip
        """Sends `text` as a translation of `original`, or holds it; its place. Raises `LookFirst`, and what
        `Desk.reply` raises."""
        original, text = (message_text.clean(t, self._max_text) for t in (original, text))
        case = await self._desk.access(session, case_id, owned=True)
        target = case.language or ""
        shown = _digest(session, case, original, text, target) in self._shown
        if case.urgency is not Urgency.NONE and not (looked and shown):
            raise LookFirst
        doubts = await self._translator.check(original, own, text, target)
        made = await self._marked(Translation(text, doubts, (own, target)), own, target)
        translated = Translated(original, own, tuple(doubt.value for doubt in made.doubts))
        return await self._desk.reply(session, case_id, client_id, text, translated, hold)

    async def reply_plain(
        self, session: DeskSession, case_id: int, client_id: str, text: str, hold: Hold | None = None
    ) -> int | None:
        """Sends what a caseworker wrote as it is, or holds it; its place. Raises `LookFirst` in a danger case for what
        was drafted in it as a translation, and what `Desk.reply` raises."""
        text = message_text.clean(text, self._max_text)
        case = await self._desk.access(session, case_id, owned=True)
        if case.urgency is not Urgency.NONE and _of_case(case, text) in self._drafts:
            raise LookFirst
        return await self._desk.reply(session, case_id, client_id, text, hold=hold)

    async def forget(self, session: DeskSession, case_id: int) -> None:
        """The caseworker is done with the case: what was translated in it is not remembered."""
        self.given_away(await self._desk.access(session, case_id, owned=False))

    def given_away(self, case: Case) -> None:
        """The same for a case that this caseworker has nothing to do with any more."""
        self._translator.forget(case.conversation)

    # -- inside ------------------------------------------------------------------------------------

    async def _reading(self, case: Case, text: str, into: str) -> Reading:
        hints = [case.language] if case.language else []
        detected = self._languages.detect(text, chosen=None, hints=hints)
        language = detected.code if detected.sure else case.language or detected.code
        if language == into:
            return Reading(language, same=True)
        if language is not None and mismatch.other_letters(text, language):
            return Reading(None, reason=Reason.UNKNOWN)
        try:
            made = await self._translator.translate(text, language, into, conversation=case.conversation)
        except Unavailable as unavailable:
            return Reading(language, reason=unavailable.reason)
        return Reading(language, await self._marked(made, language, into))

    async def _drafted(
        self, session: DeskSession, case: Case, original: str, made: Translation, own: str, target: str
    ) -> Draft:
        back = None
        with contextlib.suppress(Unavailable):  # shown as missing; in a danger case only the original can be sent then
            back = await self._translator.translate(made.text, target, own, conversation=case.conversation)
            back = await self._marked(back, target, own)
        if back is not None:
            _remember(self._shown, _digest(session, case, original, made.text, target))
        self._drafted_for(case, original, made.text)
        return Draft(target, await self._marked(made, own, target), back)

    async def _marked(self, made: Translation, source: str | None, target: str) -> Translation:
        """With the doubt that the checks of sentences cannot have, since they know no language by its looks."""
        if Doubt.UNTRANSLATED in made.doubts:
            return made
        # Off the loop: of a long text every sentence is looked at.
        if not await asyncio.to_thread(mismatch.stuck, self._languages, made.text, source, target):
            return made
        return replace(made, doubts=tuple(d for d in Doubt if d in made.doubts or d is Doubt.UNTRANSLATED), sound="")

    def _drafted_for(self, case: Case, original: str, text: str) -> None:
        """What is the same in both languages is the caseworker's own."""
        if _of_case(case, text) != _of_case(case, original):
            _remember(self._drafts, _of_case(case, text))

    @staticmethod
    def _target(case: Case, own: str) -> str:
        if case.language is None:
            raise Unavailable(Reason.UNKNOWN)
        if case.language == own:
            raise Unavailable(Reason.MISSING)
        return case.language


def _remember(found: OrderedDict[bytes, None], digest: bytes) -> None:
    found[digest] = None
    while len(found) > SHOWN:
        found.popitem(last=False)


def _digest(session: DeskSession, case: Case, original: str, text: str, target: str) -> bytes:
    """Bound to who looked, and to the language that it was looked at in: the person may choose another one."""
    return _hashed(str(session.caseworker), str(case.id), target, original, text)


def _of_case(case: Case, text: str) -> bytes:
    """Of its letters and figures alone: a full stop more makes no other text of it."""
    said = "".join(sign for sign in text.casefold() if unicodedata.category(sign)[0] in "LMN")
    return _hashed(str(case.id), said or text)


def _hashed(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).digest()
