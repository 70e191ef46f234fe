"""`inloop doctor`: what is wrong, before somebody in danger finds out."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Literal

import apprise
from rich.console import Console

from bot import content, training
from bot.app import CONTENT, utc_now
from bot.settings import Settings
from bot.storage.errors import SchemaError
from bot.storage.store import Store

Level = Literal["ok", "warning", "fault"]
Finding = tuple[Level, str]


async def run(settings: Settings, console: Console) -> int:
    """Prints every finding; 1 when there is a fault."""
    worst = 0
    colours = {"ok": "green", "warning": "yellow", "fault": "bold red"}
    async for level, text in findings(settings):
        console.print(f"[{colours[level]}]{level:<8}[/] {text}")
        worst |= level == "fault"
    return int(worst)


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that was looked at."""
    for folder in (settings.data_dir,):
        yield _private(folder)
    for name in ("encoder/model.bin", "rasa/inloop.tar.gz", "danger", "language"):
        there = (settings.models_dir / name).exists()
        yield ("ok", f"model {name}") if there else ("fault", f"model {name} is missing: run inloop train")
    there = training.ENGINE_PYTHON.exists()
    yield ("ok", "engine environment") if there or settings.engine_url else ("fault", "engine environment: make sync")
    try:
        words = content.load(CONTENT)
    except content.ContentError as error:
        yield "fault", f"words: {error}"
    else:
        drafts = [language.code for language in words.languages if language.answers == "draft"]
        yield "ok", f"words in {len(words.languages)} languages"
        if drafts:
            yield "warning", f"not reviewed by a native speaker yet: {', '.join(drafts)}"
        for fact in words.stale(date.today()):  # noqa: DTZ011 - a day is enough for a review period
            yield "warning", f"fact {fact} is older than its review period: check it and its date"
    yield await _database(settings)
    known = apprise.Apprise()
    refused = sum(not known.add(url) for url in settings.page_urls)
    if refused:
        yield "fault", f"{refused} of the page addresses are not known to Apprise"
    elif not len(known):
        yield "warning", "nobody is paged: INLOOP_PAGE_URLS is empty"
    else:
        yield "ok", f"{len(known)} page addresses"


def _private(folder: Path) -> Finding:
    if not folder.exists():
        return "warning", f"data folder {folder} is not there yet"
    open_to_others = stat.S_IMODE(folder.stat().st_mode) & 0o077
    return ("fault", f"data folder {folder} is open to others: chmod 700") if open_to_others else ("ok", "data folder")


async def _database(settings: Settings) -> Finding:
    try:
        store = await Store.open(settings.database, clock=utc_now)
    except SchemaError as error:
        return "fault", f"database: {error}"
    except Exception as error:  # noqa: BLE001 - whatever a driver says may hold the address with its password
        return "fault", f"database: cannot be opened ({type(error).__name__})"
    await store.close()
    return "ok", "database"
