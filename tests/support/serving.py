"""A uvicorn server within a test's own loop."""

from __future__ import annotations

import asyncio
from socket import socket

import uvicorn


async def serving(server: uvicorn.Server, bound: socket) -> asyncio.Task[None]:
    """The server's task, once it listens on `bound`. Fails when it ends instead, or takes a minute."""
    running = asyncio.create_task(server.serve([bound]))
    async with asyncio.timeout(120):
        while not server.started:
            assert not running.done(), "the server ended instead of starting"
            await asyncio.sleep(0.01)
    return running
