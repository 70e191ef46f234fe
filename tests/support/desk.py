"""Caseworkers for tests: invited and logged in through the store's own doors."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp

from bot.storage.people.caseworkers import DeskSession
from bot.storage.store import Store
from tests.support.databases import Clock

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Colleague:
    """A logged-in caseworker with all their secrets."""

    name: str
    totp: pyotp.TOTP
    cookie: str
    session: DeskSession

    @property
    def id(self) -> int:
        return self.session.caseworker


async def set_up(store: Store, clock: Clock, secret: str, name: str | None = None) -> pyotp.TOTP:
    """Accept an invitation, under another name if there is one; their authenticator app."""
    totp = pyotp.TOTP(pyotp.random_base32())
    await store.accept_invite(secret, PASSWORD, totp.secret, totp.at(clock()), name)
    return totp


async def join(
    store: Store, clock: Clock, name: str, by: DeskSession | None = None, role: str = "caseworker",
    organisation: int | None = None,
) -> Colleague:  # fmt: skip
    """Invite (as the first one, or by a colleague), accept, and log in; takes half a minute of the clock."""
    secret = await (store.invite(name, by, role, organisation) if by else store.invite_first(name))
    assert secret is not None
    totp = await set_up(store, clock, secret)
    clock.pass_by(seconds=30)
    cookie, session = await store.log_in(name, PASSWORD, totp.at(clock()))
    return Colleague(name, totp, cookie, session)
