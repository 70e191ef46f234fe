"""`inloop backup-key`, `inloop backup`, `inloop restore`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from rich.console import Console

from bot.cli.commands.asking import Refused, key_lines
from bot.operations.first_vouching import trust_restored
from bot.runtime.clock import utc_now
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.storage.backup import run as backups
from bot.storage.backup.files import expire
from bot.storage.backup.paper import (
    new_recovery_key,
    origin_text,
    public_text,
    read_origin,
    read_public,
    read_recovery_key,
)
from bot.storage.database.errors import BackupError, SchemaError
from bot.storage.sealing.envelopes import KeyPair
from bot.storage.store import Store


def new_key(split: bool, paper: Console, console: Console) -> int:
    """Make a key pair: print the private half on standard output (to a printer, not to a file), and what to set."""
    _, lines = new_recovery_key(split=split)
    for line in lines:
        paper.print(line)
    console.print("\nWrite each line above on paper and keep it away from this machine; it is shown this once.")
    _to_be_set(read_recovery_key(lines), console)
    return 0


def again(key_file: Path | None, console: Console) -> int:
    """Print what to set for a key that is on paper already."""
    try:
        pair = read_recovery_key(_asked(key_file))
    except (BackupError, Refused) as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    _to_be_set(pair, console)
    return 0


def _asked(key_file: Path | None) -> list[str]:
    return key_lines(key_file, "Recovery key (or its first half)", "Second half (empty if there is none)")


def _to_be_set(pair: KeyPair, console: Console) -> None:
    console.print(f"Then set [bold]INLOOP_BACKUP_KEY={public_text(pair.public)}[/]")
    console.print(f"and, as a secret, [bold]INLOOP_BACKUP_ORIGIN={origin_text(pair)}[/]")


def make(settings: Settings, folder: Path | None, keys_only: bool, console: Console) -> int:
    """Make a backup, and delete those that were kept long enough."""
    folder = folder or settings.backup_dir
    os.umask(0o077)
    try:
        if folder is None or not settings.backup_key:
            raise BackupError("set INLOOP_BACKUP_DIR and INLOOP_BACKUP_KEY (make one with inloop backup-key)")
        parts = ["keys"] if keys_only else ["keys", "bodies"]
        now = utc_now().replace(microsecond=0)
        origin = read_origin(settings.backup_origin.get_secret_value())
        written = backups.take(settings.database, folder, read_public(settings.backup_key), parts, now, origin)
        gone = expire(folder, now, settings.backup_keep)
        asyncio.run(_note(settings, "backup", {"files": len(written)}))
    except (BackupError, SchemaError) as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    for path in written:
        console.print(f"{path}  {path.stat().st_size / 1024:.0f} KiB")
    if not origin:
        console.print("They do not say who made them: set INLOOP_BACKUP_ORIGIN (inloop backup-key --again tells it).")
    if gone:
        console.print(f"{gone} old files removed.")
    return 0


def restore(
    settings: Settings, folder: Path | None, bodies: Path | None, key_file: Path | None, replace: bool, unmarked: bool,
    console: Console,
) -> int:  # fmt: skip
    """Restore the database from the newest keys and bodies of a folder, and delete again what had been deleted."""
    os.umask(0o077)
    try:
        folder = folder or settings.backup_dir
        if folder is None:
            raise BackupError("name the folder of the backups with --from")
        recovery = read_recovery_key(_asked(key_file))
        done = backups.restore(settings.database, folder, recovery, replace=replace, bodies=bodies, unmarked=unmarked)
        again = asyncio.run(_bury(settings, done))
    except (BackupError, SchemaError, Refused) as error:
        console.print(f"[bold red]{error}[/]")
        return 1
    keys_at, bodies_at = f"{done.keys_at:%Y-%m-%d %H:%M}", f"{done.bodies_at:%Y-%m-%d %H:%M}"
    console.print(f"Restored: keys of {keys_at} UTC, bodies of {bodies_at} UTC.")
    console.print(f"{again} conversations that had been deleted were deleted again. Everybody logs in again.")
    return 0


async def _bury(settings: Settings, done: backups.Restored) -> int:
    """Delete again what came back with a body file older than its deletion, before anybody is served."""
    store = await Store.open(settings.database, clock=utc_now, root=page_key(settings))
    try:
        again = await store.bury(sorted(done.tombstones))
        await store.scrub()
        await store.note_run("restore", {"deleted again": again})
        await trust_restored(store, settings.data_dir)
    finally:
        await store.close()
    return again


async def _note(settings: Settings, job: str, counts: dict[str, int]) -> None:
    store = await Store.open(settings.database, clock=utc_now, root=page_key(settings))
    try:
        await store.note_run(job, counts)
    finally:
        await store.close()
