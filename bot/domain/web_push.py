"""A push subscription of a browser (Web Push, RFC 8030), and the push services that are allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_PHONES = 5
"""Browsers in which one caseworker is paged."""
LONGEST_ENDPOINT = 1000
"""Characters."""
HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "*.notify.windows.com")
"""The push services of Chrome, Firefox, Safari and Edge."""

_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_PRINTED = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True, repr=False)
class Subscription:
    """A browser that is paged. `endpoint`: a secret address at its push service. `public` (an uncompressed point of
    P-256) and `auth` (16 bytes): what messages are encrypted to."""

    lookup: bytes
    endpoint: str
    public: bytes
    auth: bytes


def is_host(name: str) -> bool:
    """Whether this names a host, or with `*.` in front all below one; an address in numbers is none."""
    return bool(_HOST.fullmatch(name))


def is_known(endpoint: str, hosts: Sequence[str]) -> bool:
    """Whether an endpoint is one of a push service in `hosts`: https on its own port, and nothing else in front."""
    if len(endpoint) > LONGEST_ENDPOINT or not _PRINTED.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        named, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or parts.netloc.lower() not in {named, f"{named}:443"} or port not in {None, 443}:
        return False
    if not is_host(named) or named.startswith("*") or "\\" in endpoint or parts.fragment:
        return False
    return any(named.endswith(host[1:]) if host.startswith("*.") else named == host for host in hosts)
