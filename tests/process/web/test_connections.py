"""One connection and all of them, with a real Uvicorn on loopback: the slow, the silent, the endless and the many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from bot.web.middleware import connections, guard
from bot.web.middleware.connections import Connection, limited
from bot.web.middleware.guard import Guard
from tests.support.serving import serving
from tests.support.wire import Wire

BIG = b"x" * 1_000_000


async def app(scope: Any, receive: Any, send: Any) -> None:
    """`/big`: a megabyte in pieces. `/stream`: nothing more, for an hour; `/known`: that, of somebody known."""
    path = scope["path"]
    if path == "/known":
        scope["state"]["connection"].recognised()
    while path == "/body" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(10 if path == "/big" else 0):
        await send({"type": "http.response.body", "body": BIG, "more_body": True})
    if path in {"/stream", "/known"}:
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def server(most: int = 100, served: Any = app) -> AsyncIterator[tuple[int, type[Connection]]]:
    kind = limited(most)
    config = uvicorn.Config(
        served, host="127.0.0.1", port=0, http=kind, ws="none", lifespan="off", log_config=None, timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    running = uvicorn.Server(config)
    task = await serving(running, config.bind_socket())
    try:
        yield running.servers[0].sockets[0].getsockname()[1], kind
    finally:
        running.should_exit = True
        await task


@pytest.fixture(autouse=True)
def at_leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, nobody is too slow by chance."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 3600.0)
    monkeypatch.setattr(connections, "STALLED", 3600.0)
    monkeypatch.setattr(connections, "UNHURRIED", 0.2)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose time is up is cut after half a second."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(connections, "STALLED", 1.0)


async def cut(wire: Wire, seconds: float = 120) -> bool:
    """Whether the other side ends it, by itself."""
    try:
        async with asyncio.timeout(seconds):
            while await wire.reader.read(65536):
                pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    wire.close()
    return True


async def healthy(port: int) -> bool:
    wire = await Wire(port).open()
    await wire.send("GET", "/")
    answer = await asyncio.wait_for(wire.head(), 120)
    wire.close()
    return answer.status == 200


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("begins", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_who_sends_no_whole_request_is_cut(begins: bytes) -> None:
    async with server() as (port, kind):
        wire = await Wire(port).open()
        wire.writer.write(begins)
        assert await cut(wire)
        assert len(kind.all_of_them) == 0


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    ],
    ids=["one header", "many headers", "address", "no host", "two hosts"],
)
async def test_a_head_that_is_too_large_or_names_not_one_host_is_refused(head: bytes) -> None:
    async with server() as (port, _):
        wire = await Wire(port).open()
        wire.writer.write(head)
        try:
            answer = await asyncio.wait_for(wire.head(), 120)
        except (ConnectionError, EOFError):  # cut while it still sent
            return
        assert answer.status == 400
        assert await cut(wire)


@pytest.mark.usefixtures("soon")
async def test_who_sends_a_letter_now_and_then_is_cut_too() -> None:
    async with server() as (port, _):
        wire = await Wire(port).open()

        async def trickle() -> None:
            for letter in b"GET / HTTP/1.1\r\nX: " + b"a" * 1000:
                wire.writer.write(bytes((letter,)))
                await asyncio.sleep(0.05)

        slow = asyncio.create_task(trickle())
        assert await cut(wire)
        slow.cancel()


async def test_a_body_that_comes_a_letter_now_and_then_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "SLOWEST", 0.5)
    async with server(served=Guard(app, 1000, secure=False)) as (port, _):
        wire = await Wire(port).open()
        await wire.send("POST", "/body", None, {"Content-Length": "1000"})

        async def trickle() -> None:
            for _ in range(1000):
                wire.writer.write(b"a")
                await asyncio.sleep(0.05)

        slow = asyncio.create_task(trickle())
        assert (await asyncio.wait_for(wire.head(), 120)).status == 408
        assert await cut(wire)
        slow.cancel()


async def test_headers_without_an_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server() as (port, _):
        with monkeypatch.context() as soon:
            soon.setattr(connections, "HEAD_SECONDS", 0.5)
            wire = await Wire(port).open()
            wire.writer.write(b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 200_000)
            assert await cut(wire)
        assert await healthy(port)


async def test_a_body_is_not_taken_for_a_head() -> None:
    async with server() as (port, kind):
        wire = await Wire(port).open()
        await wire.send("POST", "/body", None, {"Content-Length": "200000"})
        (connection,) = await until(lambda: list(kind.all_of_them._by_kind[connections.STRANGER]))
        for _ in range(20):
            wire.writer.write(b"a" * 10_000)
            await asyncio.sleep(0.01)
            assert connection._late is None, "no time is set for it"
        assert (await asyncio.wait_for(wire.head(), 120)).status == 200
        wire.close()


@pytest.mark.night  # a reader that is slow is one by the clock
@pytest.mark.usefixtures("soon")
async def test_who_does_not_read_is_cut_and_what_waits_for_them_is_little() -> None:
    async with server() as (port, kind):
        wire = await Wire(port).open()
        wire.reader._limit = 1  # type: ignore[attr-defined]  # the reader stops the transport at once
        wire.writer.transport.pause_reading()
        await wire.send("GET", "/big")
        (connection,) = await until(lambda: list(kind.all_of_them._by_kind[connections.STRANGER]))
        await until(lambda: connection.transport.get_write_buffer_size() > 0)
        assert connection.transport.get_write_buffer_size() <= len(BIG) + 65536
        await until(lambda: len(kind.all_of_them) == 0)
        wire.close()


@pytest.mark.night
@pytest.mark.usefixtures("soon")
async def test_a_reader_who_goes_on_reading_is_not() -> None:
    async with server() as (port, _):
        wire = await Wire(port).open()
        await wire.send("GET", "/big")
        await wire.head()
        read = 0
        while read < 10 * len(BIG):
            part = await asyncio.wait_for(wire.reader.read(500_000), 120)
            assert part
            read += len(part)
            await asyncio.sleep(0.02)
        wire.close()


async def test_who_asks_ahead_of_the_answers_is_stopped() -> None:
    async with server() as (port, _):
        wire = await Wire(port).open()
        wire.writer.write(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n" + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2000)
        assert await cut(wire)
        assert await healthy(port)


async def test_one_more_than_there_is_room_for_gets_in_and_the_least_needed_makes_room() -> None:
    async with server(most=5) as (port, kind):
        known, stream, *rest = [await Wire(port).open() for _ in range(5)]
        for wire, path in ((known, "/known"), (stream, "/stream")):
            await wire.send("GET", path)
            await wire.head()
        assert await healthy(port)
        assert await cut(rest[0]), "one that had asked for nothing"
        streams = []
        for _ in range(12):
            wire = await Wire(port).open()
            await wire.send("GET", "/stream")
            assert (await asyncio.wait_for(wire.head(), 120)).status == 200
            streams.append(wire)
        assert await cut(stream), "then the oldest of strangers"
        assert len(kind.all_of_them) <= 5
        assert not await cut(known, 0.5), "somebody with a talk stays"
        for wire in (known, *streams, *rest):
            wire.close()


async def until(condition: Any, seconds: float = 120) -> Any:
    async with asyncio.timeout(seconds):
        while not (value := condition()):
            await asyncio.sleep(0.01)
    return value
