"""The limits of one connection, and of all of them: what Uvicorn leaves open. Whoever sends slowly, reads slowly or
does nothing is cut; when there are too many, the one that is needed least makes room.
"""

from __future__ import annotations

import asyncio
import resource
import socket
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_BYTES = 32 * 1024
"""Of one request: address and headers."""

HEAD_SECONDS = 10.0
"""From the connection, or from the first byte of a request, to the end of its headers."""

STALLED = 20.0
"""Seconds that a reader may leave what is ready for it untouched."""

SENT_AHEAD = 8
"""Requests that a client may send before it has the first answer."""

UNHURRIED = 2.0
"""Seconds until somebody hears that what they send is no HTTP: who does it on purpose would come back at once."""

BUFFER = 64 * 1024
"""Bytes that the system keeps for one connection, each way (Linux doubles it); it would take megabytes."""

SPARE = 200
"""Open files that are not connections of people: database, models, engine, pages."""

IDLE, STRANGER, KNOWN = range(3)
"""What a connection is doing, least needed first: nothing; a request of whomever; one of an open talk or the desk."""


def allow(connections: int) -> int:
    """Raises how many files this process may have open to what `connections` need; how many connections fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE if hard == resource.RLIM_INFINITY else min(connections + SPARE, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except OSError:  # a service manager may forbid it; then its own limit is the limit
            wanted = soft
    return max(64, wanted - SPARE)


class Connections:
    """All that are open, by what they do, each in the order of since when."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_kind: tuple[OrderedDict[Connection, None], ...] = (OrderedDict(), OrderedDict(), OrderedDict())

    def __len__(self) -> int:
        return sum(map(len, self._by_kind))

    def opened(self, connection: Connection) -> None:
        """Never refuses a new one: of the kind that is needed least, the oldest makes room."""
        if len(self) >= self._most:
            oldest = next(iter(next(filter(None, self._by_kind))))
            self.closed(oldest)
            oldest.cut()
        self._by_kind[IDLE][connection] = None

    def now(self, connection: Connection, kind: int) -> None:
        """It does something else from now on. One that was cut or closed stays so."""
        if any(kept.pop(connection, self) is None for kept in self._by_kind):
            self._by_kind[kind][connection] = None

    def closed(self, connection: Connection) -> None:
        for kept in self._by_kind:
            kept.pop(connection, None)


class Connection(HttpToolsProtocol):
    """One connection. `limited` makes the class for Uvicorn's `http` of it. A request's `scope["state"]["connection"]`
    is its connection, so that whoever recognises it can say so."""

    all_of_them: Connections

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._head = 0
        self._parsed = 0
        self._in_body = False
        self._running: RequestResponseCycle | None = None
        self.when_gone: Callable[[], None] | None = None

    def recognised(self) -> None:
        """The request that is on the way comes from somebody who has opened a talk, or the desk."""
        self.all_of_them.now(self, KNOWN)

    def cut(self) -> None:
        """Ends it at once, whatever is on the way."""
        if self.transport is not None:
            self.transport.abort()

    # -- called by the loop and the parser ---------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        connected = transport.get_extra_info("socket")
        if connected is not None:
            for which in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                connected.setsockopt(socket.SOL_SOCKET, which, BUFFER)
        self.all_of_them.opened(self)
        self._late = self.loop.call_later(HEAD_SECONDS, self.cut)

    def connection_lost(self, exc: Exception | None) -> None:
        self.all_of_them.closed(self)
        for timer in (self._late, self._stalled):
            if timer is not None:
                timer.cancel()
        if self.when_gone is not None:
            self.when_gone()
        # Uvicorn tells the newest request alone; the one that is worked at may be an earlier one.
        self.pipeline.clear()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data: bytes) -> None:
        if not self._in_body:
            self._head += len(data)
            if self._late is None:
                self._late = self.loop.call_later(HEAD_SECONDS, self.cut)
        super().data_received(data)
        if not self._in_body and self._head > HEAD_BYTES and not self.transport.is_closing():
            self.transport.pause_reading()  # cut when its time is up, and not before: it would only come back at once

    def send_400_response(self, msg: str) -> None:
        self.transport.pause_reading()
        self.loop.call_later(UNHURRIED, self._refuse, msg)

    def _refuse(self, msg: str) -> None:
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def on_url(self, url: bytes) -> None:
        self._parse(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._parse(len(name) + len(value))
        super().on_header(name, value)

    def _parse(self, size: int) -> None:
        """Counts a head that came in one piece with its end: what is counted as it comes knows no end in it."""
        self._parsed += size
        if self._parsed > HEAD_BYTES:
            raise ValueError("a head without an end")  # the parser stops: 400, and the end

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= SENT_AHEAD:
            raise ValueError("too many requests ahead of their answers")
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):  # RFC 9112, 3.2
            raise ValueError("not one host")
        self.scope["state"]["connection"] = self
        super().on_headers_complete()
        self._head, self._parsed, self._in_body = 0, 0, True
        if self._late is not None:
            self._late.cancel()
            self._late = None
        self.all_of_them.now(self, STRANGER)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_body = False

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self.pipeline:
            self.all_of_them.now(self, IDLE)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALLED, self.cut)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def limited(most: int) -> type[Connection]:
    """The class for one server, with room for `most` connections."""
    return type("Limited", (Connection,), {"all_of_them": Connections(most)})
