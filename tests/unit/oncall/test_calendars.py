"""The calendars' sources: the last good copy holds when they are dead, slow, wrong or huge."""

from __future__ import annotations

import asyncio
import logging
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.oncall import calendars
from bot.oncall.calendars import Calendars
from tests.support.databases import Clock
from tests.support.oncall import ZONE

GOOD = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20261101T000000Z\r\n"
    "DTSTART:20261101T000000Z\r\nDTEND:20261201T000000Z\r\nSUMMARY:Wacht {}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Server:
    """Answers every request with `answer`; None: not at all."""

    port: int
    answer: bytes | None = b""
    secret = "private-8f3a1c"

    def says(self, body: str, status: str = "200 OK", head: str = "") -> None:
        raw = body.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{head}Connection: close\r\n\r\n"
        self.answer = head.encode() + raw

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.secret}/basic.ics"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if self.answer is None:
            await reader.read()  # until the caller hangs up
        else:
            writer.write(self.answer)
            await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
    await listening.wait_closed()


TOO_OFTEN = GOOD.format("An").replace("DTEND:", "RRULE:FREQ=HOURLY\r\nDTEND:").encode()


def titles(rota: Calendars) -> list[str]:
    return [shift.title for shift in rota.shifts]


@pytest.mark.parametrize("wrong", ["dead", "slow", "page", "huge", "not text", "loop"])
async def test_the_last_good_rota_holds(
    server: Server,
    tmp_path: Path,
    clock: Clock,
    wrong: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    monkeypatch.setattr(calendars, "SECONDS", 0.5)
    server.says(GOOD.format("An"))
    rota = Calendars([server.url], tmp_path / "rota", ZONE, clock)
    await rota.refresh()
    assert titles(rota) == ["Wacht An"]
    match wrong:
        case "dead":
            server.says("", "503 Gone Away")
        case "slow":
            server.answer = None
        case "page":
            server.says("<html>Log in to go on</html>")
        case "huge":
            server.says(GOOD.format("Bart") + "X" * calendars.LARGEST)
        case "not text":
            server.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\xff\xfe\xfd"
        case "loop":
            server.says("", "302 Found", f"Location: {server.url}\r\n")
    clock.pass_by(hours=1)
    await rota.refresh()
    (source,) = rota.sources
    assert titles(rota) == ["Wacht An"]
    assert source.fault is not None
    assert source.good_at == clock() - timedelta(hours=1)
    server.says(GOOD.format("Bart"))
    await rota.refresh()
    assert titles(rota) == ["Wacht Bart"]
    assert source.fault is None
    assert server.secret not in caplog.text, "the address is a secret"
    assert "Wacht" not in caplog.text


async def test_a_new_process_has_the_rota_before_an_address_answers(
    server: Server, tmp_path: Path, clock: Clock
) -> None:
    server.says(GOOD.format("An"))
    await Calendars([server.url], tmp_path / "rota", ZONE, clock).refresh()
    later = Calendars([server.url], tmp_path / "rota", ZONE, clock)
    await later.load()
    assert titles(later) == ["Wacht An"]
    (copy,) = (tmp_path / "rota").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert server.secret not in copy.name


async def test_an_old_copy_is_worked_out_for_the_days_that_lie_ahead_now(
    server: Server, tmp_path: Path, clock: Clock
) -> None:
    server.says(GOOD.format("An").replace("DTEND:20261201T000000Z", "DTEND:20261102T000000Z\r\nRRULE:FREQ=DAILY"))
    rota = Calendars([server.url], tmp_path / "rota", ZONE, clock)
    await rota.refresh()
    server.says("", "503 Gone Away")
    clock.pass_by(days=120)
    await rota.refresh()
    assert any(shift.start <= clock() < shift.end for shift in rota.shifts)


async def test_several_calendars_and_a_file_are_one_rota(server: Server, tmp_path: Path, clock: Clock) -> None:
    server.says(GOOD.format("An"))
    (tmp_path / "second.ics").write_text(GOOD.format("Bart (backup)"), encoding="utf-8")
    rota = Calendars([server.url, str(tmp_path / "second.ics"), "/no/such.ics"], tmp_path / "rota", ZONE, clock)
    await rota.load()
    await rota.refresh()
    assert sorted(titles(rota)) == ["Wacht An", "Wacht Bart (backup)"]
    assert [source.fault for source in rota.sources] == [None, None, "FileNotFoundError"]


@pytest.mark.parametrize("kept", [b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nnothing", TOO_OFTEN])
async def test_a_kept_copy_that_cannot_be_read_stops_nothing(
    server: Server, tmp_path: Path, clock: Clock, kept: bytes
) -> None:
    """Cut off by a failing power supply, or taken by a version that took more."""
    server.says(GOOD.format("An"))
    await Calendars([server.url], tmp_path / "rota", ZONE, clock).refresh()
    (copy,) = (tmp_path / "rota").iterdir()
    copy.write_bytes(kept)
    server.says("", "503 Gone Away")
    later = Calendars([server.url], tmp_path / "rota", ZONE, clock)
    await later.load()
    (source,) = later.sources
    assert (titles(later), source.good_at) == ([], None)
    assert source.fault is not None
    await later.refresh()
    server.says(GOOD.format("Bart"))
    await later.refresh()
    assert (titles(later), source.fault) == (["Wacht Bart"], None)


async def test_what_was_read_is_used_where_it_cannot_be_kept(server: Server, tmp_path: Path, clock: Clock) -> None:
    server.says(GOOD.format("An"))
    rota = Calendars([server.url], tmp_path / "rota", ZONE, clock)
    await rota.refresh()
    (copy,) = (tmp_path / "rota").iterdir()
    copy.with_suffix(".new").mkdir()  # nothing can be written there
    server.says(GOOD.format("Bart"))
    await rota.refresh()
    (source,) = rota.sources
    assert (titles(rota), source.fault) == (["Wacht Bart"], "IsADirectoryError")
