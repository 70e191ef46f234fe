"""The rota's calendars: iCalendar files or addresses (Google, Nextcloud, Outlook), read again in the background.

The last good copy of each is kept in the data folder and used when its source is dead, slow or wrong: an old rota calls
somebody, none calls nobody. An address may hold a secret, so none stands in a log or in a file's name.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import icalendar
import recurring_ical_events

from bot.domain.rota import Shift

log = logging.getLogger(__name__)

LARGEST = 4 * 1024 * 1024
"""Bytes of one calendar."""
SECONDS = 20.0
BEHIND, AHEAD = timedelta(days=2), timedelta(days=60)
"""What is read of a calendar: long enough ahead to go on for weeks while nothing can be read anew."""

_FOLD = re.compile(r"\r?\n[ \t]")
_RULE = re.compile(r"^RRULE[^\r\n:]*:([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
MOST_A_DAY = 24
"""Repetitions of an event in a day; a rota has one or a few."""
_SECOND = re.compile(
    r"(?<!\w)(2|2e|2de|2nd|2ème|second|backup|back-up|reserve|tweede|achterwacht|deuxième|réserve|zweite)(?!\w)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"(?<!\w)(holiday|holidays|vacation|leave|away|absent|sick|vakantie|verlof|afwezig|ziek|congé|congés|vacances|absence|absente"
    r"|malade|urlaub|abwesend|krank)(?!\w)",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """This is no calendar that can be used; the message names no address and nothing of what is in it."""


@dataclass(slots=True)
class Source:
    """One calendar. `good_at`: when it was last read well; `fault`: why the last reading failed, for the doctor."""

    address: str
    copy: Path
    shifts: tuple[Shift, ...] = ()
    good_at: datetime | None = None
    fault: str | None = None


class Calendars:
    """All calendars. `zone` is the local time of events that name none."""

    def __init__(self, addresses: Sequence[str], folder: Path, zone: ZoneInfo, clock: Callable[[], datetime]) -> None:
        self._zone = zone
        self._clock = clock
        self.sources = [Source(address, folder / f"{_name(address)}.ics") for address in addresses]

    @property
    def shifts(self) -> list[Shift]:
        return [shift for source in self.sources for shift in source.shifts]

    async def load(self) -> None:
        """What was kept by an earlier process: the rota is there before the first address answers."""
        for source in self.sources:
            if await self._use_copy(source):
                source.good_at = datetime.fromtimestamp(source.copy.stat().st_mtime, self._clock().tzinfo)

    async def refresh(self) -> None:
        """Reads every calendar anew. Never raises: what cannot be read stays as it was."""
        await asyncio.gather(*(self._refresh(source) for source in self.sources))

    async def _refresh(self, source: Source) -> None:
        try:
            text = await _read(source.address)
            await self._use(source, text)
        except Exception as error:  # noqa: BLE001 - whatever a server or a calendar does, the old rota stands
            self._missed(source, error)
            # read again all the same: the days that lie ahead are others now
            await self._use_copy(source)
            return
        source.good_at, source.fault = self._clock(), None
        try:
            await asyncio.to_thread(_keep, source.copy, text)
        except (OSError, ValueError) as error:  # a full disk: what was read is used all the same
            self._missed(source, error)

    async def _use_copy(self, source: Source) -> bool:
        """What was kept, as long as it can be read: a copy that cannot calls nobody, and stops nothing."""
        try:
            await self._use(source, source.copy.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        except Exception as error:  # noqa: BLE001 - a cut file, or one that an older version took
            self._missed(source, error)
            return False
        return True

    def _missed(self, source: Source, error: Exception) -> None:
        source.fault = str(error) if isinstance(error, Unreadable) else type(error).__name__
        log.warning("rota.not_read", extra={"calendar": self.sources.index(source) + 1, "reason": source.fault})

    async def _use(self, source: Source, text: str) -> None:
        now = self._clock()
        source.shifts = await asyncio.to_thread(parse, text, self._zone, now - BEHIND, now + AHEAD)


def parse(text: str, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """The shifts of a calendar between two times, every repetition, exception and change of the clock worked out.

    Raises `Unreadable`.
    """
    if not text.lstrip("\ufeff \r\n").startswith("BEGIN:VCALENDAR"):
        raise Unreadable("it is no iCalendar file")
    if any(_too_often(rule[1].upper()) for rule in _RULE.finditer(_FOLD.sub("", text))):
        raise Unreadable("it has an event that repeats every hour or more often")
    try:
        calendar = icalendar.Calendar.from_ical(text)
        found = [shift for event in _events(calendar, start, end) for shift in _shifts(event, zone)]
    except Exception as error:  # noqa: BLE001 - what the libraries raise for a broken calendar is many things
        raise Unreadable(f"it cannot be read ({type(error).__name__})") from None
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.end, shift.title)))


def _too_often(rule: str) -> bool:
    """Whether a rule in capitals repeats every hour or more often: working it out would take all the time there is."""
    parts = dict(part.partition("=")[::2] for part in rule.replace(" ", "").split(";"))
    if parts.get("FREQ") in {"SECONDLY", "MINUTELY", "HOURLY"}:
        return True
    a_day = 1
    for part in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        a_day *= max(1, len(parts.get(part, "").split(",")))
    return a_day > MOST_A_DAY


def _events(calendar: Any, start: datetime, end: datetime) -> list[Any]:
    """Every event and repetition between two times. A broken event is left out, and nobody else's shift with it."""
    try:
        return list(recurring_ical_events.of(calendar, skip_bad_series=True).between(start, end))
    except Exception as error:  # noqa: BLE001 - see `parse`
        log.warning("rota.broken_event", extra={"error": type(error).__name__})
    series: dict[str, list[Any]] = {}
    for event in calendar.walk("VEVENT"):
        series.setdefault(str(event.get("UID")), []).append(event)
    found: list[Any] = []
    for events in series.values():
        alone = calendar.copy()
        alone.subcomponents = [*calendar.walk("VTIMEZONE"), *events]
        with contextlib.suppress(Exception):
            found += recurring_ical_events.of(alone, skip_bad_series=True).between(start, end)
    return found


def _shifts(event: Any, zone: ZoneInfo) -> Iterator[Shift]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    start, end = _moment(event.start, zone), _moment(event.end, zone)
    if not start < end:
        return
    title = str(event.get("SUMMARY", ""))
    kinds = " ".join(str(category) for category in getattr(event, "categories", ()))
    names, emails = [], []
    for attendee in _several(event.get("ATTENDEE")):
        about = attendee.params
        if about.get("PARTSTAT") == "DECLINED" or about.get("CUTYPE") in ("ROOM", "RESOURCE"):  # it may be a list
            continue
        names.append(str(about.get("CN", "")))
        emails.append(re.sub("^mailto:", "", str(attendee).strip(), flags=re.IGNORECASE).lower())
    told = f"{title} {kinds}"
    away = bool(_AWAY.search(told)) or str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF"
    second = bool(_SECOND.search(told))
    yield Shift(start, end, title, tuple(filter(None, names)), tuple(emails), second, away)


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A moment in UTC. A day begins at its local midnight; a time without a zone is local too."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(ZoneInfo("UTC"))


def _several(value: Any) -> Iterable[Any]:
    return () if value is None else value if isinstance(value, list) else (value,)


async def _read(address: str) -> str:
    """The text behind an address, or of a file. Raises `Unreadable`, `httpx.HTTPError`, `OSError`."""
    address = re.sub("^webcal://", "https://", address)
    if not address.startswith(("https://", "http://")):
        return await asyncio.to_thread(_read_file, Path(address))
    async with (
        asyncio.timeout(SECONDS),
        httpx.AsyncClient(follow_redirects=True, max_redirects=3, timeout=SECONDS) as client,
        client.stream("GET", address) as answer,
    ):
        if answer.status_code != 200:
            raise Unreadable(f"the server answers {answer.status_code}")
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > LARGEST:
                raise Unreadable("it is too large")
    return body.decode("utf-8")


def _read_file(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise Unreadable("it is too large")
    return path.read_text(encoding="utf-8")


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    new.replace(path)


def _name(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]
