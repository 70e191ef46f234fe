"""Where a request comes from, for limits only: never kept in a form that outlives the process."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets

from starlette.requests import HTTPConnection


class Source:
    """A hash of the address, under a key of this process. Behind the proxy it is the address that the proxy gives
    (`proxy_headers` in `bot/cli/commands/up.py`: from loopback alone)."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def __call__(self, request: HTTPConnection) -> str:
        return self.of(request.client.host if request.client else "?")

    def account(self, request: HTTPConnection) -> str | None:
        """The same, where a limit may be put on it. None for this machine itself: all who come by an onion service, or
        by a proxy that names nobody, come from there."""
        try:
            here = request.client is None or ipaddress.ip_address(request.client.host).is_loopback
        except ValueError:
            here = False
        return None if here else self(request)

    def of(self, address: str) -> str:
        """The hash of an address. Of IPv6 a home has a whole /64, and takes a new address whenever it likes."""
        try:
            ip = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            network = address
        else:
            mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
            home = ipaddress.ip_network((ip, 64), strict=False) if ip.version == 6 else ip
            network = str(mapped or home)
        return hashlib.blake2b(network.encode("utf-8", "replace"), key=self._key, digest_size=16).hexdigest()
