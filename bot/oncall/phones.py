"""A caseworker's own choice of the browsers in which they are paged."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from bot.oncall.web_push import WebPush
from bot.security.push_message import AUTH_BYTES, is_point
from bot.storage.database.errors import NameTaken
from bot.storage.oncall.phones import PhoneInfo
from bot.storage.store import DeskSession, Store

__all__ = ["DeskSession", "OwnPhones", "PhoneRefused"]


class PhoneRefused(Exception):
    """The subscription is refused: unknown push service, invalid key, too many browsers, or Web Push is off."""


class OwnPhones:
    """`push`: None where the organisation has not switched it on; what was chosen before can still be taken away.
    `key`: what seals what a browser hands over. The `cookie` is that of the session."""

    def __init__(self, store: Store, push: WebPush | None, key: bytes) -> None:
        self._store = store
        self._push = push
        self._key = key

    @property
    def public_key(self) -> str | None:
        """What a browser needs to subscribe; None where nobody is paged so."""
        return None if self._push is None else self._push.public_key

    async def listed(self, session: DeskSession, cookie: str) -> Sequence[PhoneInfo]:
        """The caseworker's, the oldest first."""
        return await self._store.own_phones(session.caseworker, cookie)

    async def add(self, session: DeskSession, cookie: str, endpoint: str, public: str, auth: str) -> None:
        """Page the caseworker in this browser. Raises `PhoneRefused`."""
        point, secret = _raw(public), _raw(auth)
        if self._push is None or not self._push.takes(endpoint) or not is_point(point) or len(secret) != AUTH_BYTES:
            raise PhoneRefused
        try:
            await self._store.add_phone(session.caseworker, cookie, endpoint, point, secret, self._key)
        except NameTaken:
            raise PhoneRefused from None

    async def here(self, session: DeskSession, cookie: str, endpoint: str) -> bool:
        """Whether the caseworker is paged in this browser; logging out of this session ends it."""
        return self._push is not None and await self._store.phone_here(session.caseworker, cookie, endpoint)

    async def remove(self, session: DeskSession, phone: str) -> None:
        """Raises `NotFound`."""
        await self._store.remove_phone(session.caseworker, phone)

    async def logged_out(self, cookie: str) -> None:
        """Delete the push subscription of this session, which is logging out."""
        await self._store.forget_phone_of(cookie)


def _raw(text: str) -> bytes:
    text = text.rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
