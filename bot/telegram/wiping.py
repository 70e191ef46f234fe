"""Nothing of a talk is left: our record at once, and both sides' messages as far as Telegram allows.

Our record goes first. What Telegram then refuses for a while is taken up by the sweep, which knows the chat (sealed)
and the numbers of its messages, and nothing else.
"""

from __future__ import annotations

import logging

from bot.storage.store import Chat, Store
from bot.telegram.api import Api, ApiFault, Kept
from bot.telegram.delivery_key import DeliveryKey, SealingError
from bot.telegram.sender import Sending

log = logging.getLogger(__name__)


class Wiping:
    """Empties chats."""

    def __init__(self, store: Store, api: Api, key: DeliveryKey, sending: Sending) -> None:
        self._store = store
        self._api = api
        self._key = key
        self._sending = sending

    async def empty(self, chats: list[Chat]) -> bool:
        """Deletes what stands in the chats and forgets them; True when nothing is left there. Raises `ApiFault` when
        Telegram is away: then what is left is still known."""
        everything = True
        for chat in chats:
            async with self._sending.alone(chat.lookup):
                everything &= await self._empty(chat)
        return everything

    async def _empty(self, chat: Chat) -> bool:
        try:
            number = self._key.open_chat(chat.sealed, chat.lookup)
            messages = [self._key.message(mark) for mark in await self._store.noted(chat.id)]
        except SealingError:
            await self._store.drop_chat(chat.id)
            return False
        try:
            gone = await self._api.delete(number, messages) if messages else 0
        except Kept:
            gone = -1
        await self._store.drop_chat(chat.id)
        return gone == len(messages) and not chat.older

    async def sweep(self) -> None:
        """Empties the chats of conversations that were deleted at another door or for their age."""
        for chat in await self._store.left_behind():
            try:
                await self.empty([chat])
            except ApiFault as fault:
                log.warning("telegram.sweep_put_off", extra={"kind": type(fault).__name__})
                return
