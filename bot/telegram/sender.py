"""What leaves for Telegram: every message of a conversation that its chat does not have yet, in order, once.

A message is marked before it is sent and checked off afterwards. Who dies in between leaves the mark: then it is
looked up whether it stands in the chat already, by changing it into itself, among the next numbers; and, sent again,
among those up to its own, for then the second one goes. What Telegram refuses for a while waits; nothing is given up
but what Telegram will never take.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.content import SEVERAL, Catalogue
from bot.domain.model import Message, Sender, Urgency
from bot.domain.return_code_message import KEY as RENEWED
from bot.runtime.wakeups import DESK, Live
from bot.storage.database.part import LARGEST
from bot.storage.store import Chat, Locks, Mark, Store
from bot.telegram.api import Api, ApiFault, Down, Kept, Later, Refused
from bot.telegram.delivery_key import DeliveryKey, SealingError

log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds after which the outbox is read though nothing woke it: another gateway may have written."""

AT_ONCE = 8
"""Chats that are sent to at the same time."""

LONGEST = 4000
"""Characters of one message in Telegram (it takes 4,096)."""

LOOK_AHEAD = 25
"""Numbers after the last one that is known, in any chat, among which a message that was perhaps sent is looked for."""

MOST_LOOKED_AT = 500
"""Of the numbers from the last one that was known before it, and of those just below its second copy: each is a
question to Telegram."""

MOST_DOUBTED = 5
"""Tries after which a message that can't be looked for (Telegram is flooded by the questions) is just sent."""

SLOWEST = 60.0
"""Seconds between two tries, at most."""

WITH_SOUND = ("handoff.joined",)
"""Words of the system that are worth a sound; a caseworker's always are, an answer never is."""

Buttons = list[list[tuple[str, str]]]


class Sending:
    """The outgoing side of the bot."""

    def __init__(
        self, store: Store, words: Catalogue, api: Api, key: DeliveryKey, live: Live, locks: Locks,
        clock: Callable[[], datetime], card_minutes: int,
    ) -> None:  # fmt: skip
        self._store = store
        self._words = words
        self._api = api
        self._key = key
        self._live = live
        self._locks = locks
        self._clock = clock
        self._cards_stand = timedelta(minutes=card_minutes) if card_minutes else None
        self._running: dict[int, asyncio.Task[None]] = {}
        self._kicked = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._flooded: dict[bytes, datetime] = {}
        self._quiet_until: datetime | None = None
        self._highest = 0
        self._looked = False

    def kick(self) -> None:
        """There may be something to send."""
        self._kicked.set()

    def saw(self, number: int | None) -> None:
        """A message of either side has this number. All private chats of a bot share one count, so the next message in
        any of them has a higher one."""
        self._highest = max(self._highest, number or 0)

    def soon(self) -> datetime | None:
        """When something that must not stay in a chat is deleted there; None: never."""
        return self._clock() + self._cards_stand if self._cards_stand else None

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                self._kicked.clear()
                woken = self._live.listen(DESK)
                try:
                    await self._round()
                except Exception as error:  # noqa: BLE001 - a database that is away for a while ends nothing
                    log.error("telegram.outbox_failed", extra={"error": type(error).__name__})
                kicked: asyncio.Future[Any] = asyncio.ensure_future(self._kicked.wait())
                await asyncio.wait([kicked, woken], timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
                kicked.cancel()
                self._live.forget(DESK, woken)
                if self._live.closed:
                    await asyncio.sleep(LOOK)
        finally:
            for task in self._running.values():
                task.cancel()

    async def _round(self) -> None:
        if not self._looked:
            for mark in await self._store.last_noted():
                with contextlib.suppress(SealingError):  # under another key
                    self.saw(self._key.message(mark))
            self._looked = True
        if self._quiet_until is not None and self._clock() < self._quiet_until:
            return
        for chat in await self._store.unsent():
            if chat.id not in self._running:
                task = asyncio.get_running_loop().create_task(self._send_all(chat))
                self._running[chat.id] = task
                task.add_done_callback(partial(self._ended, chat.id))
        for chat, mark in await self._store.to_delete():
            try:
                await self._api.delete(self._key.open_chat(chat.sealed, chat.lookup), [self._key.message(mark)])
            except (Later, Down):
                return  # it is deleted as soon as Telegram hears us again
            except (SealingError, Refused, Kept):
                log.info("telegram.card_stays")
            await self._store.deleted(mark)

    def _ended(self, number: int, _: asyncio.Task[None]) -> None:
        self._running.pop(number, None)
        self.kick()

    async def _send_all(self, chat: Chat) -> None:
        """Everything that is due in one chat. A fault sets the time of the next try."""
        try:
            async with self._slots, self.alone(chat.lookup):
                now = await self._store.chat_of(chat.conversation)  # another gateway may have been here
                if now is not None and now.id == chat.id and not now.blocked:
                    await self._send_in_order(now)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.error("telegram.sending_failed", extra={"error": type(error).__name__})
            with contextlib.suppress(Exception):
                await self._store.send_later(chat.id, self._clock() + timedelta(seconds=LOOK), unsent=False)

    def alone(self, lookup: bytes) -> contextlib.AbstractAsyncContextManager[None]:
        """Nobody sends to this chat meanwhile, in any gateway."""
        return self._locks.hold(b"telegram:out:" + lookup)

    async def _send_in_order(self, chat: Chat) -> None:
        try:
            number = self._key.open_chat(chat.sealed, chat.lookup)
        except SealingError:  # the key is another one: nobody can find the chat any more
            log.warning("telegram.other_key")
            await self._store.set_blocked(chat.lookup, True)
            return
        person = await self._store.open_by_token(self._key.token(number, chat.salt))
        if person is None:  # it goes on in a browser, or was deleted
            await self._store.sent(chat.id, LARGEST)
            return
        doubtful = chat.trying_seq
        for message in await self._store.messages(person, chat.sent_seq):
            if message.sender is Sender.PERSON:
                await self._store.sent(chat.id, message.seq)
                continue
            try:
                await self._send(chat, number, message, person.language, doubtful=message.seq == doubtful)
            except ApiFault as fault:
                if await self._put_off(chat, message, fault):
                    return

    def _with_original(self, message: Message, language: str | None) -> str:
        """A machine's translation says that it is one, and what stood before it."""
        was = message.translated
        if was is None:
            return message.text
        lang, names = language or SEVERAL, {one.code: one.name for one in self._words.languages}
        label = self._words.label("visitor.translated_from", lang, language=names.get(was.language, was.language))
        doubt = [self._words.label("visitor.translation_doubtful", lang)] if was.doubts else []
        return "\n\n".join([message.text, *doubt, f"{label}:\n{was.original}"])

    async def _send(self, chat: Chat, number: int, message: Message, language: str | None, *, doubtful: bool) -> None:
        covered = message.urgency is Urgency.NONE  # numbers to call are read at once
        text = self._with_original(message, language)
        pieces = [text[i : i + LONGEST] for i in range(0, len(text), LONGEST)] or ["…"]
        buttons = buttons_of(message)
        known = self._highest
        looked = self._where_it_may_stand(chat) if doubtful else range(0)
        numbers = await self._found(number, looked, pieces, buttons, covered)
        if len(numbers) < len(pieces):
            after = min(known, looked.stop - 1) if looked else known
            after = numbers[0] - 1 if numbers else after  # the next search begins with the first piece too
            last = self._key.mark(chat.id, after).sealed if after else None
            await self._store.trying(chat.id, message.seq, last)
            quiet = message.sender is not Sender.CASEWORKER and not message.key.startswith(WITH_SOUND)
            for place, piece in enumerate(pieces[len(numbers) :], len(numbers) + 1):
                under = buttons if place == len(pieces) else []
                sent = await self._api.send(number, piece, under, covered=covered, quiet=quiet)
                numbers += [sent] if sent is not None else []
                self.saw(sent)
            if looked and len(pieces) == len(numbers) == 1:  # of several pieces some may be missing: rather twice
                # just below: what was still on its way arrived after a burst of others' messages, however long that was
                rest = range(max(looked.stop, numbers[0] - MOST_LOOKED_AT), numbers[0])
                numbers = await self._once(number, rest, numbers, pieces, buttons, covered)
        delete_at = None if covered and message.key != RENEWED else self.soon()
        await self._store.sent(chat.id, message.seq, [self._key.mark(chat.id, n) for n in numbers], delete_at)

    def _where_it_may_stand(self, chat: Chat) -> range:
        """Numbers that a message that was perhaps sent may have."""
        if chat.trying_after is None:
            return range(0)
        first = self._key.message(Mark(b"", chat.trying_after, chat.id)) + 1
        # it may have been on its way while other chats took many numbers
        last = max(first, self._highest + 1) + LOOK_AHEAD
        return range(first, min(last, first + MOST_LOOKED_AT))

    async def _found(
        self, number: int, among: range, pieces: Sequence[str], buttons: Buttons, covered: bool
    ) -> list[int]:
        """The numbers among these of the first pieces of a message, in order, as many as stand there: each was sent
        after the one before it had arrived."""
        there: list[int] = []
        for candidate in among:
            under = buttons if len(there) == len(pieces) - 1 else []
            if await self._api.stands(number, candidate, pieces[len(there)], under, covered=covered):
                there.append(candidate)
                if len(there) == len(pieces):
                    break
        return there

    async def _once(
        self, number: int, before: range, made: list[int], pieces: Sequence[str], buttons: Buttons, covered: bool
    ) -> list[int]:
        """The numbers of what was sent as `made`, and perhaps `before` it: nobody knew how many messages others had
        written meanwhile, who were not heard yet. Whoever reads it has read the first one, so the second goes."""
        with contextlib.suppress(ApiFault):  # it is said, at worst twice
            there = await self._found(number, before, pieces, buttons, covered)
            if there:
                gone = await self._api.delete(number, made)
                return there if gone == len(made) else [*there, *made]
        return made

    async def _put_off(self, chat: Chat, message: Message, fault: ApiFault) -> bool:
        """Sets what happens next; False when the message is passed over and the chat goes on."""
        now = self._clock()
        doubtful = chat.trying_seq == message.seq  # what was in doubt before stays so
        match fault:
            case Later():
                until = now + timedelta(seconds=fault.seconds)
                await self._store.send_later(chat.id, until, unsent=not doubtful or chat.attempts >= MOST_DOUBTED)
                self._flooded = {c: t for c, t in self._flooded.items() if t > now} | {chat.lookup: until}
                if len(self._flooded) > 1:  # not one chat that is too fast: all of the bot is
                    self._quiet_until = max(self._flooded.values())
                log.warning("telegram.flood", extra={"seconds": round(fault.seconds)})
            case Kept():
                await self._store.set_blocked(chat.lookup, True)
                self._live.wake(DESK)
                log.info("telegram.blocked")
            case Down():
                wait = min(SLOWEST, 2.0 ** min(chat.attempts, 10) / 2)
                unsent = fault.unsent and not doubtful
                await self._store.send_later(chat.id, now + timedelta(seconds=wait), unsent=unsent)
                log.warning("telegram.down", extra={"kind": fault.kind})
            case _:
                log.error("telegram.refused", extra={"key": message.key})
                await self._store.sent(chat.id, message.seq)
                return False
        return True


def buttons_of(message: Message) -> Buttons:
    """The choices as rows of buttons: languages side by side, everything else one under another."""
    named = [c for c in message.choices if c.action.get("command") == "language" and c.action.get("value")]
    languages = [(c.label, c.token) for c in named]
    others = [[(c.label, c.token)] for c in message.choices if (c.label, c.token) not in languages]
    rows = [languages[i : i + 3] for i in range(0, len(languages), 3)]
    return rows + others
