"""One update at a time: what a person did in Telegram becomes a turn of `service.py`, the same as at any door."""

from __future__ import annotations

import contextlib
import logging
import secrets
import time

from bot.content import SEVERAL
from bot.conversation.opening import Door
from bot.conversation.service import Crowded, Service
from bot.conversation.sessions import Session
from bot.domain import message_text
from bot.domain.model import Outgoing, Sender
from bot.domain.ports import Catalogue
from bot.domain.speaker import PERSON, Speaker
from bot.runtime.wakeups import DESK, Live, conversation
from bot.security.rate_limits import Limits, TooMany
from bot.storage.database.errors import Gone
from bot.storage.sealing.return_codes import from_link
from bot.storage.store import Chat, Locks, Store
from bot.telegram.api import Api, ApiFault, Kept
from bot.telegram.delivery_key import DeliveryKey
from bot.telegram.sender import Sending
from bot.telegram.updates import Incoming, Kind
from bot.telegram.wiping import Wiping

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds that a turn may take before its update is left for Telegram to bring again."""

WIPE = {"command": "forget"}


class Turns:
    """What the bot does with an update. `door` is the address of the web page, or empty."""

    def __init__(
        self, *, service: Service, store: Store, words: Catalogue, live: Live, limits: Limits, api: Api,
        key: DeliveryKey, locks: Locks, sending: Sending, wiping: Wiping, door: str,
    ) -> None:  # fmt: skip
        self._service = service
        self._store = store
        self._words = words
        self._live = live
        self._limits = limits
        self._api = api
        self._key = key
        self._locks = locks
        self._sending = sending
        self._wiping = wiping
        self._door = door

    async def handle(self, update: Incoming) -> bool:
        """Does what the update asks, once; True when it is complete and may be acknowledged."""
        lookup = self._key.lookup(update.chat)
        async with self._locks.hold(b"telegram:in:" + lookup):
            if await self._store.is_handled(update.update_id):
                return True
            complete = await self._turn(update, lookup)
            if complete:
                await self._store.handled(update.update_id)
        self._sending.kick()
        return complete

    async def _turn(self, update: Incoming, lookup: bytes) -> bool:
        match update.kind:
            case Kind.NOTHING:
                return True
            case Kind.GROUP:
                return await self._refuse_group(update, lookup)
            case Kind.BLOCKED | Kind.BACK:
                await self._store.set_blocked(lookup, update.kind is Kind.BLOCKED)
                self._live.wake(DESK)
                return True
        if update.callback:
            with contextlib.suppress(ApiFault):  # a button that turns a little longer harms nobody
                await self._api.acknowledge(update.callback)
        chat = await self._store.chat(lookup)
        session = None
        if chat is not None:
            if chat.blocked:
                await self._store.set_blocked(lookup, False)
                self._live.wake(DESK)
            session = await self._session(update, chat)
            await self._note(chat, update)
        try:
            return await self._do(update, lookup, chat, session)
        except Gone:  # deleted meanwhile, at another door or for its age: what is said now begins a new talk
            return update.kind is not Kind.MESSAGE or await self._do(update, lookup, None, None)

    async def _do(self, update: Incoming, lookup: bytes, chat: Chat | None, session: Session | None) -> bool:
        if update.kind is Kind.COMMAND:
            return await self._command(update, lookup, chat, session)
        if chat is None or session is None:
            if update.kind is Kind.CHOICE:
                return True  # a button of a talk that is gone
            chat, session = await self._begin(update, lookup)
        return await self._said(update, lookup, chat, session)

    # -- words, choices, and what cannot be read ---------------------------------------------------------

    async def _said(self, update: Incoming, lookup: bytes, chat: Chat, session: Session) -> bool:
        name, lang = f"telegram:{update.update_id}", self._lang(update, session)
        try:
            if update.kind is Kind.CHOICE:
                await self._service.handle_choice(session, name, update.text)
            elif update.what:
                await self._unreadable(session, f"{name}:{update.what}", update, lang)
            if update.kind is Kind.MESSAGE and update.text:
                hints = [update.language] if update.language else []
                await self._service.handle_message(session, name, update.text, hints)
        except message_text.Refused as refused:
            await self._say(session, name, lang, f"errors.{refused.code}")
        except TooMany:
            await self._say(session, f"too_many:{int(time.time() / 60)}", lang, "errors.too_many")
        except Crowded as crowded:
            await self._direct(update.chat, chat, crowded.card.text)
        if not await self._answered(session):
            return False
        if await self._service.session(self._key.token(update.chat, chat.salt)) is None:  # the turn deleted the talk
            return await self._wipe(update, lookup, lang)
        return True

    async def _unreadable(self, session: Session, name: str, update: Incoming, lang: str) -> None:
        """Noted for the caseworker, acknowledged to the person; what it holds is not kept. A place is kept: it may be
        where somebody is held."""
        label = self._words.label(f"desk.kind_{update.what}", lang)
        text = f"{label}: {update.detail}" if update.detail else label
        reply = Speaker(self._words, lang).say("unread_kind", (PERSON,))
        kind = {"kind": update.what, **({"detail": update.detail} if update.detail else {})}
        await self._limits.long_talk(session.person.conversation, session.length, danger=False)
        await self._store.accept(session.person, name, text, choice=kind, replies=[reply], answered=True)
        self._live.wake(conversation(session.person.conversation))
        self._live.wake(DESK)

    async def _answered(self, session: Session) -> bool:
        """Until every message of the talk is answered. False when it takes too long; then it is begun again."""
        topic, end = conversation(session.person.conversation), time.monotonic() + PATIENCE
        while True:
            waiter = self._live.listen(topic)
            try:
                if not await self._store.unanswered(session.person):
                    return True
                if time.monotonic() > end:
                    log.warning("telegram.turn_incomplete")
                    await self._service.take_up(session)
                    return False
                await self._live.wait(topic, waiter, 1.0)
            finally:
                self._live.forget(topic, waiter)

    # -- commands ----------------------------------------------------------------------------------------

    async def _command(self, update: Incoming, lookup: bytes, chat: Chat | None, session: Session | None) -> bool:
        name, lang = f"telegram:{update.update_id}", self._lang(update, session)
        if update.what == "wipe":
            return await self._wipe(update, lookup, lang)
        if update.what == "start" and update.text and await self._move(update, lookup, lang):
            return True
        if chat is None or session is None:
            chat, session = await self._begin(update, lookup)
            if update.what == "start":
                return True
        if update.what == "language":
            names = {language.code: language.name for language in self._words.languages}
            await self._store.say(session.person, name, Speaker(self._words, lang).languages("language.ask", names))
        elif update.what == "web" and self._door:
            await self._to_the_web(update, chat, session, lang)
        else:
            await self._say(session, name, lang, "telegram.intro", WIPE)
        return True

    async def _begin(self, update: Incoming, lookup: bytes) -> tuple[Chat, Session]:
        """A new talk in this chat, with what Telegram sees said once."""
        salt = secrets.token_bytes(16)
        token = self._key.token(update.chat, salt)
        new = await self._service.start(None, Door("telegram", token), update.language)
        session = await self._service.session(token)
        assert session is not None
        session.hint = self._words.fallback(update.language)
        await self._introduce(update, session)
        sealed = self._key.seal_chat(update.chat, lookup)
        chat = await self._store.put_in_chat(new.person.conversation, lookup, sealed, salt)
        await self._note(chat, update)
        return chat, session

    async def _introduce(self, update: Incoming, session: Session) -> None:
        """Named after the update: brought again, it is not said again."""
        name, lang = f"telegram:{update.update_id}", self._lang(update, session)
        await self._say(session, name, lang, "telegram.intro", WIPE)
        if self._door:
            await self._say(session, f"{name}:door", lang, "telegram.door", site=self._door)

    async def _move(self, update: Incoming, lookup: bytes, lang: str) -> bool:
        """Takes a talk over from the web by its return code: the same case, only in this chat from here on. False when
        there is none."""
        code = from_link(update.text) or update.text.replace("-", " ").replace("_", " ")
        try:
            await self._limits.conversation(f"telegram:{lookup.hex()}")
        except TooMany:
            return False
        salt = secrets.token_bytes(16)
        new = await self._service.restore(code, Door("telegram", self._key.token(update.chat, salt)))
        if new is None:
            await self._direct(update.chat, None, self._words.label("visitor.restore_failed", lang))
            return False
        conversation_id, sealed = new.person.conversation, self._key.seal_chat(update.chat, lookup)
        chat = await self._store.put_in_chat(conversation_id, lookup, sealed, salt, sent_seq=new.told)
        await self._note(chat, update)
        session = await self._service.session(new.token)
        assert session is not None
        name = f"telegram:{update.update_id}:moved"
        await self._say(session, name, self._lang(update, session), "telegram.moved")
        await self._introduce(update, session)
        self._live.wake(DESK)
        return True

    async def _to_the_web(self, update: Incoming, chat: Chat, session: Session, lang: str) -> None:
        """A new return code. It is not a message of the talk, and does not stay in the chat."""
        code = await self._store.renew_return_code(session.person)
        button = self._words.label("visitor.restore_chat", lang)
        text = self._words.say("telegram.web", lang, site=self._door, code=code, button=button)
        await self._direct(update.chat, chat, text)

    async def _wipe(self, update: Incoming, lookup: bytes, lang: str) -> bool:
        """Our record, then the chat; the last word says what is left."""
        chats = await self._store.chats(lookup)
        for chat in chats:
            session = await self._service.session(self._key.token(update.chat, chat.salt))
            if session is not None:
                await self._service.forget(session)
        try:
            everything = await self._wiping.empty(chats)
            if not chats and update.message is not None:
                await self._api.delete(update.chat, [update.message])
            await self._direct(update.chat, None, self._words.say(
                "telegram.wiped" if everything else "telegram.wiped_partly", lang))  # fmt: skip
        except ApiFault as fault:
            log.warning("telegram.wipe_put_off", extra={"kind": type(fault).__name__})
            return isinstance(fault, Kept)
        return True

    async def _refuse_group(self, update: Incoming, lookup: bytes) -> bool:
        """Once, in the language of whoever asked the bot in; then it leaves and hears nothing more."""
        lang = self._words.fallback(update.language) or SEVERAL
        told = -int.from_bytes(lookup[:7])  # beside the updates, which are never below zero
        if await self._store.is_handled(told):
            return True
        await self._store.handled(told)
        with contextlib.suppress(ApiFault):
            await self._api.send(update.chat, self._words.say("telegram.group", lang), covered=False, quiet=True)
        with contextlib.suppress(ApiFault):
            await self._api.leave(update.chat)
        log.info("telegram.group_left")
        return True

    async def excuse(self, update: Incoming) -> None:
        """What to say when a turn cannot be completed by any fault of ours."""
        lang = self._words.fallback(update.language) or SEVERAL
        with contextlib.suppress(ApiFault):
            await self._direct(update.chat, None, self._words.say("errors.generic", lang))
        await self._store.handled(update.update_id)

    # -- helpers -----------------------------------------------------------------------------------------

    async def _session(self, update: Incoming, chat: Chat) -> Session | None:
        session = await self._service.session(self._key.token(update.chat, chat.salt))
        if session is not None:
            session.hint = self._words.fallback(update.language)
        return session

    async def _note(self, chat: Chat, update: Incoming) -> None:
        """The person's own message, so that a wipe can delete it."""
        self._sending.saw(update.message)
        if update.message is not None:
            await self._store.note(chat.id, self._key.mark(chat.id, update.message))

    async def _say(
        self, session: Session, name: str, lang: str, key: str, *actions: dict[str, str], **values: str
    ) -> None:
        """Words of the bot in the talk, once under this name."""
        speaker = Speaker(self._words, lang)
        text = self._words.say(key, lang, **values)
        said = Outgoing(Sender.BOT, text, tuple(speaker.choice(action) for action in actions), key=key)
        await self._store.say(session.person, name, said)
        self._live.wake(conversation(session.person.conversation))

    async def _direct(self, number: int, chat: Chat | None, text: str) -> None:
        """Words that belong to no talk. Raises `ApiFault`."""
        sent = await self._api.send(number, text, covered=True, quiet=True)
        if chat is not None and sent is not None:
            await self._store.note(chat.id, self._key.mark(chat.id, sent), self._sending.soon())

    def _lang(self, update: Incoming, session: Session | None) -> str:
        """Chosen or found out; else what Telegram says; else several at once."""
        settled = session.language if session is not None else None
        return settled or self._words.fallback(update.language) or SEVERAL
