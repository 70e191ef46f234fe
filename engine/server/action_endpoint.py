"""How the engine calls its action server: one kept connection pool instead of a new session for each call.

The reasons and the figures are in docs/decisions/0022-action-server-latency.md.
"""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

TIMEOUT_SECONDS = 2.0
CONNECT_SECONDS = 0.5


class KeptEndpoint(EndpointConfig):  # type: ignore[misc]
    """An ``EndpointConfig`` whose HTTP session lives as long as the process."""

    def __init__(self, url: str) -> None:
        # Without the domain: the actions are pure and never look at it, and it is the bulk of the request.
        super().__init__(url, enable_selective_domain=True)
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Post ``json`` and return the JSON answer; errors are the ones that Rasa's caller expects."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
                connector=aiohttp.TCPConnector(limit=32, keepalive_timeout=60),
                trust_env=False,
            )
        body = json.dumps(kwargs["json"], separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        async with self._session.request(method, self.url, data=body, headers=headers) as response:
            answer = await response.read()
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason, answer)
            return json.loads(answer)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
