"""Pages to a caseworker's own browser (Web Push): a title, which is the urgency and the case number, and that number.

The address comes from a browser, so it is not trusted: only push services that the settings name, over https, at a
public address that is looked up once and then used, without redirects; nothing of the answer but its status is read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import httpx

from bot.domain.web_push import Subscription, is_known
from bot.security.push_message import base64url, encrypt, public_bytes, vapid_header, vapid_key

log = logging.getLogger(__name__)

SECONDS = 10.0
"""For everything: the look-up, the connection, the answer."""
KEPT_SECONDS = 1800
"""How long the push service keeps a message for a phone that is off; by then others were called."""
TOKEN_SECONDS = 3600
GONE = (404, 410)


class NotPublic(ValueError):
    """The name leads to an address inside a network, or to none."""


class Subscriptions(Protocol):
    """The store: a browser that is gone for good is forgotten."""

    async def forget_phone(self, lookup: bytes) -> None: ...


Resolve = Callable[[str], Awaitable[tuple[str, int]]]


async def public_address(host: str) -> tuple[str, int]:
    """Where a host is. Every address it has must be one of the internet. Raises `NotPublic` and `OSError`."""
    loop = asyncio.get_running_loop()
    found = [row[4][0] for row in await loop.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    if not found or not all(_is_public(str(address)) for address in found):
        raise NotPublic
    return str(found[0]), 443


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (inner is None or inner.is_global)


class WebPush:
    """`contact`: whom a push service turns to (RFC 8292). `resolve` and `trust` are the internet's; a test has its own
    push service."""

    def __init__(
        self,
        store: Subscriptions,
        page_key: bytes,
        hosts: Sequence[str],
        contact: str,
        clock: Callable[[], datetime],
        *,
        resolve: Resolve = public_address,
        trust: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._store = store
        self._key = vapid_key(page_key)
        self._hosts = tuple(hosts)
        self._contact = contact
        self._clock = clock
        self._resolve = resolve
        self._trust = trust or ssl.create_default_context()
        self._seconds = seconds

    @property
    def public_key(self) -> str:
        """What a browser needs to subscribe."""
        return base64url(public_bytes(self._key))

    def takes(self, endpoint: str) -> bool:
        """Whether pages may be sent there."""
        return is_known(endpoint, self._hosts)

    async def send(self, phone: Subscription, title: str, number: str | None) -> bool:
        """Whether its push service has taken the message. Who is gone, is forgotten."""
        if not self.takes(phone.endpoint):  # the list may have become shorter
            return False
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._post(phone, json.dumps({"title": title, "case": number}).encode())
        except (TimeoutError, OSError, ValueError, httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("push.failed", extra={"error": type(error).__name__})
            return False
        if status in GONE:
            log.info("push.gone")
            await self._store.forget_phone(phone.lookup)
        elif status // 100 != 2:
            log.warning("push.refused", extra={"status": status})
        return status // 100 == 2

    async def _post(self, phone: Subscription, message: bytes) -> int:
        parts = urlsplit(phone.endpoint)
        host = str(parts.hostname)
        address, port = await self._resolve(host)
        there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        ends = int(self._clock().timestamp()) + TOKEN_SECONDS
        headers = {
            "Host": host,
            "Authorization": vapid_header(self._key, f"https://{host}", ends, self._contact),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_SECONDS),
            "Urgency": "high",
        }
        body = encrypt(message, phone.public, phone.auth)
        # The address that was looked at is the one that is called; the certificate must be that of the name.
        url = urlunsplit(("https", there, parts.path, parts.query, ""))
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        async with (
            httpx.AsyncClient(verify=self._trust, trust_env=False, timeout=self._seconds, limits=limits) as client,
            client.stream("POST", url, content=body, headers=headers, extensions={"sni_hostname": host}) as answer,
        ):
            return answer.status_code
