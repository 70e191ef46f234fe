"""HTTP as bytes on a socket: a thousand clients in one process, and those that no library would make."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire:
    """One connection to a port of loopback, from one of its addresses (all of 127/8 are there)."""

    port: int
    source: str = "127.0.0.1"
    reader: asyncio.StreamReader = field(init=False)
    writer: asyncio.StreamWriter = field(init=False)

    async def open(self) -> Wire:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.source, 0))
        return self

    def close(self) -> None:
        self.writer.transport.abort()

    async def send(self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None) -> None:
        body = b"" if data is None else json.dumps(data).encode()
        said = {"Host": "x", "Content-Length": str(len(body)), "Content-Type": "application/json", **(headers or {})}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self.writer.write(head.encode() + b"\r\n" + body)
        await self.writer.drain()

    async def head(self) -> Answer:
        """The beginning of an answer. Raises `EOFError` when there is none."""
        raw = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = raw.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        return Answer(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs})

    async def ask(self, method: str, path: str, data: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """A request and its answer, whole."""
        await self.send(method, path, data, headers)
        answer = await self.head()
        body = await self.reader.readexactly(int(answer.headers.get("content-length", "0")))
        return Answer(answer.status, answer.headers, body)

    async def events(self, token: str, after: int = 0) -> AsyncIterator[dict[str, Any]]:
        """What the stream of a talk says, until it ends."""
        await self.send("GET", f"/api/events?after={after}", headers=bearer(token))
        answer = await self.head()
        assert answer.status == 200, answer.status
        while (line := await self.reader.readline()) not in {b"", b"0\r\n"}:  # the last chunk
            if line.startswith(b"data:"):
                yield json.loads(line[5:])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
