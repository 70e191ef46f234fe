"""Puts together what calls people, from the settings: for the gateway, and for the commands that look at it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.escalation import Hours, Pace
from bot.domain.model import Urgency
from bot.domain.ports import Catalogue, Telling
from bot.oncall.calendars import Calendars
from bot.oncall.escalation_worker import Duty, Times
from bot.oncall.page_links import Links
from bot.oncall.pager import Pager
from bot.oncall.roster import Roster
from bot.oncall.web_push import WebPush
from bot.runtime.wakeups import DESK, Live
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.store import Store

URGENT_AGAIN = 3
QUIET_AGAIN = 12


def paces(settings: Settings) -> dict[Urgency, Pace]:
    """How fast the ladder is climbed, and without danger at which hours."""
    again, hold = timedelta(seconds=settings.ladder_again_seconds), timedelta(seconds=settings.claim_seconds)
    quiet = Pace(
        timedelta(seconds=settings.ladder_seconds_quiet), QUIET_AGAIN * again, URGENT_AGAIN * hold,
        first=timedelta(seconds=settings.quiet_first_seconds), hours=Hours.read(settings.quiet_page_hours),
        together=True,
    )  # fmt: skip
    urgent = Pace(timedelta(seconds=settings.ladder_seconds_urgent), URGENT_AGAIN * again, URGENT_AGAIN * hold)
    emergency = Pace(timedelta(seconds=settings.ladder_seconds), again, hold)
    return {Urgency.NONE: quiet, Urgency.URGENT: urgent, Urgency.EMERGENCY: emergency}


def roster_of(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Roster:
    """Who is on call, by the calendars of the settings."""
    calendars = Calendars(settings.rota, settings.data_dir / "rota", ZoneInfo(settings.rota_zone), clock)
    offline = timedelta(seconds=settings.offline_seconds)
    return Roster(
        store, calendars, settings.page_urls, page_key(settings), clock, offline, web_push=settings.web_push
    )  # fmt: skip


def push_of(settings: Settings, store: Store, clock: Callable[[], datetime]) -> WebPush | None:
    """What pages browsers, where the organisation wants it."""
    if not settings.web_push:
        return None
    return WebPush(store, page_key(settings), settings.web_push_hosts, settings.contact, clock)


def duty_of(
    settings: Settings,
    store: Store,
    words: Catalogue,
    live: Live,
    telling: Telling,
    links: Links,
    clock: Callable[[], datetime],
    flood: Callable[[int], int | None] = lambda _: None,
) -> Duty:
    """The whole of it, not started yet. `flood`: the flood of alarms that a conversation's is part of."""
    roster = roster_of(settings, store, clock)
    pace = paces(settings)
    pager = Pager(
        store, roster, links, telling, pace,
        words=words, language=settings.page_language, address=settings.address, clock=clock,
        flood=flood, push=push_of(settings, store, clock),
    )  # fmt: skip
    times = Times(
        word=timedelta(seconds=settings.first_word_seconds),
        offline=timedelta(seconds=settings.offline_seconds),
        warn=timedelta(hours=settings.rota_warn_hours),
        refresh=timedelta(minutes=settings.rota_refresh_minutes),
    )
    return Duty(
        store, roster, pager, telling, pace, times,
        waker=live, topic=DESK, zone=ZoneInfo(settings.rota_zone), clock=clock, flood=flood,
    )  # fmt: skip
