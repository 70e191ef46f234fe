"""`inloop doctor`: what is wrong, before somebody in danger finds out."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from rich.console import Console

from bot import content
from bot.cli.commands import recovery_key
from bot.cli.commands.languages import DESK, both_ways
from bot.cli.commands.page_key import in_folder
from bot.dialogue.engine_process import ENGINE_PYTHON
from bot.oncall.factory import roster_of
from bot.oncall.pager import known
from bot.oncall.roster import Roster
from bot.operations.clock_guard import likely
from bot.operations.upkeep import EVERY, FAILED
from bot.runtime.clock import utc_now
from bot.settings import CONTENT, Settings, SettingsError
from bot.settings.page_key import FILE as PAGE_KEY
from bot.settings.page_key import in_data_folder, page_key
from bot.settings.secret_files import file_of, open_to_others
from bot.storage.backup.files import found_in
from bot.storage.backup.paper import read_origin, read_public
from bot.storage.database.ballast import free, is_low
from bot.storage.database.errors import BackupError, SchemaError
from bot.storage.store import Run, Store
from bot.telegram import delivery_key
from bot.translation import Pool, Unavailable, route, scan, usable

BACKUP_AT_LEAST_EVERY = timedelta(days=2)
Level = Literal["ok", "warning", "fault"]
Finding = tuple[Level, str]


async def run(settings: Settings, console: Console) -> int:
    """Prints every finding; 1 when there is a fault."""
    worst = 0
    colours = {"ok": "green", "warning": "yellow", "fault": "bold red"}
    async for level, text in findings(settings, utc_now().date()):
        console.print(f"[{colours[level]}]{level:<8}[/] {text}")
        worst |= level == "fault"
    return int(worst)


async def findings(settings: Settings, today: date) -> AsyncIterator[Finding]:
    """Everything that was looked at; `today` is the day that reviews of facts are due by."""
    yield _private(settings.data_dir)
    for finding in (*_closed(settings), *_page_key(settings)):
        yield finding
    for name in ("encoder/model.bin", "rasa/inloop.tar.gz", "danger", "language"):
        there = (settings.models_dir / name).exists()
        yield ("ok", f"model {name}") if there else ("fault", f"model {name} is missing: run inloop train")
    there = ENGINE_PYTHON.exists()
    yield ("ok", "engine environment") if there or settings.engine_url else ("fault", "engine environment: make sync")
    try:
        words = content.load(CONTENT)
    except content.ContentError as error:
        yield "fault", f"words: {error}"
        spoken = []
    else:
        spoken = [language.code for language in words.languages]
        drafts = [language.code for language in words.languages if language.answers == "draft"]
        yield "ok", f"words in {len(words.languages)} languages"
        if drafts:
            yield "warning", f"not reviewed by a native speaker yet (inloop content status): {', '.join(drafts)}"
        for fact in words.due(today):
            yield "warning", f"fact {fact.id} is older than its review period since {fact.review_on}: {fact.source}"
    async for finding in _database(settings):
        yield finding
    async for finding in _audit(settings):
        yield finding
    async for finding in _translation(settings, spoken):
        yield finding
    for told in _telegram(settings):
        yield told
    refused = len(settings.page_urls) - known(settings.page_urls)
    if refused:
        yield "fault", f"{refused} of the page addresses are not known to Apprise"
    async for finding in _on_call(settings):
        yield finding


async def _opened(settings: Settings) -> Store:
    """The store. Raises whatever is wrong with it."""
    root = page_key(settings) if settings.secure or settings.data_dir.is_dir() else b""  # nothing is made by looking
    return await Store.open(settings.database, clock=utc_now, root=root)


async def _on_call(settings: Settings) -> AsyncIterator[Finding]:
    """Whether somebody would be called now, and in the days to come."""
    try:
        store = await _opened(settings)
    except Exception:  # noqa: BLE001 - said already
        return
    try:
        roster = roster_of(settings, store, utc_now)
        await roster.calendars.load()
        await roster.calendars.refresh()
        _, closed = await store.page_addresses(page_key(settings))
        if closed:
            yield "fault", f"{closed} page addresses were sealed with another INLOOP_PAGE_KEY: set them again"
        reach = await roster.reach()
        if reach.everyone:
            yield "ok", f"{len(reach.everyone)} can be paged"
        else:
            yield "warning", "nobody is paged: set `inloop caseworker page`, or INLOOP_PAGE_URLS"
        for finding in await _rota(settings, roster):
            yield finding
    finally:
        await store.close()


async def _rota(settings: Settings, roster: Roster) -> list[Finding]:
    """What is wrong with the calendars, and with who is on call by them."""
    found: list[Finding] = []
    if not roster.planned:
        return [("warning", "no rota: whoever can be paged is paged together (INLOOP_ROTA)")]
    for number, source in enumerate(roster.calendars.sources, 1):
        since = "never" if source.good_at is None else f"{source.good_at:%Y-%m-%d %H:%M}"
        if source.fault is None:
            found.append(("ok", f"calendar {number} of the rota: {len(source.shifts)} shifts"))
        else:
            level: Level = "fault" if source.good_at is None else "warning"
            found.append((level, f"calendar {number} of the rota: {source.fault}; last read well: {since}"))
    rota, now, zone = await roster.rota(), utc_now(), ZoneInfo(settings.rota_zone)
    if strangers := {shift.title for shift in rota.unknown()}:
        found.append(("warning", f"{len(strangers)} titles in the rota name no caseworker: inloop rota show"))
    on_call, dumb = rota.at(now), {member.id: member.name for member in rota.team if not member.reachable}
    for who in (on_call.first, on_call.second):
        if who in dumb:
            found.append(("fault", f"{dumb[who]} is on call and has no page address"))
    holes = rota.holes(now, now + timedelta(hours=settings.rota_warn_hours))
    for start, end in holes:
        left, right = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (start, end))
        level = "fault" if start <= now else "warning"
        found.append((level, f"nobody who can be paged is on call: {left} to {right}"))
    if not holes:
        found.append(("ok", f"somebody is on call for the next {settings.rota_warn_hours} hours"))
    return found


async def _translation(settings: Settings, spoken: Sequence[str]) -> AsyncIterator[Finding]:
    """Every byte is compared with its checksum, and every package that is whole translates a word. `spoken`: the
    languages that people write in."""
    packages = scan(settings.translations, thorough=True)
    if not packages:
        yield "warning", f"nothing is translated: no packages in {settings.translations} (inloop languages add nl ro)"
    pool, works = Pool(1, 60, 1), []
    try:
        for package in packages:
            name = f"translation {package.source} -> {package.target}"
            if package.fault:
                yield "warning", f"{name} is not used: {package.fault} ({package.folder.name})"
                continue
            try:
                await pool.run([str(package.folder.absolute())], ["a"], 1, patient=False)
            except Unavailable as unavailable:
                yield "warning", f"{name} does not translate: {unavailable} ({package.folder.name})"
            else:
                works.append(package)
                yield "ok", f"{name} {package.version}"
    finally:
        await pool.close()
    for said in _not_reached(usable(works), spoken) if packages else ():
        yield "warning", said


def _not_reached(pairs: Collection[tuple[str, str]], spoken: Sequence[str]) -> Iterator[str]:
    """Where a person and a caseworker cannot read each other, though something is translated."""
    lacking = [code for code in spoken if not any(both_ways(pairs, code, own) for own in DESK)]
    if lacking:
        yield f"not translated both ways with any of {', '.join(DESK)}: {', '.join(lacking)}"
    if single := [f"{source} -> {target}" for source, target in sorted(pairs) if route(pairs, target, source) is None]:
        yield f"translated one way only: {', '.join(single)}"


def _telegram(settings: Settings) -> Iterator[Finding]:
    if not settings.telegram:
        return
    try:
        kept = delivery_key.is_kept(settings.delivery_key_file)
        delivery_key.load(settings.delivery_key_file, settings.data_dir)
    except SettingsError as error:
        yield "fault", str(error)
        return
    if kept:
        yield "ok", "Telegram, with a delivery key that is kept"
    else:
        yield "warning", "delivery key in memory only: after a reboot nobody in Telegram is known (docs/telegram.md)"


async def _audit(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the chain of the audit log holds, where it does not, and the hash that it ends in: noted elsewhere, that
    shows later that nobody has written the whole log anew."""
    try:
        store = await _opened(settings)
    except Exception:  # noqa: BLE001 - said already
        return
    try:
        head, found = await store.audit_breaks()
    finally:
        await store.close()
    for row, what in found:
        yield "fault", f"audit log is broken at row {row}: {what}"
    if not found:
        yield "ok", f"audit log: whole up to row {head.id}, {head.hash.hex()[:16]}"


def _private(folder: Path) -> Finding:
    if not folder.exists():
        return "warning", f"data folder {folder} is not there yet"
    if open_to_others(folder):
        return "fault", f"data folder {folder} is open to others, or not of this account: chmod 700"
    return "ok", "data folder"


def _closed(settings: Settings) -> Iterator[Finding]:
    """Files of the data folder and of settings that others can read; the models, which nobody else may change."""
    inside = [path for path in settings.data_dir.glob("*") if path.is_file()] if settings.data_dir.is_dir() else []
    backups = [settings.backup_dir] if settings.backup_dir is not None else []
    files = [file for name in Settings.model_fields if (file := file_of(name, os.environ)) is not None]
    looked_at = [path for path in (*inside, *backups, *files, Path(".env")) if path.exists()]
    for path in looked_at:
        if open_to_others(path):
            yield "fault", f"{path} is open to others, or not of this account: chmod {700 if path.is_dir() else 600}"
    if settings.models_dir.is_dir() and stat.S_IMODE(settings.models_dir.stat().st_mode) & 0o002:
        yield "fault", f"models folder {settings.models_dir} can be changed by others: chmod o-w"


def _page_key(settings: Settings) -> Iterator[Finding]:
    """Whether the key of the pages is there, and lies apart from what it opens and vouches for."""
    given, named = settings.page_key.get_secret_value(), file_of("page_key", os.environ)
    try:
        left = in_data_folder(settings)
        used = page_key(settings) if given or settings.secure else left
    except SettingsError as error:
        yield "fault", str(error)
        return
    if given and named is not None and in_folder(named, settings.data_dir):
        yield "warning", f"page key: {named} lies in the data folder: move it, and name its new place"
    elif given and left == used:
        yield "warning", f"page key: {PAGE_KEY} is in the data folder still: inloop page-key remove"
    elif given and left is not None:
        yield "warning", f"page key: {PAGE_KEY} in the data folder is another key, and not used"
    elif left is not None:
        yield "warning", "page key: it lies in the data folder: inloop page-key copy, see docs/keys.md"
    elif given:
        yield "ok", "page key: apart from the data folder"


async def _database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        store = await _opened(settings)
    except SettingsError:  # said already
        return
    except SchemaError as error:
        yield "fault", f"database: {error}"
        return
    except Exception as error:  # noqa: BLE001 - whatever a driver says may hold the address with its password
        yield "fault", f"database: cannot be opened ({type(error).__name__})"
        return
    try:
        yield "ok", "database"
        if settings.data_dir.is_dir() and is_low(settings.data_dir):
            yield "warning", f"disk: {free(settings.data_dir):.0%} is free; on a full one no message is kept"
        ran = await store.runs()
        yield _upkeep(ran.get("upkeep"), utc_now())
        yield _backup(settings, utc_now())
        yield await recovery_key.finding(store)
        for what in (unvouched := await store.unvouched()):
            yield (
                "fault",
                (
                    f"nobody has vouched for {what}: somebody else wrote it into the database, or the page key "
                    "is another one (docs/keys.md)"
                ),
            )
        if not unvouched:
            yield "ok", "every key and caseworker is vouched for"
    finally:
        await store.close()


def _upkeep(run: Run | None, now: datetime) -> Finding:
    """Whether what need not be kept is being deleted."""
    if run is None:
        return "warning", "upkeep: never ran; it runs while inloop up does"
    counts = {what: count for what, count in run.counts.items() if count}
    failed = ", ".join(what.removeprefix(FAILED) for what in counts if what.startswith(FAILED))
    did = ", ".join(f"{count} {what}" for what, count in counts.items() if not what.startswith(FAILED))
    did = did or "nothing to do"
    when = f"{run.at:%Y-%m-%d %H:%M} UTC"
    if now - run.at > 3 * EVERY:
        right = "" if likely(now, run.at) else "; when the clock is right, inloop purge --yes lets it go on at once"
        return "warning", f"upkeep: last ran {when}; it should every hour{right}"
    if failed:
        return "warning", f"upkeep: ran {when} ({did}), but failed at: {failed}; the log has the kind of error"
    return "ok", f"upkeep: ran {when} ({did})"


def _backup(settings: Settings, now: datetime) -> Finding:
    """Whether there is a backup to come back from."""
    if settings.backup_dir is None or not settings.backup_key:
        return "warning", "backup: none is made: set INLOOP_BACKUP_DIR and INLOOP_BACKUP_KEY"
    try:
        read_public(settings.backup_key)
        origin = read_origin(settings.backup_origin.get_secret_value())
    except BackupError as error:
        return "fault", f"backup: {error}"
    made = {file.part: file.made_at for file in found_in(settings.backup_dir)}
    if made.keys() != {"keys", "bodies"} or now - min(made.values()) > BACKUP_AT_LEAST_EVERY:
        last = f"the last whole one is of {min(made.values()):%Y-%m-%d %H:%M} UTC" if made else "there is none"
        return "fault", f"backup: {last}: run inloop backup every day"
    if not origin:
        return "warning", "backup: it does not say who made it: set INLOOP_BACKUP_ORIGIN (inloop backup-key --again)"
    return "ok", f"backup: made {min(made.values()):%Y-%m-%d %H:%M} UTC"
