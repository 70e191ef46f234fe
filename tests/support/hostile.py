"""A thousand clients that mean no good, in a process of their own: `python -m tests.support.hostile PORT SECONDS`.

They flood, send slowly, read slowly or not at all, send too much, forge and replay. The first half comes from the same
address as the people who talk meanwhile, the others from fifty. Prints how many requests were answered, and how.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import uuid4

from tests.support.wire import Wire, bearer

FORGED = "16.9999999999.9999999999.AAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA~1.2.3.4"


class Hostile:
    """What all of them have in common: talks that they have begun (few: each costs), and what they were answered."""

    def __init__(self, port: int, ends: float) -> None:
        self.port = port
        self.ends = ends
        self.answered: Counter[str] = Counter()
        self.tokens: list[str] = []

    async def prepare(self, talks: int) -> None:
        for number in range(talks):
            wire = await Wire(self.port, f"127.0.0.{100 + number % 50}").open()
            answer = await wire.ask("POST", "/api/conversations", {"language": "en"})
            if answer.status == 201:
                self.tokens.append(answer.json()["token"])
            wire.close()

    def token(self, number: int) -> str:
        return self.tokens[number % len(self.tokens)]

    async def flood(self, wire: Wire, number: int) -> None:
        """Pages and new talks, as fast as they are answered."""
        for path in ("/", "/words/en", "/static/visitor.js", "/nothing"):
            self.count("flood", (await wire.ask("GET", path)).status)
        self.count("flood", (await wire.ask("POST", "/api/conversations", {"language": "en"})).status)
        self.count("flood", (await wire.ask("POST", "/api/conversations/restore", {"return_code": "a-b-c"})).status)

    async def forged(self, wire: Wire, number: int) -> None:
        """Tokens, choices, cookies and solutions that nobody gave out."""
        headers = bearer(secrets.token_urlsafe(32))
        message = {"id": str(uuid4()), "text": "he has a knife"}
        self.count("forged", (await wire.ask("POST", "/api/messages", message, headers)).status)
        self.count("forged", (await wire.ask("GET", "/api/messages", headers=headers)).status)
        proof = {"Inloop-Proof": FORGED}
        self.count("forged", (await wire.ask("POST", "/api/conversations", {"language": "en"}, proof)).status)
        cookie = {"Cookie": f"desk={secrets.token_urlsafe(32)}"}
        self.count("forged", (await wire.ask("GET", "/desk/api/queue", headers=cookie)).status)

    async def replayed(self, wire: Wire, number: int) -> None:
        """The same message again and again, and a choice of another talk."""
        headers, same = bearer(self.token(number)), f"00000000-0000-4000-8000-{number:012d}"
        answer = await wire.ask("POST", "/api/messages", {"id": same, "text": "is it free"}, headers)
        self.count("replayed", answer.status)
        answer = await wire.ask("POST", "/api/choices", {"id": str(uuid4()), "choice": "1.abc"}, headers)
        self.count("replayed", answer.status)

    async def talking(self, wire: Wire, number: int) -> None:
        """A talk of their own, filled as fast as it is taken."""
        text = f"tell me about shelter and work and papers number {secrets.randbits(20)}"
        message = {"id": str(uuid4()), "text": text}
        answer = await wire.ask("POST", "/api/messages", message, bearer(self.token(number)))
        self.count("talking", answer.status)

    async def slow_head(self, wire: Wire, number: int) -> None:
        """A letter of the headers each second."""
        for letter in b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 10_000:
            wire.writer.write(bytes((letter,)))
            await asyncio.sleep(1)

    async def slow_body(self, wire: Wire, number: int) -> None:
        await wire.send("POST", "/api/messages", None, bearer(self.token(number)) | {"Content-Length": "9000"})
        for _ in range(9000):
            wire.writer.write(b"{")
            await asyncio.sleep(1)

    async def unread(self, wire: Wire, number: int) -> None:
        """Asks for much, and reads none of it."""
        for _ in range(8):
            await wire.send("GET", "/static/visitor.js")
        await asyncio.sleep(3600)

    async def unread_stream(self, wire: Wire, number: int) -> None:
        await wire.send("GET", "/api/events", headers=bearer(self.token(number)))
        await asyncio.sleep(3600)

    async def huge(self, wire: Wire, number: int) -> None:
        """Fifty megabytes, with and without saying so, or a megabyte of headers."""
        headers = bearer(self.token(number))
        if number % 3 == 0:
            await wire.send("POST", "/api/messages", None, headers | {"Content-Length": "50000000"})
        elif number % 3 == 1:
            wire.writer.write(b"POST /api/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        else:
            wire.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for _ in range(800):
            part = b"X-More: " + b"a" * 65_000 + b"\r\n" if number % 3 == 2 else b"a" * 65_535
            wire.writer.write(b"ffff\r\n" + part + b"\r\n" if number % 3 == 1 else part)
            await wire.writer.drain()

    async def ahead(self, wire: Wire, number: int) -> None:
        """Requests without waiting for an answer."""
        wire.writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 2000)
        await wire.writer.drain()
        await wire.reader.read(100_000_000)

    async def silent(self, wire: Wire, number: int) -> None:
        await asyncio.sleep(3600)

    def count(self, kind: str, status: int) -> None:
        self.answered[f"{kind} {status}"] += 1

    async def one(self, kind: Callable[[Wire, int], Awaitable[None]], number: int) -> None:
        """Comes back at once whenever it is cut."""
        source = "127.0.0.1" if number % 2 else f"127.0.0.{100 + number % 50}"
        while time.monotonic() < self.ends:
            wire = Wire(self.port, source)
            try:
                await wire.open()
                while time.monotonic() < self.ends:
                    async with asyncio.timeout(max(0.1, self.ends - time.monotonic())):
                        await kind(wire, number)
            except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
                self.answered[f"{kind.__name__} cut"] += 1
                await asyncio.sleep(0.05)
            finally:
                if hasattr(wire, "writer"):
                    wire.close()


CROWD = {
    "flood": 300, "forged": 150, "replayed": 100, "talking": 150, "slow_head": 60, "slow_body": 40, "unread": 50,
    "unread_stream": 50, "huge": 60, "ahead": 20, "silent": 20,
}  # fmt: skip


async def main(port: int, seconds: float) -> None:
    hostile = Hostile(port, 0)
    await hostile.prepare(50)
    hostile.ends = time.monotonic() + seconds
    kinds = [kind for kind, count in CROWD.items() for _ in range(count)]
    print("begun", flush=True)
    await asyncio.gather(*(hostile.one(getattr(hostile, kind), number) for number, kind in enumerate(kinds)))
    print(json.dumps(dict(sorted(hostile.answered.items()))), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
