"""Secrets that a command needs: asked for without an echo, or out of a file of this account; never an argument."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from bot.cli.commands.folder import prepare_folder
from bot.runtime.clock import utc_now
from bot.settings import Settings
from bot.settings.page_key import page_key
from bot.settings.secret_files import open_to_others
from bot.storage.database import schema
from bot.storage.database.errors import LogInFailed, NotReadable, SlowDown, StorageError
from bot.storage.store import DeskSession, Store

LARGEST = 64 * 1024


async def opened_store(settings: Settings) -> Store:
    """The store of this installation, brought up to date. Raises `SchemaError`."""
    prepare_folder(settings.data_dir)
    await asyncio.to_thread(schema.upgrade, settings.database)
    return await Store.open(
        settings.database, clock=utc_now, open_cases_only=settings.open_cases_only, root=page_key(settings)
    )


@asynccontextmanager
async def with_store(settings: Settings) -> AsyncIterator[Store]:
    """The same for a block."""
    store = await opened_store(settings)
    try:
        yield store
    finally:
        await store.close()


class Refused(StorageError):
    """What was asked for is not there or not right; the message is for whoever runs the command, without a secret."""


def secret(what: str) -> str:
    """What is typed without an echo; where nobody types, the next line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}: ")
    return sys.stdin.readline().rstrip("\r\n")


def key_lines(path: Path | None, first: str, second: str) -> list[str]:
    """The lines of a key on paper: of a file of this account alone, of standard input, or typed. Raises `Refused`."""
    if path is not None:
        try:
            if open_to_others(path):
                raise Refused(f"{path} is open to others: chmod 600, and owned by this account")
            if path.stat().st_size > LARGEST:
                raise Refused("that file is no key")
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Refused("the file of the key cannot be read") from None
    elif not sys.stdin.isatty():
        text = sys.stdin.read(LARGEST)
    else:
        text = getpass.getpass(f"{first}: ") + "\n" + getpass.getpass(f"{second}: ")
    return [line for line in text.splitlines() if line.strip()]


@asynccontextmanager
async def logged_in(store: Store, name: str) -> AsyncIterator[DeskSession]:
    """A session of a caseworker, who types password and code; it ends with the block. Raises `Refused`."""
    try:
        cookie, session = await store.log_in(name, secret(f"Password of {name}"), secret(f"Code of {name}"))
    except LogInFailed:
        raise Refused("That log-in is not right.") from None
    except NotReadable as error:
        raise Refused(str(error)) from None
    except SlowDown as slow:
        raise Refused(f"Too many tries; again in {slow.retry_after} s.") from None
    try:
        yield session
    finally:
        await store.log_out(cookie)


def said(console: Console, error: StorageError) -> int:
    """Prints why it was refused; the exit code."""
    console.print(f"[bold red]{error}[/]")
    return 1
